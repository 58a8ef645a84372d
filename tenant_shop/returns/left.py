"""What of a return's money is still to be given back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tenant_shop.orders.items import OrderItem
from tenant_shop.payments.given_back import GivenBack, given_back, standing_of
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund_amounts import pieces_price, shipping_price
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.refunds import is_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Pieces by line, 0 where only money of an earlier refund is missing; what they are worth in the order's currency;
    and whether delivery was promised with an earlier refund, and not all of it has gone."""

    pieces: Mapping[UUID, int]
    amount: Decimal
    shipping: bool

    @property
    def is_nothing(self) -> bool:
        return not self.amount and not self.shipping


def left_to_refund(asked: Return) -> Left:
    """What of a return was not given back: by its own refunds, of which a part may have failed, or by others of the
    order."""
    order = asked.order
    items = {item.pk: item for item in OrderItem.objects.filter(order=order)}
    refunds = list(PaymentRefund.objects.filter(payment__order=order))
    own = [refund for refund in refunds if is_of(asked, refund)]
    given, by_it = given_back(refunds), given_back(own)
    stands = standing_of(order, items.values(), given)
    pieces: dict[UUID, int] = {}
    amount = Decimal(0)
    for line in ReturnLine.objects.filter(parent=asked).order_by("order_item__position"):
        item = items[line.order_item_id]
        left = max(min(line.quantity - by_it.pieces.get(item.pk, 0), stands[item.pk].kept), 0)
        worth = pieces_price(
            item, order, left, already=given.pieces.get(item.pk, 0), given=given.money.get(item.pk, Decimal(0))
        )
        if left or worth:
            pieces[item.pk] = left
            amount += worth
    return Left(pieces=pieces, amount=amount, shipping=_lacks_delivery(asked, own, given))


def _lacks_delivery(asked: Return, own: list[PaymentRefund], given: GivenBack) -> bool:
    promised = any(refund.shipping_amount for refund in own)
    return promised and given.shipping < shipping_price(asked.order)
