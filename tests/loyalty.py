"""What the tests of points share: a programme, orders that arrived, and how a customer stands."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.earn import earn_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.rules import DEFAULTS
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tests.factories.customers import CustomerFactory
from tests.shopping import order_of, stocked

YESTERDAY = timedelta(days=1)


def run_programme(*, since: datetime | None = None, **changes: Any) -> None:
    """A point for each euro, by default from yesterday on."""
    change_rules({**DEFAULTS, "is_on": True, **changes}, now=since or timezone.now() - YESTERDAY)


def arrived(customer: Customer | None, *, price: str = "100.00", at: datetime | None = None, **changes: Any) -> Order:
    """A paid order of 4.90 more than `price`, that was delivered; it has not earned yet."""
    order = order_of((stocked(price=price), 1), customer_id=customer.pk if customer else None, **changes)
    mark_as_paid(order.pk, actor="ann")
    Order.objects.filter(pk=order.pk).update(status="delivered", delivered_at=at or timezone.now())
    return Order.objects.get(pk=order.pk)


def earned(customer: Customer | None, **order: Any) -> Order:
    made = arrived(customer, **order)
    earn_points(made.pk, actor="ann")
    return made


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(order=order)


def points(customer: Customer) -> int:
    return Customer.objects.get(pk=customer.pk).loyalty_points


def tier(customer: Customer) -> str:
    return Customer.objects.get(pk=customer.pk).loyalty_tier


def entries(customer: Customer) -> list[tuple[str, int]]:
    return list(LoyaltyEntry.objects.filter(customer=customer).values_list("reason", "points"))


def with_points(number: int, **fields: Any) -> Customer:
    """A customer to whom the shop has given so many points."""
    customer = CustomerFactory(**fields)
    LoyaltyEntry.objects.create(customer=customer, points=number, reason="correction", actor="ann")
    return customer
