"""Taking points back for what was refunded."""

from decimal import Decimal

from django.db.models import Sum

from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import points_to_take_back
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.payments.status import balance

Reason = LoyaltyEntry.Reason


def take_back_points(order: Order, *, actor: str) -> int:
    """Take back what the refunds of `order`, which the caller's transaction has locked, leave unearned; how many now.

    Worked out from all refunds and all that was taken back before, so it is safe any number of times, and refunds in
    parts take what one refund of their sum would. The customer may have spent the points: then the balance is below
    zero, and what is earned next fills it up. `actor` is a user's id or the name of a job.
    """
    entries = list(LoyaltyEntry.objects.filter(order=order, reason__in=[Reason.EARNED, Reason.TAKEN_BACK]))
    earned = next((entry for entry in entries if entry.reason == Reason.EARNED), None)
    if earned is None:
        return 0
    before = -sum(entry.points for entry in entries if entry.reason == Reason.TAKEN_BACK)
    money = balance(PaymentEntry.objects.filter(payment__order=order))
    for_delivery = PaymentRefund.objects.filter(payment__order=order, state=PaymentRefund.State.SUCCEEDED).aggregate(
        total=Sum("shipping_amount", default=Decimal(0))
    )["total"]
    due = points_to_take_back(earned.points, order, money, delivery_refunded=for_delivery) - before
    if due > 0:
        LoyaltyEntry.objects.create(
            customer_id=earned.customer_id, order=order, points=-due, reason=Reason.TAKEN_BACK, actor=actor
        )
    return max(due, 0)
