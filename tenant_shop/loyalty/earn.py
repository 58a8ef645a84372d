"""Earning points with an order that arrived."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import MOST, points_for
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.take_back import take_back_points
from tenant_shop.loyalty.tiers import assign_tiers
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order


def earn_points(order_id: UUID, *, actor: str) -> int:
    """Give a delivered order's customer the points it is worth, once however often it is called; how many.

    `actor` is a user's id or the name of a job. Points are those of the tier that the customer had before; then their
    tier is brought up to date. What was refunded already is taken back at once.
    Nothing is given to guests, while the programme is off, for what was delivered before it began, and for orders in
    another currency than the shop's, and for test orders.
    Errors: OrderNotFound; ValueError for an order that is not delivered.
    """
    with shop_transaction():
        return earn_locked(lock_order(order_id), actor=actor)


def earn_locked(order: Order, *, actor: str) -> int:
    """`earn_points` for an order that the caller's transaction has locked."""
    if order.status != Order.Status.DELIVERED:
        raise ValueError(f"order {order} is {order.status}; points are earned when it is delivered")
    if order.is_test:
        return 0
    settings = shop_settings()
    rules = loyalty_rules(settings.loyalty)
    now = timezone.now()
    if not rules.is_on or order.customer_id is None or order.currency != settings.currency:
        return 0
    if (order.delivered_at or now) < rules.since:
        return 0
    customer = Customer.objects.select_for_update(no_key=True).get(pk=order.customer_id)
    if LoyaltyEntry.objects.filter(order=order, reason=LoyaltyEntry.Reason.EARNED).exists():
        return 0
    multiplier = rules.multiplier_of(customer.loyalty_tier)
    points = points_for(order, points_per_unit=rules.points_per_unit, multiplier=multiplier)
    balance: int = customer.loyalty_points
    points = min(points, MOST - balance)
    if points > 0:
        LoyaltyEntry.objects.create(
            customer=customer, order=order, points=points, reason=LoyaltyEntry.Reason.EARNED, actor=actor
        )
        take_back_points(order, actor=actor)
    assign_tiers(rules, currency=settings.currency, at=now, customer_id=customer.pk)
    return max(points, 0)
