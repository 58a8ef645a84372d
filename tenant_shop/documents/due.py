"""Invoices that are issued by themselves."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.documents.content import seller_lines
from tenant_shop.documents.errors import SellerUnknown
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.models import PaymentEntry

logger = logging.getLogger(__name__)

ACTOR = "documents.issue_due"
# The values of the setting `invoice_issue`.
WHEN_PAID, WHEN_SENT, BY_HAND = "paid", "sent", "by_hand"
SENT = Q(fulfillment_status__in=[Order.FulfillmentStatus.PARTIAL, Order.FulfillmentStatus.FULFILLED])
PAID = Q(payment_status=Order.PaymentStatus.PAID, total_amount__gt=0)
# What happened within it is made up for: a worker died, or nobody had said yet who sells.
LOOKS_BACK = timedelta(days=2)
BATCH = 200


def expect_invoice(order_id: UUID) -> None:
    """Have the order's invoice issued soon after the caller's transaction has committed, if the shop wants it now.

    No statement. When the broker is down, or the worker dies, the recurring job finds the order.
    """
    after_commit(_queue, str(order_id))


def issue_if_due(order_id: UUID) -> Document | None:
    """Issue the order's invoice if the settings say that it is time; None where they do not."""
    due = _due(shop_settings())
    if due is None or not Order.objects.filter(due, pk=order_id).exists():
        return None
    return issue_invoice(order_id, actor=ACTOR)


def issue_due(now: datetime) -> int:
    """Issue the invoices of what was paid or sent in the last two days that nobody issued; how many. The oldest orders
    first.

    An order whose invoice cannot be issued is logged and does not hold up the others. What exceeds 200 orders is for
    the next run.
    """
    due = _due(shop_settings())
    if due is None:
        return 0
    issued = Exists(Document.objects.filter(order=OuterRef("pk"), kind=Document.Kind.INVOICE))
    since = now - LOOKS_BACK
    # An old order that is only touched, by an erasure for instance, was neither paid nor sent now.
    paid = PaymentEntry.objects.filter(payment__order=OuterRef("pk"), kind="captured", created_at__gte=since)
    sent = Shipment.objects.filter(order=OuterRef("pk"), created_at__gte=since)
    fresh = Order.objects.filter(Exists(paid) | Exists(sent), updated_at__gte=since)
    orders = fresh.filter(due, ~issued).order_by("created_at", "id")
    count = 0
    for order_id in list(orders.values_list("pk", flat=True)[:BATCH]):
        try:
            issue_invoice(order_id, actor=ACTOR)
            count += 1
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("the invoice of order %s could not be issued", order_id)
    return count


def _due(shop: ShopSettings) -> Q | None:
    """Which orders have an invoice by now; None in a shop that issues them by hand, or has not said who sells.

    History that was imported has its invoices elsewhere, and test orders get none.
    """
    wanted = {WHEN_PAID: PAID | SENT, WHEN_SENT: SENT}.get(shop.invoice_issue)
    try:
        seller_lines(shop)
    except SellerUnknown:
        return None
    if wanted is None:
        return None
    return wanted & ~Q(status=Order.Status.CANCELLED) & ~Q(metadata__has_key="imported") & Q(is_test=False)


def _queue(order_id: str) -> None:
    try:
        issue_invoice_task.delay(order_id)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); the invoice of order %s waits", error, order_id)


@shared_task(base=TenantTask, name="documents.issue_invoice")  # type: ignore[untyped-decorator]
def issue_invoice_task(order_id: str) -> None:
    issue_if_due(UUID(order_id))


@shared_task(base=TenantTask, name="documents.issue_due")  # type: ignore[untyped-decorator]
def issue_due_task() -> None:
    issue_due(timezone.now())
