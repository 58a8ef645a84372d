"""Writing an order's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from smartseller.ids import uuid7
from tenant_shop.orders.arrival import promised
from tenant_shop.orders.models import Order, OrderItem, OrderStatusHistory
from tenant_shop.orders.pricing import Pricing
from tenant_shop.payments.methods import PaymentMethod
from tenant_shop.promotions.combine import Savings
from tenant_shop.shipping.rates import ShippingOption

ACTOR = "checkout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who orders, checked and tidied."""

    email: str
    phone: str
    notes: str
    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    customer_id: UUID | None
    language: str = ""
    agreed_to: str = ""


def insert_order(
    buyer: Buyer,
    pricing: Pricing,
    *,
    delivery: ShippingOption,
    method: PaymentMethod,
    cart_id: UUID,
    idempotency_key: str,
    savings: Savings,
    at: datetime,
    zone: ZoneInfo,
) -> Order:
    """The order's row and the first of its history, not numbered yet. Two statements.

    An order that waits for money is pending and has a date when it stops waiting. One that is paid on delivery, or
    costs nothing, is confirmed at once.
    """
    waits = bool(pricing.total) and method.due_after is not None
    order_id = uuid7()
    order = Order.objects.create(
        id=order_id,
        order_number=str(order_id),
        cart_id=cart_id,
        idempotency_key=idempotency_key or None,
        customer_id=buyer.customer_id,
        customer_email=buyer.email,
        customer_phone=buyer.phone or None,
        status=Order.Status.PENDING if waits else Order.Status.CONFIRMED,
        payment_status=Order.PaymentStatus.PENDING if pricing.total else Order.PaymentStatus.PAID,
        currency=pricing.currency,
        tax_included=pricing.tax_included,
        subtotal_amount=pricing.subtotal,
        tax_amount=pricing.tax,
        shipping_amount=pricing.shipping,
        discount_amount=pricing.discount,
        points_spent=pricing.points,
        points_amount=pricing.points_amount,
        total_amount=pricing.total,
        shipping_address=dict(buyer.shipping_address),
        billing_address=dict(buyer.billing_address),
        shipping_method=delivery.name[:100],
        payment_method=method.code,
        payment_gateway=method.gateway,
        payment_due_at=at + method.due_after if waits and method.due_after else None,
        notes=buyer.notes or None,
        discount_codes=[savings.code] if savings.code else [],
        confirmed_at=None if waits else at,
        metadata={
            "shipping_code": delivery.code,
            **({"is_pickup": True} if delivery.is_pickup else {}),
            "shipping_tax": str(pricing.shipping_tax),
            "shipping_tax_rate": str(pricing.shipping_tax_rate),
            **promised(delivery, at=at, zone=zone),
            **({"language": buyer.language} if buyer.language else {}),
            **({"agreed_to": buyer.agreed_to} if buyer.agreed_to else {}),
        },
    )
    OrderStatusHistory.objects.create(order=order, new_status=order.status, updated_by=ACTOR)
    return order


def insert_items(order: Order, pricing: Pricing) -> list[OrderItem]:
    """The order's lines, with their amounts frozen. One statement."""
    return OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            product_id=line.product_id,
            variant_id=line.variant_id,
            position=position,
            product_name=line.name,
            product_sku=line.sku,
            variant_info=dict(line.options),
            quantity=line.quantity,
            unit_price=line.unit_price,
            total_price=line.total,
            discount_amount=line.discount,
            points_amount=line.points,
            tax_amount=line.tax,
            tax_rate=line.tax_rate,
        )
        for position, line in enumerate(pricing.lines)
    )
