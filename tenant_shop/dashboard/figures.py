"""What the dashboard shows, as few questions to the shop's database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.orders.models import Order

DAYS = 30
SHORT_LIST = 8
OPEN = (Order.Status.PENDING, Order.Status.CONFIRMED, Order.Status.PROCESSING)
READY_TO_SEND = (Order.Status.CONFIRMED, Order.Status.PROCESSING)
NOT_SOLD = (Order.Status.CANCELLED, Order.Status.REFUNDED)


@dataclass(frozen=True, slots=True)
class Day:
    """The orders placed on one day and not cancelled or refunded, paid or not; `sales` in the shop's currency."""

    date: date
    orders: int
    sales: Decimal


@dataclass(frozen=True, slots=True)
class Waiting:
    """Orders that wait: for the shop's people (`to_send`) or for the customer's money (`unpaid`)."""

    to_send: int
    unpaid: int


def last_days(now: datetime, zone: ZoneInfo, currency: str) -> list[Day]:
    """The last thirty days in the shop's time zone, oldest first, today last; one statement.

    Orders in another currency than `currency` (imported ones) are left out: sums of two currencies mean nothing.
    """
    today = now.astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    rows = (
        Order.objects.filter(created_at__gte=datetime.combine(first, time.min, zone), currency=currency)
        .exclude(status__in=NOT_SOLD)
        .order_by()
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .values("day")
        .annotate(orders=Count("pk"), sales=Sum("total_amount"))
    )
    found = {row["day"]: Day(row["day"], row["orders"], row["sales"]) for row in rows}
    days = (first + timedelta(days=offset) for offset in range(DAYS))
    return [found.get(day, Day(day, 0, Decimal(0))) for day in days]


def waiting() -> Waiting:
    """How many orders wait; one statement."""
    counts = Order.objects.filter(status__in=OPEN).aggregate(
        to_send=Count(
            "pk",
            filter=Q(status__in=READY_TO_SEND) & ~Q(fulfillment_status=Order.FulfillmentStatus.FULFILLED),
        ),
        unpaid=Count("pk", filter=Q(payment_status__in=[Order.PaymentStatus.PENDING, Order.PaymentStatus.FAILED])),
    )
    return Waiting(counts["to_send"], counts["unpaid"])


def low_stock() -> Sequence[ProductVariant]:
    """Variants on sale at or below their product's threshold, the emptiest first, with their product; one statement."""
    return list(
        ProductVariant.objects.filter(
            is_active=True,
            product__status="active",
            product__track_inventory=True,
            inventory_quantity__lte=F("product__low_stock_threshold"),
        )
        .select_related("product")
        .only("sku", "options", "inventory_quantity", "product__name", "product__slug")
        .order_by("inventory_quantity", "product__name", "pk")[:SHORT_LIST]
    )


def latest_orders() -> Sequence[Order]:
    """The newest orders; one statement."""
    return list(Order.objects.order_by("-created_at", "-id")[:SHORT_LIST])
