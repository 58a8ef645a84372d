"""What of an invoice's tax a credit note takes back: derived from what the invoice says, never recomputed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from smartseller.money import allocate, quantize


@dataclass(frozen=True, slots=True)
class Part:
    """An amount at one rate of tax: with the tax, and the tax."""

    gross: Decimal
    tax: Decimal


Parts = Mapping[Decimal, Part]


def parts_of(contents: Iterable[Mapping[str, Any]]) -> dict[Decimal, Part]:
    """By rate: what documents say together."""
    found: dict[Decimal, Part] = {}
    for content in contents:
        for row in content["rates"]:
            rate = Decimal(row["rate"])
            before = found.get(rate, Part(Decimal(0), Decimal(0)))
            found[rate] = Part(before.gross + Decimal(row["gross"]), before.tax + Decimal(row["tax"]))
    return found


def left_of(invoice: Parts, credited: Parts) -> dict[Decimal, Part]:
    """What of an invoice no credit note has taken back."""
    nothing = Part(Decimal(0), Decimal(0))
    return {
        rate: Part(part.gross - credited.get(rate, nothing).gross, part.tax - credited.get(rate, nothing).tax)
        for rate, part in invoice.items()
    }


def fits(wanted: Parts, left: Parts) -> bool:
    """Whether each part of `wanted` is still there."""
    return all(
        rate in left and part.gross <= left[rate].gross and part.tax <= left[rate].tax for rate, part in wanted.items()
    )


def share(amount: Decimal, left: Parts, currency: str) -> dict[Decimal, Part]:
    """`amount` (in `currency`, at most what is left) over the rates, as much of each as is left of it.

    Rounding: by largest remainders; the tax half up, to the currency's minor unit. What takes all takes exactly all,
        so that an invoice that is taken back in portions is taken back with all of its tax.
    """
    rates = list(left)
    if amount == sum((part.gross for part in left.values()), Decimal(0)):
        return {rate: left[rate] for rate in rates if left[rate].gross}
    shares = allocate(amount, [left[rate].gross for rate in rates], currency)
    return {
        rate: Part(gross, _tax(gross, left[rate], currency)) for rate, gross in zip(rates, shares, strict=True) if gross
    }


def tax_of(amount: Decimal, *, before: Part, whole: Part, currency: str) -> Decimal:
    """The tax in `amount` of a line that costs `whole`, when `before` of it was taken back already.

    Rounding: half up, of all that was taken back up to here, less what was; the last amount takes what is left. So all
        portions together hold exactly the line's tax.
    """
    if not whole.gross:
        return Decimal(0)
    until = before.gross + amount
    tax = whole.tax if until == whole.gross else quantize(whole.tax * until / whole.gross, currency)
    return max(tax - before.tax, Decimal(0))


def _tax(gross: Decimal, left: Part, currency: str) -> Decimal:
    return left.tax if gross == left.gross else quantize(left.tax * gross / left.gross, currency)
