"""The same order sent again: by an impatient click, by a page that was gone back to, after a lost answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from smartseller.errors import RuleViolation
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.buyer import tidy_buyer
from tenant_shop.orders.errors import IdempotencyConflict, OrderedAlready
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment


def already_placed(cart_id: UUID, idempotency_key: str) -> Order | None:
    """The order of this cart or key. Read under the cart's lock, so that the second of two clicks finds the first's.

    One statement; two when there is one, because there seldom is and an order has many columns.
    Errors: IdempotencyConflict when the key ordered another cart.
    """
    same = Order.objects.filter(Q(cart_id=cart_id) | Q(idempotency_key=idempotency_key))
    found = dict(same.values_list("cart_id", "pk"))
    if cart_id in found:
        return Order.objects.get(pk=found[cart_id])
    if found:
        raise IdempotencyConflict(idempotency_key)
    return None


def check_same(order: Order, settings: ShopSettings | None = None, **sent: Any) -> None:
    """Whether the arguments of `place_order` are those that `order` was placed with, as the order still knows them.

    At most two statements. Errors: OrderedAlready, also for what could not be ordered at all.
    """
    if not _is_same(order, settings or shop_settings(), sent):
        raise OrderedAlready(order)


def _is_same(order: Order, settings: ShopSettings, sent: Mapping[str, Any]) -> bool:
    try:
        buyer = tidy_buyer(
            settings,
            email=sent["email"],
            phone=sent["phone"],
            notes=sent["notes"],
            shipping_address=sent["shipping_address"],
            billing_address=sent["billing_address"],
            shipping_code=sent["shipping_code"],
            customer_id=order.customer_id,
            language="",
        )
    except RuleViolation:
        return False
    told = (buyer.email, buyer.phone, buyer.notes, dict(buyer.shipping_address), dict(buyer.billing_address))
    kept = (
        order.customer_email,
        order.customer_phone or "",
        order.notes or "",
        order.shipping_address,
        order.billing_address,
    )
    chosen = (sent["shipping_code"], sent["points"], " ".join(sent["purchase_number"].split()))
    if told != kept or chosen != (order.metadata.get("shipping_code"), order.points_spent, order.purchase_number):
        return False
    # Another way to pay may have been chosen since.
    return sent["payment_method"] in (order.payment_method, _first_method(order))


def _first_method(order: Order) -> str | None:
    payments = Payment.objects.filter(order=order).order_by("created_at", "pk")
    return payments.values_list("method", flat=True).first()
