"""The rows of one order of the past, as the shop's verbs would have left them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random
from uuid import UUID

from tenant_shop.demo.customers import Shopper
from tenant_shop.demo.history.course import Course
from tenant_shop.demo.history.moments import id_at
from tenant_shop.demo.history.stock import Movement
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.carriers import tracking_link
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import Pricing, Wanted
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption, OrderItemDiscount
from tenant_shop.shipping.rates import ShippingOption

Status = Order.Status
Fulfillment = Order.FulfillmentStatus
NOTES = ("Please ring at the neighbours' if nobody opens.", "It is a present, please leave the price out.")
NOTE_SHARE = 0.04
# Why goods come back, by the status that the order gets then.
COMING_BACK: dict[str, str] = {
    Status.CANCELLED: StockMovement.Reason.CANCELLATION,
    Status.REFUNDED: StockMovement.Reason.RETURN,
}


def order_row(
    shopper: Shopper,
    pricing: Pricing,
    course: Course,
    *,
    order_id: UUID,
    number: str,
    delivery: ShippingOption,
    method: str,
    code: DiscountCode | None,
    random: Random,
) -> Order:
    """The order; its payment status follows from its entries, which come later."""
    at = course.steps[0].at
    due_after = KNOWN[method].due_after
    return Order(
        id=order_id,
        order_number=number,
        cart_id=id_at(at),
        customer=shopper.customer,
        customer_email=shopper.email,
        customer_phone=shopper.phone,
        status=course.status,
        fulfillment_status=Fulfillment.FULFILLED if course.has_been_sent else Fulfillment.UNFULFILLED,
        currency=pricing.currency,
        tax_included=pricing.tax_included,
        subtotal_amount=pricing.subtotal,
        tax_amount=pricing.tax,
        shipping_amount=pricing.shipping,
        discount_amount=pricing.discount,
        total_amount=pricing.total,
        shipping_address=dict(shopper.address),
        billing_address=dict(shopper.address),
        shipping_method=delivery.name,
        tracking_number=f"{random.randint(10**11, 10**12 - 1)}" if course.has_been_sent else None,
        shipped_at=course.when(Status.SHIPPED),
        delivered_at=course.when(Status.DELIVERED),
        payment_method=method,
        payment_gateway=KNOWN[method].gateway,
        payment_due_at=at + due_after if due_after else None,
        notes=random.choice(NOTES) if random.random() < NOTE_SHARE else None,
        discount_codes=[code.code] if code else [],
        created_at=at,
        updated_at=max([course.steps[-1].at, *(entry.at for entry in course.money)]),
        confirmed_at=course.when(Status.CONFIRMED),
        cancelled_at=course.when(Status.CANCELLED),
        metadata={
            "shipping_code": delivery.code,
            "shipping_tax": str(pricing.shipping_tax),
            "shipping_tax_rate": str(pricing.shipping_tax_rate),
        },
    )


def item_rows(order: Order, pricing: Pricing, course: Course) -> list[OrderItem]:
    """The order's lines."""
    return [
        OrderItem(
            id=id_at(order.created_at),
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
            tax_amount=line.tax,
            tax_rate=line.tax_rate,
            quantity_fulfilled=line.quantity if course.has_been_sent else 0,
            created_at=order.created_at,
        )
        for position, line in enumerate(pricing.lines)
    ]


def shipment_row(order: Order, items: Sequence[OrderItem], *, carrier: str, staff: str) -> Shipment:
    """The one parcel in which the order was sent."""
    at, number = order.shipped_at or order.created_at, order.tracking_number or ""
    return Shipment(
        id=id_at(at),
        order=order,
        carrier=carrier,
        tracking_number=number,
        tracking_url=tracking_link(carrier, number),
        lines=[{"item": str(item.pk), "quantity": item.quantity} for item in items],
        key=order.order_number,
        actor=staff,
        created_at=at,
    )


def payment_row(order: Order) -> Payment:
    """The one attempt to pay the order."""
    return Payment(
        id=id_at(order.created_at),
        order=order,
        gateway=order.payment_gateway or "",
        method=order.payment_method,
        amount=order.total_amount,
        currency=order.currency,
        created_at=order.created_at,
        updated_at=order.created_at,
    )


def entry_rows(payment: Payment, course: Course, staff: str) -> list[PaymentEntry]:
    """What happened to the payment, oldest first."""
    return [
        PaymentEntry(
            id=id_at(entry.at),
            payment=payment,
            kind=entry.kind,
            amount=entry.amount,
            currency=payment.currency,
            gateway=payment.gateway,
            actor=staff,
            created_at=entry.at,
        )
        for entry in course.money
    ]


def redemption_row(order: Order, code: DiscountCode, delivery: ShippingOption) -> DiscountRedemption:
    """The order's use of a code, given back if it was cancelled."""
    frees_delivery = code.type == DiscountCode.Type.FREE_SHIPPING
    return DiscountRedemption(
        discount=code,
        order=order,
        customer_id=order.customer_id,
        customer_email=order.customer_email,
        title=code.title,
        amount=order.discount_amount,
        shipping_amount=delivery.amount if frees_delivery else Decimal(0),
        created_at=order.created_at,
        released_at=order.cancelled_at,
    )


def share_rows(items: Sequence[OrderItem], use: DiscountRedemption) -> Iterator[OrderItemDiscount]:
    """What the use took off each line."""
    for item in items:
        if item.discount_amount:
            yield OrderItemDiscount(item=item, redemption=use, amount=item.discount_amount)


def history_rows(order: Order, course: Course) -> Iterator[OrderStatusHistory]:
    """Every change of the order's status."""
    before: str | None = None
    for step in course.steps:
        yield OrderStatusHistory(
            id=id_at(step.at),
            order=order,
            previous_status=before,
            new_status=step.status,
            comment=step.comment,
            updated_by=step.actor,
            created_at=step.at,
        )
        before = step.status


def movements(order: Order, basket: Sequence[Wanted], course: Course) -> Iterator[Movement]:
    """What the order took, and what came back with a cancellation or a return."""
    back = [step for step in course.steps if step.status in COMING_BACK]
    for line in basket:
        if not line.variant.product.track_inventory:
            continue
        for step, reason, delta in [
            (course.steps[0], StockMovement.Reason.SALE, -line.quantity),
            *((step, COMING_BACK[step.status], line.quantity) for step in back),
        ]:
            yield Movement(
                variant_id=line.variant.pk, order_id=order.pk, at=step.at, delta=delta, reason=reason, actor=step.actor
            )
