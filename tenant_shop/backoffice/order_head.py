"""What stands first on an order's page: where it stands, and the way to the orders beside it in the list."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse

from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.open_return import can_be_returned
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.profile import worth_of
from tenant_shop.orders.editing import why_not_editable
from tenant_shop.orders.models import Order

STATUS_COLOURS = {
    "pending": "warning",
    "confirmed": "info",
    "processing": "info",
    "shipped": "success",
    "delivered": "success",
    "cancelled": "danger",
    "refunded": "danger",
}
PAYMENT_COLOURS = {
    "pending": "warning",
    "authorized": "info",
    "paid": "success",
    "partially_refunded": "warning",
    "refunded": "danger",
    "failed": "danger",
}
FULFILLMENT_COLOURS = {"unfulfilled": "warning", "partial": "info", "fulfilled": "success"}


def head_of(order: Order) -> dict[str, Any]:
    """For `order_head.html`: badges [{name, text, colour}], and older and newer, an order's key and number or None.

    A try says so first.

    Two statements, by the index of the list's order.
    """
    return {
        "badges": [
            *([{"name": "Test order", "text": "no sale", "colour": "warning"}] if order.is_test else []),
            {"name": "Order", "text": order.get_status_display(), "colour": STATUS_COLOURS[order.status]},
            {
                "name": "Payment",
                "text": order.get_payment_status_display(),
                "colour": PAYMENT_COLOURS[order.payment_status],
            },
            {
                "name": "Delivery",
                "text": order.get_fulfillment_status_display(),
                "colour": FULFILLMENT_COLOURS[order.fulfillment_status],
            },
        ],
        "older": _beside(order, "lt", "-"),
        "newer": _beside(order, "gt", ""),
    }


def buyer_of(order: Order) -> dict[str, Any]:
    """For `order_actions.html`: the account that ordered, and what it is worth; None for a guest. Three statements."""
    if order.customer is None:
        return {"buyer": None}
    worth = worth_of(order.customer.pk, currency := shop_settings().currency)
    return {
        "buyer": {
            "url": reverse("admin:tenant_shop_customer_change", args=[order.customer.pk]),
            "name": order.customer.full_name or order.customer.email,
            "value": "" if worth.value is None else amount(worth.value, currency),
            "orders": worth.orders,
        }
    }


def offers_of(order: Order) -> dict[str, Any]:
    """For `order_actions.html`: whether it is changed and comes back, and why not changed. At most five statements."""
    is_open = order.is_cancellable or order.is_fulfillable
    return {
        "is_open": is_open,
        "not_editable": why_not_editable(order) if is_open else "",
        "can_return": can_be_returned(order),
    }


def _beside(order: Order, side: str, direction: str) -> Mapping[str, Any] | None:
    beyond = Q(**{f"created_at__{side}": order.created_at}) | Q(
        created_at=order.created_at, **{f"pk__{side}": order.pk}
    )
    bounded = Order.objects.filter(beyond, **{f"created_at__{side}e": order.created_at})
    rows = bounded.order_by(f"{direction}created_at", f"{direction}id")
    return next(iter(rows.values("pk", "order_number")[:1]), None)
