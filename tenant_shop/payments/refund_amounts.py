"""What a part of an order is worth when it is given back: derived from the amounts that were stored, never
recomputed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from smartseller.money import quantize
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import RefundInvalid
from tenant_shop.payments.given_back import given_back, standing_of
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

    That is what all pieces up to these are worth, less what was given: where a part of an earlier refund failed, what
    is missing of it comes with the next one; without `pieces`, what is missing alone.
    Rounding: half up, to the currency's minor unit, of the share of all pieces up to these; the last pieces are worth
        what is left. So all pieces together are worth exactly what the line cost, in whatever portions they come back,
        and whichever of them failed and came again.
    """
    if already + pieces == item.quantity:
        return line_price(item, order) - given
    return max(_share(item, order, already + pieces) - given, Decimal(0))


def worth(
    order: Order,
    items: Iterable[OrderItem],
    refunds: Iterable[PaymentRefund],
    wanted: Mapping[UUID, int],
    *,
    shipping: bool,
    unsent: Mapping[UUID, int] | None = None,
) -> Worth:
    """What `wanted` pieces by line, and what is left of the delivery, are worth; `refunds` are those of the order.

    `unsent` says how many of the pieces have not been sent, and never will be; None takes as many as there are.
    Of a line of which money is missing no piece need be wanted.
    Errors: RefundInvalid for lines of another order, pieces below zero or more than are left, none where nothing is
        missing, more sent or unsent pieces than there are, delivery that was given back, and for nothing at all.
    """
    by_id = {item.pk: item for item in items}
    given = given_back(refunds)
    standings = standing_of(order, by_id.values(), given)
    lines: list[dict[str, Any]] = []
    for item_id, pieces in wanted.items():
        item = by_id.get(item_id)
        if item is None:
            raise RefundInvalid("There is no such line in this order.")
        stands = standings[item_id]
        already, money = given.pieces.get(item_id, 0), given.money.get(item_id, Decimal(0))
        amount = pieces_price(item, order, pieces, already=already, given=money)
        if not 0 <= pieces <= stands.left or not (pieces or amount):
            raise RefundInvalid(f"Of {item.product_name} {stands.left} can be given back, not {pieces}.")
        stays = min(pieces, stands.unsent) if unsent is None else unsent.get(item_id, 0)
        if not 0 <= stays <= min(pieces, stands.unsent) or pieces - stays > stands.kept:
            raise RefundInvalid(
                f"Of {item.product_name} {stands.unsent} that were not sent can be given back, "
                f"and {stands.kept} that were."
            )
        lines.append({"item": str(item_id), "quantity": pieces, "unsent": stays, "amount": str(amount)})
    delivery = shipping_price(order) - given.shipping if shipping else Decimal(0)
    if shipping and given.shipping and not delivery:
        raise RefundInvalid("The delivery was given back already.")
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
                rest.insert(0, {**line, "quantity": 0, "unsent": 0, "amount": str(cost - taken)})
        portions.append(Worth(lines=tuple(lines), shipping=min(delivery, left), total=amount))
        delivery -= min(delivery, left)
    return portions


def at_most(whole: Worth, limit: Decimal) -> Worth:
    """`whole`, or as much of it as `limit` (in the order's currency, above zero) allows: lines first, then delivery."""
    return split(whole, [limit])[0] if 0 < limit < whole.total else whole


def _share(item: OrderItem, order: Order, pieces: int) -> Decimal:
    """Of fewer pieces than all."""
    return quantize(line_price(item, order) * pieces / item.quantity, order.currency)
