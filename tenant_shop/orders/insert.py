"""Writing an order's rows."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from smartseller.ids import uuid7
from tenant_shop.orders.arrival import promised
from tenant_shop.orders.buyer import Buyer
from tenant_shop.orders.by_hand import ByHand
from tenant_shop.orders.for_company import CompanyOrder
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import Pricing
from tenant_shop.payments.methods import PAY_LATER, PaymentMethod
from tenant_shop.promotions.combine import Savings
from tenant_shop.shipping.rates import ShippingOption

ACTOR = "checkout"


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
    is_test: bool = False,
    bought_for: CompanyOrder | None = None,
    by_hand: ByHand | None = None,
) -> Order:
    """The order's row and the first of its history, not numbered yet. Two statements.

    An order that waits for money is pending and has a date when it stops waiting. One that is paid on delivery, or
    costs nothing, is confirmed at once; so is one that is paid later, and its date is when the invoice is due.
    """
    waits = bool(pricing.total) and method.due_after is not None
    due_at = at + method.due_after if waits and method.due_after else None
    if bought_for is not None and method.code == PAY_LATER and pricing.total:
        due_at = at + timedelta(days=bought_for.company.payment_days)
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
        payment_due_at=due_at,
        **_facts_of(bought_for, pricing),
        is_test=is_test,
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
            **({"terms_version": buyer.terms_version} if buyer.terms_version else {}),
            **({"by_hand": True} if by_hand else {}),
        },
    )
    who, comment = _begun_by(buyer, bought_for, by_hand)
    OrderStatusHistory.objects.create(order=order, new_status=order.status, updated_by=who, comment=comment)
    return order


def _begun_by(buyer: Buyer, bought_for: CompanyOrder | None, by_hand: ByHand | None) -> tuple[str, str | None]:
    """Who placed the order, and what there is to say about it."""
    if by_hand is not None:
        return by_hand.actor, "Taken by hand."
    if bought_for is not None and bought_for.approval is not None:
        approver = f"customer {bought_for.approval.approver_id}"
        return approver, f"Asked for by customer {buyer.customer_id}, approved by {approver}."
    return ACTOR, None


def _facts_of(bought_for: CompanyOrder | None, pricing: Pricing) -> dict[str, Any]:
    """The company as it is called now."""
    if bought_for is None:
        return {}
    return {
        "company_id": bought_for.company.pk,
        "company_name": bought_for.company.name,
        "company_tax_id": bought_for.company.tax_id,
        "purchase_number": bought_for.purchase_number,
        "reverse_charge": pricing.reverse_charge,
    }


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
