"""A customer's account for who looks around: that of the customer whose orders tell most."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from tenant_shop.customers.models import Customer
from tenant_shop.demo.history.moments import id_at
from tenant_shop.demo.history.orders import PastOrder
from tenant_shop.demo.people import PASSWORD
from tenant_shop.demo.shops import DemoShop
from tenant_shop.orders.models import Order
from tenant_shop.returns.models import Return, ReturnLine

WISHES = (
    (Return.Status.REQUESTED, Return.Reason.CHANGED_MIND, "It is nicer than I thought, but we have one already.", ""),
    (
        Return.Status.APPROVED,
        Return.Reason.DAMAGED,
        "A corner was dented when it came.",
        "We are sorry. Please put the order's number into the parcel; we pay for the way back.",
    ),
)
AFTER_DELIVERY = timedelta(hours=20)


def open_account(shop: DemoShop, orders: Sequence[PastOrder]) -> Customer | None:
    """Give a password to the customer whose orders are in most states, before `orders` are written; None without any.

    Their mailbox becomes `shop.shopper_email`, on their orders too.
    """
    owned: dict[Customer, list[PastOrder]] = {}
    for past in orders:
        if past.order.customer is not None:
            owned.setdefault(past.order.customer, []).append(past)
    if not owned:
        return None
    chosen = max(owned, key=lambda each: (len({past.order.status for past in owned[each]}), len(owned[each])))
    chosen.email, chosen.password_hash, chosen.email_verified = shop.shopper_email, make_password(PASSWORD), True
    chosen.save(update_fields=["email", "password_hash", "email_verified"])
    for past in owned[chosen]:
        past.order.customer_email = chosen.email
        if past.redemption is not None:
            past.redemption.customer_email = chosen.email
    return chosen


def write_returns(customer: Customer, orders: Sequence[PastOrder], *, now: datetime) -> int:
    """Ask to send a piece of each of the customer's last deliveries back; how many returns. Two statements."""
    arrived = [
        past for past in orders if past.order.customer_id == customer.pk and past.order.status == Order.Status.DELIVERED
    ]
    latest = sorted(arrived, key=lambda past: past.order.delivered_at or past.order.created_at, reverse=True)
    asked: list[Return] = []
    lines: list[ReturnLine] = []
    for past, (status, reason, note, answer) in zip(latest, WISHES, strict=False):
        at = min((past.order.delivered_at or past.order.created_at) + AFTER_DELIVERY, now)
        wish = Return(
            id=id_at(at),
            order=past.order,
            customer=customer,
            status=status,
            reason=reason,
            note=note,
            answer=answer,
            created_at=at,
            updated_at=at,
        )
        asked.append(wish)
        lines.append(ReturnLine(parent=wish, order_item=past.items[0], quantity=1))
    Return.objects.bulk_create(asked)
    ReturnLine.objects.bulk_create(lines)
    return len(asked)
