"""Which orders the figures count, and of which buyers, in Django's words; `statements.COUNTS` says the same in SQL, and
a test compares.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower, TruncDate

from tenant_shop.analytics.period import Period
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.models import Order

# In any currency; figures are made of the orders in the shop's.
COUNTED = (
    Q(is_test=False)
    & ~Q(status=Order.Status.CANCELLED)
    & ~Q(status=Order.Status.PENDING, payment_status__in=[Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED])
)


def counted(orders: QuerySet[Order], currency: str) -> QuerySet[Order]:
    """Those that the figures of a shop with this currency count."""
    return orders.filter(COUNTED, currency=currency)


def by_buyers(orders: QuerySet[Order], zone: ZoneInfo, *, came_before: bool) -> QuerySet[Order]:
    """Those whose buyers had, or had not, an order that counts on an earlier day of `zone`, in whatever currency.

    A guest is known by the e-mail address, and without one is neither.
    """
    day = TruncDate("created_at", tzinfo=zone)
    earlier = Order.objects.filter(COUNTED).annotate(day=day, address=Lower("customer_email"))
    earlier = earlier.order_by().filter(day__lt=OuterRef("day"))
    named = orders.annotate(day=day, address=Lower("customer_email"))
    known = Exists(earlier.filter(customer=OuterRef("customer")))
    guest = Exists(earlier.filter(customer=None, address=OuterRef("address")))
    if came_before:
        return named.filter((Q(customer__isnull=False) & known) | (Q(customer=None) & ~Q(customer_email="") & guest))
    return named.filter((Q(customer__isnull=False) & ~known) | (Q(customer=None) & ~Q(customer_email="") & ~guest))


def returning_buyers(period: Period, shop: ShopSettings) -> tuple[QuerySet[Order, Any], QuerySet[Order, Any]]:
    """Customers, and addresses of guests, who bought in the period and had an order that counts before it began.

    Each once, however often they came: with the new ones they are all buyers of the period.
    """
    within, before = _within(period, shop), _before(period, shop)
    customers = within.filter(Exists(before.filter(customer=OuterRef("customer")))).order_by()
    guests = _guests(within).filter(Exists(_guests(before).filter(address=OuterRef("address")))).order_by()
    return customers.values("customer").distinct(), guests.values("address").distinct()


def one_of_each_buyer(
    orders: QuerySet[Order], period: Period, shop: ShopSettings, *, came_before: bool
) -> QuerySet[Order]:
    """The first order of the period of each of its new buyers, or of each that had bought before it began."""
    within, before = _within(period, shop), _before(period, shop)
    sooner = Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk"))
    same_customer, same_guest = Q(customer=OuterRef("customer")), Q(address=OuterRef("address"))
    rows = orders.filter(pk__in=within.values("pk")).annotate(address=Lower("customer_email"))
    firsts = rows.filter(
        Q(customer__isnull=False) & ~Exists(within.filter(same_customer & sooner))
        | Q(customer=None) & ~Q(address="") & ~Exists(_guests(within).filter(same_guest & sooner))
    )
    if not came_before:
        return by_buyers(firsts, shop.zone, came_before=False)
    return firsts.filter(
        Q(customer__isnull=False) & Exists(before.filter(same_customer))
        | Q(customer=None) & Exists(_guests(before).filter(same_guest))
    )


def _within(period: Period, shop: ShopSettings) -> QuerySet[Order]:
    span = {"created_at__gte": period.starts(shop.zone), "created_at__lt": period.ends(shop.zone)}
    return counted(Order.objects.filter(**span), shop.currency)


def _before(period: Period, shop: ShopSettings) -> QuerySet[Order]:
    return Order.objects.filter(COUNTED, created_at__lt=period.starts(shop.zone))


def _guests(orders: QuerySet[Order]) -> QuerySet[Any, Any]:
    return orders.filter(customer=None).exclude(customer_email="").annotate(address=Lower("customer_email"))
