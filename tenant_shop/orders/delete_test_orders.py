"""Being rid of what was ordered while the shop was tried out."""

from collections.abc import Callable
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.record import record_event
from tenant_shop.inventory.release import release_stock, take_back_damage
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.promotions.redeem import lock_limits_of, release_redemptions


def delete_test_orders(*, actor: str, most: int, told: Callable[[Order], None] | None = None) -> int:
    """Delete the oldest `most` test orders with everything that was written about them; how many are gone now.

    Whatever they took is there again, sent or not: goods are on sale, discounts can be used, points are the
    customers'. One transaction an order, so that nobody waits long, and a run that is broken off is gone on with.
    `actor` is a user's id; `told` is called with each at the end of its transaction.
    """
    oldest = Order.objects.filter(is_test=True).order_by("created_at", "pk")
    return sum(_delete(order_id, actor, told) for order_id in list(oldest.values_list("pk", flat=True)[:most]))


def _delete(order_id: UUID, actor: str, told: Callable[[Order], None] | None) -> bool:
    with shop_transaction():
        try:
            order = lock_order(order_id)
        except OrderNotFound:  # somebody else who pressed the button was first
            return False
        # As one that is cancelled gives everything back; here whatever has become of it.
        order.status = Order.Status.CANCELLED
        give_back_points(order, actor=actor)
        lock_limits_of(order.pk)
        release_stock(order.pk, actor=actor)
        take_back_damage(order.pk, actor=actor)
        release_redemptions(order.pk)
        with shop_connection().cursor() as cursor:
            # The database takes along what the app's role may not delete.
            cursor.execute("DELETE FROM orders WHERE id = %s AND is_test", [order.pk])
            is_gone = bool(cursor.rowcount)
        record_event("order.deleted", order_snapshot(order))
        if told is not None:
            told(order)
    return is_gone
