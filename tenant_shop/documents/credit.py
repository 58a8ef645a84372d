"""Credit notes: what of an invoice was taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.documents.content import frame
from tenant_shop.documents.find import standing_invoice
from tenant_shop.documents.models import Document
from tenant_shop.documents.number import next_number
from tenant_shop.documents.split import Part, fits, left_of, parts_of, share, tax_of
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.payments.status import Balance, balance

Kind, Entry = Document.Kind, PaymentEntry.Kind
NOTHING = Part(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """What money was taken back by: `about` names it; `lines` and `delivery` as a refund has them."""

    about: UUID
    amount: Decimal
    lines: tuple[Mapping[str, Any], ...] = ()
    delivery: Decimal = Decimal(0)
    text: str = ""


def issue_credit_notes(order: Order, *, actor: str) -> list[Document]:
    """Issue the credit notes that the order's invoice still lacks: one for each refund that is done, for each amount
    that need not be paid, and for what nobody will pay of an order that was cancelled.

    The caller's transaction has locked the order, and does nothing afterwards that others may wait for: the counter of
    numbers stays locked. An order without an invoice needs none; one statement then. Of money that came back because a
    bank could not deliver it the credit note stands, and giving the same money back another way needs no second one.
    `actor` is a user's id, or the job's name.
    """
    documents = list(Document.objects.filter(order=order))
    invoice = standing_invoice(documents)
    if invoice is None:
        return []
    entries = list(PaymentEntry.objects.filter(payment__order=order).order_by("created_at", "id"))
    notes = [each for each in documents if each.invoice_id == invoice.pk]
    money = balance(entries)
    wanted, beyond, made = to_credit(order, money), _beyond(order, money), []
    for reason in _reasons(order, entries):
        open_amount = wanted - sum((note.total_amount for note in notes), Decimal(0))
        if open_amount <= 0:
            break
        if any(note.about == reason.about for note in notes):
            continue
        # What was paid beyond the price goes back by plain amounts; goods that come back are credited as goods.
        covered = Decimal(0) if reason.lines or reason.delivery else min(beyond, reason.amount)
        beyond -= covered
        amount = min(reason.amount - covered, open_amount)
        if not amount:
            continue
        note = _issue(invoice, notes, reason, amount, shop_settings(), actor=actor)
        notes.append(note)
        made.append(note)
    return made


def credit_whole(invoice: Document, notes: list[Document], *, actor: str) -> Document | None:
    """Take back all that `notes`, those of `invoice`, have left of it: it is replaced. None where nothing is left.

    As `issue_credit_notes`.
    """
    left = invoice.total_amount - sum((note.total_amount for note in notes), Decimal(0))
    if left <= 0:
        return None
    with translation.override(invoice.content["language"]):
        reason = _Reason(
            about=invoice.pk, amount=left, text=_("The order was changed. A new invoice replaces this one.")
        )
    return _issue(invoice, notes, reason, left, shop_settings(), actor=actor)


def to_credit(order: Order, money: Balance) -> Decimal:
    """How much of an invoice is to be taken back, by what the order's ledger says; in its currency.

    What was paid beyond the price, and went back, was never on the invoice.
    """
    if order.status == Order.Status.CANCELLED:
        return order.total_amount - min(max(money.captured - money.refunded, Decimal(0)), order.total_amount)
    refunded = max(money.refunded - _beyond(order, money), Decimal(0))
    return min(order.credited_amount + refunded, order.total_amount)


def _beyond(order: Order, money: Balance) -> Decimal:
    """What was paid beyond the price, of an order that holds."""
    if order.status == Order.Status.CANCELLED:
        return Decimal(0)
    return max(money.captured - order.payable_amount, Decimal(0))


def _reasons(order: Order, entries: Iterable[PaymentEntry]) -> list[_Reason]:
    """In the order in which they happened; the cancelled order, which takes what is left, last."""
    done = PaymentRefund.State.SUCCEEDED, PaymentRefund.State.CREDITED
    refunds = {refund.pk: refund for refund in PaymentRefund.objects.filter(payment__order=order, state__in=done)}
    reasons = [_of_refund(refund) for refund in refunds.values() if refund.state == PaymentRefund.State.CREDITED]
    for entry in entries:
        if entry.kind == Entry.REFUNDED:
            refund = refunds.get(_refund_of(entry, refunds.values()))
            reasons.append(_of_refund(refund) if refund else _Reason(about=entry.pk, amount=entry.amount))
    if order.status == Order.Status.CANCELLED:
        reasons.append(_Reason(about=order.pk, amount=order.total_amount))
    return reasons


def _refund_of(entry: PaymentEntry, refunds: Iterable[PaymentRefund]) -> UUID:
    """The refund that an entry is about; the entry itself where it was made at the gateway."""
    named = entry.details.get("refund")
    if named:
        return UUID(named)
    told = (each.pk for each in refunds if each.gateway_reference and each.gateway_reference == entry.provider_event_id)
    return next(told, entry.pk)


def _of_refund(refund: PaymentRefund) -> _Reason:
    return _Reason(
        about=refund.pk,
        amount=refund.amount,
        lines=tuple(refund.lines),
        delivery=refund.shipping_amount,
        text=refund.reason,
    )


def _issue(
    invoice: Document, notes: list[Document], reason: _Reason, amount: Decimal, shop: ShopSettings, *, actor: str
) -> Document:
    bill, before = invoice.content, [note.content for note in notes]
    language = bill["language"]
    with translation.override(language):
        content = {
            # Who could write an invoice may have become unknown since: the invoice knows.
            **{key: bill[key] for key in ("shop", "seller", "tax_id", "contact", "footer", "paper", "look")},
            **(frame(shop, language=language) if shop.invoice_seller or shop.store_address else {}),
            "language": language,
            "issued_on": timezone.localdate(timezone=shop.zone).isoformat(),
            **{key: bill[key] for key in ("buyer", "order", "currency", "notice")},
            "invoice": {"number": invoice.number, "issued_on": bill["issued_on"]},
            "reason": reason.text,
            **_amounts(bill, before, reason, amount),
        }
    sequence, number = next_number(Kind.CREDIT_NOTE, shop)
    return Document.objects.create(
        kind=Kind.CREDIT_NOTE,
        sequence=sequence,
        number=number,
        order_id=invoice.order_id,
        invoice=invoice,
        about=reason.about,
        currency=invoice.currency,
        total_amount=amount,
        tax_amount=content["tax"],
        content=content,
        actor=actor,
        issued_at=timezone.now(),
    )


def _amounts(
    bill: Mapping[str, Any], before: list[Mapping[str, Any]], reason: _Reason, amount: Decimal
) -> dict[str, Any]:
    """Lines, delivery, the split by rate and the sums. An amount that names no goods, or of whose goods a part was
    taken back by such an amount before, is split over the rates as they are left."""
    left = left_of(parts_of([bill]), parts_of(before))
    if amount == reason.amount == Decimal(bill["total"]) and not reason.lines:
        lines, delivery = _everything(bill)
    else:
        lines, delivery = _named(bill, before, reason) if amount == reason.amount else ([], None)
    named = parts_of([{"rates": _by_rate([*lines, *([delivery] if delivery else [])])}])
    is_named = bool(named) and sum(part.gross for part in named.values()) == amount and fits(named, left)
    split = named if is_named else share(amount, left, bill["currency"])
    return {
        "lines": lines if is_named else [{**line, "rate": "", "tax": ""} for line in lines],
        "delivery": delivery if is_named else None,
        "is_named": is_named,
        "rates": [
            {"rate": f"{rate:f}", "net": str(part.gross - part.tax), "tax": str(part.tax), "gross": str(part.gross)}
            for rate, part in sorted(split.items(), reverse=True)
        ],
        "tax": str(sum((part.tax for part in split.values()), Decimal(0))),
        "total": str(amount),
    }


def _everything(bill: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    shown = ("item", "name", "sku", "options", "quantity", "rate", "tax", "gross")
    delivery = bill["delivery"] if Decimal(bill["delivery"]["gross"]) else None
    return [{key: line[key] for key in shown} for line in bill["lines"]], delivery


def _named(
    bill: Mapping[str, Any], before: list[Mapping[str, Any]], reason: _Reason
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The goods and the delivery that a refund names, each with its share of the tax that the invoice says."""
    of, currency = {line["item"]: line for line in bill["lines"]}, bill["currency"]
    lines = []
    for wanted in reason.lines:
        line, gross = of[wanted["item"]], Decimal(wanted["amount"])
        tax = tax_of(gross, before=_taken(before, wanted["item"]), whole=_whole(line), currency=currency)
        shown = {key: line[key] for key in ("item", "name", "sku", "options", "rate")}
        lines.append({**shown, "quantity": wanted["quantity"], "tax": str(tax), "gross": str(gross)})
    if not reason.delivery:
        return lines, None
    taken = [note["delivery"] for note in before if note["delivery"]]
    sums = Part(sum((Decimal(each["gross"]) for each in taken), Decimal(0)), _sum_of(taken))
    tax = tax_of(reason.delivery, before=sums, whole=_whole(bill["delivery"]), currency=currency)
    return lines, {**bill["delivery"], "tax": str(tax), "gross": str(reason.delivery)}


def _taken(before: Iterable[Mapping[str, Any]], item: str) -> Part:
    """What earlier notes took back of a line by name."""
    found = [line for note in before if note["is_named"] for line in note["lines"] if line["item"] == item]
    return Part(sum((Decimal(line["gross"]) for line in found), Decimal(0)), _sum_of(found))


def _sum_of(rows: Iterable[Mapping[str, Any]]) -> Decimal:
    return sum((Decimal(row["tax"]) for row in rows), Decimal(0))


def _whole(line: Mapping[str, Any]) -> Part:
    return Part(Decimal(line["gross"]), Decimal(line["tax"]))


def _by_rate(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"rate": part["rate"], "gross": part["gross"], "tax": part["tax"]} for part in parts]
