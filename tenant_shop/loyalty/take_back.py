"""Taking points back for what was refunded."""

from decimal import Decimal

from django.db.models import Sum

from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import points_to_take_back
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import GONE, PaymentEntry, PaymentRefund
from tenant_shop.payments.status import balance, with_credits

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
    money = with_credits(balance(PaymentEntry.objects.filter(payment__order=order)), order)
    for_delivery = PaymentRefund.objects.filter(payment__order=order, state__in=GONE).aggregate(
        total=Sum("shipping_amount", default=Decimal(0))
    )["total"]
    due = points_to_take_back(earned.points, order, money, delivery_refunded=for_delivery) - before
    if due > 0:
        # Whose the order is now: the account that earned may have been merged into another.
        LoyaltyEntry.objects.create(
            customer_id=order.customer_id or earned.customer_id,
            order=order,
            points=-due,
            reason=Reason.TAKEN_BACK,
            actor=actor,
        )
    return max(due, 0)
