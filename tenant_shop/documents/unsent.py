"""What of several orders is to be sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.given_back import Standing, given_back, standing_of
from tenant_shop.payments.models import PaymentRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """An order with its lines, and where their pieces are."""

    order: Order
    items: tuple[OrderItem, ...]
    of: dict[UUID, Standing]

    @property
    def to_send(self) -> list[tuple[OrderItem, int]]:
        """Lines with pieces that are to be sent yet."""
        return [(item, self.of[item.pk].unsent) for item in self.items if self.of[item.pk].unsent > 0]

    @property
    def sent(self) -> list[tuple[OrderItem, int]]:
        """Lines with pieces that left the house."""
        return [(item, self.of[item.pk].sent) for item in self.items if self.of[item.pk].sent > 0]


def standings_of(order_ids: Iterable[UUID]) -> list[Standings]:
    """Of each order, the oldest first. Three statements, whatever their number."""
    orders = list(Order.objects.filter(pk__in=list(order_ids)).prefetch_related("items").order_by("created_at", "id"))
    refunds: dict[UUID, list[PaymentRefund]] = {}
    for refund in PaymentRefund.objects.filter(payment__order__in=orders).select_related("payment"):
        refunds.setdefault(refund.payment.order_id, []).append(refund)
    found = []
    for order in orders:
        items = tuple(order.items.all())
        of = standing_of(order, items, given_back(refunds.get(order.pk, ())))
        found.append(Standings(order=order, items=items, of=of))
    return found
