"""What a company owes: orders that are paid later, up to a limit."""

from decimal import Decimal
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from tenant_shop.companies.errors import CreditExceeded
from tenant_shop.companies.models import Company
from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import PAY_LATER

OVER = (Order.Status.CANCELLED, Order.Status.REFUNDED)


def open_amount(company_id: UUID, currency: str) -> Decimal:
    """What the company owes in `currency`: its orders that are paid later and are neither paid nor cancelled, less what
    was credited for goods that came back. One statement. Orders in a currency that the shop had before do not count
    against today's limit.
    """
    unpaid = Order.objects.filter(
        company=company_id,
        payment_method=PAY_LATER,
        payment_status=Order.PaymentStatus.PENDING,
        currency=currency,
    ).exclude(status__in=OVER)
    total: Decimal = unpaid.aggregate(open=Coalesce(Sum(F("total_amount") - F("credited_amount")), Decimal(0)))["open"]
    return total


def is_open_invoice(order: Order) -> bool:
    """Whether the order counts as open: paid later, and neither paid nor cancelled. Pure."""
    is_unpaid = order.payment_status == Order.PaymentStatus.PENDING
    return order.payment_method == PAY_LATER and is_unpaid and order.status not in OVER


def check_credit(company: Company, total: Decimal, currency: str) -> None:
    """Whether another `total` may be open. Sound only while the company is locked: two orders at once would both fit.

    One statement. Errors: CreditExceeded.
    """
    free = max(company.credit_limit - open_amount(company.pk, currency), Decimal(0))
    if total > free:
        raise CreditExceeded(free=free, total=total, currency=currency)
