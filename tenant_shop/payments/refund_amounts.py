"""What a part of an order is worth when it is given back: derived from the amounts that were stored, never
recomputed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from smartseller.money import quantize
from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.payments.errors import RefundInvalid
from tenant_shop.payments.models import PaymentRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Amounts in the order's currency: `lines` as they stand in a refund, `shipping` and the sum of all."""

    lines: tuple[Mapping[str, Any], ...]
    shipping: Decimal
    total: Decimal


def line_price(item: OrderItem, order: Order) -> Decimal:
    """What the customer paid for all pieces of a line: after its share of the discount, with its tax."""
    return item.net_of_discount + (Decimal(0) if order.tax_included else item.tax_amount)


def shipping_price(order: Order) -> Decimal:
    """What the customer paid for delivery, with its tax."""
    tax = Decimal(str(order.metadata.get("shipping_tax", "0")))
    return order.shipping_amount + (Decimal(0) if order.tax_included else tax)


def pieces_price(item: OrderItem, order: Order, pieces: int, *, already: int, given: Decimal) -> Decimal:
    """What `pieces` of a line are worth when `already` were given back before, for `given` (in the order's currency).

    Rounding: half up, to the currency's minor unit, of the share of all pieces up to these, less those before, and
        never more than is left; the last pieces are worth what is left. So all pieces together are worth exactly what
        the line cost, in whatever portions they come back, and whichever of them failed and came again.
    """
    left = line_price(item, order) - given
    if already + pieces == item.quantity:
        return left
    share = _share(item, order, already + pieces) - _share(item, order, already)
    return min(share, left)


def worth(
    order: Order,
    items: Iterable[OrderItem],
    refunds: Iterable[PaymentRefund],
    wanted: Mapping[UUID, int],
    *,
    shipping: bool,
) -> Worth:
    """What `wanted` pieces by line, and delivery, are worth; `refunds` are those of the order that did not fail.

    Errors: RefundInvalid for lines of another order, pieces below one or more than are left, delivery that was given
        back, and for nothing at all.
    """
    given, money, shipping_given = _given(refunds)
    by_id = {item.pk: item for item in items}
    lines: list[dict[str, Any]] = []
    for item_id, pieces in wanted.items():
        item = by_id.get(item_id)
        if item is None:
            raise RefundInvalid("There is no such line in this order.")
        already = given.get(item_id, 0)
        if not 0 < pieces <= item.quantity - already:
            left = item.quantity - already
            raise RefundInvalid(f"Of {item.product_name} {left} can be given back, not {pieces}.")
        amount = pieces_price(item, order, pieces, already=already, given=money.get(item_id, Decimal(0)))
        lines.append({"item": str(item_id), "quantity": pieces, "amount": str(amount)})
    if shipping and shipping_given:
        raise RefundInvalid("The delivery was given back already.")
    delivery = shipping_price(order) if shipping else Decimal(0)
    total = sum((Decimal(line["amount"]) for line in lines), delivery)
    if total <= 0:
        raise RefundInvalid("There is nothing to give back.")
    return Worth(lines=tuple(lines), shipping=delivery, total=total)


def split(whole: Worth, amounts: Iterable[Decimal]) -> list[Worth]:
    """`whole` in portions of `amounts` (in the order's currency), which add up to it: lines first, then the delivery.

    Of a line that falls into two portions the pieces are in the first one.
    """
    rest, delivery = list(whole.lines), whole.shipping
    portions = []
    for amount in amounts:
        left, lines = amount, []
        while rest and (left > 0 or not Decimal(rest[0]["amount"])):
            line = rest.pop(0)
            cost = Decimal(line["amount"])
            taken = min(cost, left)
            lines.append({**line, "amount": str(taken)})
            left -= taken
            if taken < cost:
                rest.insert(0, {**line, "quantity": 0, "amount": str(cost - taken)})
        portions.append(Worth(lines=tuple(lines), shipping=min(delivery, left), total=amount))
        delivery -= min(delivery, left)
    return portions


def pieces_given(refunds: Iterable[PaymentRefund]) -> dict[UUID, int]:
    """How many pieces of each line were given back, or are being given back."""
    return _given(refunds)[0]


def _given(refunds: Iterable[PaymentRefund]) -> tuple[dict[UUID, int], dict[UUID, Decimal], bool]:
    """Pieces and money by line, and whether delivery was given back."""
    given: dict[UUID, int] = {}
    money: dict[UUID, Decimal] = {}
    shipping = False
    for refund in refunds:
        if refund.state == PaymentRefund.State.FAILED:
            continue
        shipping = shipping or refund.shipping_amount > 0
        for line in refund.lines:
            item = UUID(line["item"])
            given[item] = given.get(item, 0) + int(line["quantity"])
            money[item] = money.get(item, Decimal(0)) + Decimal(line["amount"])
    return given, money, shipping


def _share(item: OrderItem, order: Order, pieces: int) -> Decimal:
    """Of fewer pieces than all."""
    return quantize(line_price(item, order) * pieces / item.quantity, order.currency)
