"""Which of several discounts hold together, and what each of them gives. The rules: docs/discounts.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from smartseller.money import quantize
from tenant_shop.promotions.assess import Discount, Goods, assess, reduce
from tenant_shop.promotions.errors import CouponRefused, Refusal
from tenant_shop.promotions.find import normalised_code
from tenant_shop.promotions.models import DiscountCode, Kind

# A discount that holds by its own rules, and what it would give alone.
Held = tuple[DiscountCode, Discount]


@dataclass(frozen=True, slots=True)
class Given:
    """What one discount gives: `parts` are what each line saves by it, in the lines' order."""

    discount: DiscountCode
    parts: tuple[Decimal, ...]
    free_shipping: bool = False

    @property
    def amount(self) -> Decimal:
        return sum(self.parts, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """All that is taken off a cart: `parts` are what each line saves. `refusal` says why the code gives nothing."""

    given: tuple[Given, ...]
    parts: tuple[Decimal, ...]
    refusal: CouponRefused | None = None

    @property
    def amount(self) -> Decimal:
        return sum(self.parts, Decimal(0))

    @property
    def free_shipping(self) -> bool:
        return any(given.free_shipping for given in self.given)

    @property
    def code(self) -> str | None:
        """The code that gives something."""
        return next((given.discount.code for given in self.given if given.discount.code), None)


def combine(
    discounts: Sequence[DiscountCode],
    goods: Sequence[Goods],
    *,
    currency: str,
    at: datetime,
    shipping: Decimal,
    barred: Mapping[UUID, Refusal],
    coupon_code: str | None,
) -> Savings:
    """What `discounts` (at most one with a code, the others automatic) take off `goods` together. Pure.

    Two hold together when each allows the other's kind; of the groups that hold together the one that saves most is
    taken, delivery for `shipping` counted in, and of equals the one with the code. A line takes one discount on
    products, the best; what is left takes one discount on the order; delivery is free or not.
    `barred` are discounts that this customer may not use, and why; `coupon_code` is what was entered, known or not.
    Promises: no line is reduced below nothing, and one discount more never makes goods and delivery dearer.
    Rounding: as `assess`, for each discount.
    """
    holding: list[Held] = []
    refusal: CouponRefused | None = None
    if coupon_code and all(discount.is_automatic for discount in discounts):
        refusal = CouponRefused(normalised_code(coupon_code)[:50], Refusal.UNKNOWN)
    for discount in discounts:
        try:
            if discount.pk in barred:
                raise CouponRefused(discount.title, barred[discount.pk])
            holding.append((discount, assess(discount, goods, currency=currency, at=at)))
        except CouponRefused as why:
            # An automatic discount that does not hold is not spoken of.
            refusal = refusal if discount.is_automatic else why
    best: list[Given] = []
    worth = (Decimal(0), False)
    for group in _groups([], holding, []):
        given = _give(sorted(group, key=holding.index), goods, currency)
        saved = sum((each.amount for each in given), Decimal(0))
        saved += shipping if any(each.free_shipping for each in given) else 0
        if (saved, _has_code(given)) > worth:
            best, worth = given, (saved, _has_code(given))
    nothing = quantize(Decimal(0), currency)
    parts = tuple(sum((each.parts[line] for each in best), nothing) for line in range(len(goods)))
    beaten = next((discount for discount, _ in holding if not discount.is_automatic), None)
    if beaten is not None and not _has_code(best):
        rival = next((each.discount for each in best if not _fit(beaten, each.discount)), best[0].discount)
        refusal = CouponRefused(beaten.title, Refusal.NOT_COMBINED, other=rival.title)
    return Savings(given=tuple(best), parts=parts, refusal=refusal)


def _has_code(given: Sequence[Given]) -> bool:
    return any(not each.discount.is_automatic for each in given)


def _fit(one: DiscountCode, other: DiscountCode) -> bool:
    """Whether both may hold in one order: each allows it, and one at most is on the order and one on delivery."""
    if one.kind == other.kind != Kind.PRODUCT:
        return False
    return one.allows(other) and other.allows(one)


def _groups(group: list[Held], candidates: list[Held], done: list[Held]) -> Iterator[list[Held]]:
    """Every group of `candidates` that holds together and that no other of them fits into.

    A smaller group never saves more. There are few: only discounts that do not combine with their own kind stand for
    one another, so there are at most as many groups as ways to pick one of each kind.
    Source: Bron and Kerbosch, Algorithm 457, with a pivot.
    """
    if not candidates:
        if not done:
            yield group
        return

    def beside(held: Held, others: Sequence[Held]) -> list[Held]:
        return [other for other in others if other is not held and _fit(held[0], other[0])]

    pivot = max([*candidates, *done], key=lambda held: len(beside(held, candidates)))
    spared = beside(pivot, candidates)
    for held in [held for held in candidates if not any(held is other for other in spared)]:
        yield from _groups([*group, held], beside(held, candidates), beside(held, done))
        candidates = [other for other in candidates if other is not held]
        done = [*done, held]


def _give(group: Sequence[Held], goods: Sequence[Goods], currency: str) -> list[Given]:
    """What the discounts of a group that holds together give: on products, then on the order, then on delivery."""
    nothing = quantize(Decimal(0), currency)
    on_products = [held for held in group if held[0].kind == Kind.PRODUCT]
    taken = [[nothing] * len(goods) for _ in on_products]
    costs = [line.amount for line in goods]
    for line in range(len(goods)):
        best = max(range(len(on_products)), key=lambda index: on_products[index][1].parts[line], default=None)
        if best is not None:
            taken[best][line] = on_products[best][1].parts[line]
            costs[line] -= taken[best][line]
    found = [(held, Given(held[0], tuple(parts))) for held, parts in zip(on_products, taken, strict=True)]
    for held in group:
        if held[0].kind == Kind.ORDER:
            found.append((held, Given(held[0], reduce(held[0], goods, costs, currency=currency).parts)))
        elif held[0].kind == Kind.SHIPPING:
            found.append((held, Given(held[0], held[1].parts, free_shipping=True)))
    # One that others leave nothing for is not used; a code that is worth nothing by itself is.
    return [
        given
        for (discount, alone), given in found
        if given.amount or given.free_shipping or (not discount.is_automatic and not alone.amount)
    ]
