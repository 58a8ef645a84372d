"""An order as other systems are told of it."""

from collections.abc import Iterable
from typing import Any

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order


def order_snapshot(order: Order) -> dict[str, Any]:
    """What identifies an order and what state it is in, ready for JSON; amounts are strings in `currency`."""
    return {
        "id": str(order.pk),
        "number": order.order_number,
        "is_test": order.is_test,
        "status": order.status,
        "payment_status": order.payment_status,
        "fulfillment_status": order.fulfillment_status,
        "currency": order.currency,
        "subtotal": str(order.subtotal_amount),
        "discount": str(order.discount_amount),
        "points_spent": order.points_spent,
        "points_amount": str(order.points_amount),
        "shipping": str(order.shipping_amount),
        "tax": str(order.tax_amount),
        "tax_included": order.tax_included,
        "total": str(order.total_amount),
        "credited_total": str(order.credited_amount),
        "customer_id": str(order.customer_id) if order.customer_id else None,
        "email": order.customer_email,
        **_company(order),
    }


def _company(order: Order) -> dict[str, Any]:
    """Who buys, for a company's orders only."""
    if order.company_id is None:
        return {}
    return {
        "company": {"id": str(order.company_id), "name": order.company_name, "tax_id": order.company_tax_id},
        "purchase_number": order.purchase_number,
        "reverse_charge": order.reverse_charge,
    }


def items_snapshot(items: Iterable[OrderItem]) -> list[dict[str, Any]]:
    """The lines of an order, ready for JSON."""
    return [
        {
            "product_id": str(item.product_id),
            "variant_id": str(item.variant_id) if item.variant_id else None,
            "sku": item.product_sku,
            "name": item.product_name,
            "options": item.variant_info,
            "quantity": item.quantity,
            "unit_price": str(item.unit_price),
            "total": str(item.total_price),
            "discount": str(item.discount_amount),
            "points_amount": str(item.points_amount),
            "tax": str(item.tax_amount),
        }
        for item in items
    ]
