"""Correcting where the customer of an order is reached: what was taken on the telephone is easily misheard."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.find import is_erased
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.address import clean_contact
from tenant_shop.orders.editing import OrderEditedMeanwhile
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.remark import remark
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.promotions.limits import normalised_email
from tenant_shop.promotions.models import DiscountRedemption

# By the field's name, what the history calls it: never what was written there, which is somebody's.
CALLED = {"customer_email": "E-mail address", "customer_phone": "Telephone"}


def change_contact(order_id: UUID, *, email: str, phone: str, seen: tuple[str, str], actor: str) -> list[str]:
    """Have mails about an order go to `email` from now on; which of `CALLED` were changed.

    Whose the order is stays. What guests have used of a discount goes with the address. `seen` is the address and the
    number that were looked at, `actor` a user's id.
    Errors, with nothing changed: OrderNotFound, also for an order of who was erased; OrderEditedMeanwhile;
        InvalidContact.
    """
    given = clean_contact(email=email, phone=phone, notes="")
    with shop_transaction():
        order = lock_order(order_id)
        if is_erased(order.customer_email):
            raise OrderNotFound(order_id)
        if (order.customer_email, order.customer_phone or "") != seen:
            raise OrderEditedMeanwhile(order.order_number)
        before = order_snapshot(order)
        changed = _write(order, given["email"], given["phone"])
        if not changed:
            return []
        order.save(update_fields=changed)
        if "customer_email" in changed:
            uses = DiscountRedemption.objects.filter(order=order)
            uses.update(customer_email=normalised_email(order.customer_email))
        remark(order, f"Corrected: {', '.join(CALLED[name].lower() for name in changed)}.", actor=actor)
        record_event("order.edited", {**order_snapshot(order), "before": before})
    return changed


def _write(order: Order, email: str, phone: str) -> list[str]:
    now = {"customer_email": email, "customer_phone": phone or None}
    changed = [name for name, value in now.items() if getattr(order, name) != value]
    for name in changed:
        setattr(order, name, now[name])
    return changed
