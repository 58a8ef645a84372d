"""The mail that confirms an order."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from celery import shared_task
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.tasks import TenantTask
from smartseller.formats import amount, number, percent
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import Letterhead, letterhead
from tenant_shop.mails.send import send_due, send_promised
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.arrival_words import expected_of
from tenant_shop.orders.beyond_plan import note_orders_beyond_plan
from tenant_shop.orders.company_words import company_facts, reverse_charge_text
from tenant_shop.orders.mail_facts import lines_of, order_url
from tenant_shop.orders.models import Order
from tenant_shop.orders.tax_by_rate import tax_by_rate
from tenant_shop.payments.instructions import how_to_pay

TOPIC = "mail.order_placed"


def send_confirmation(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now."""
    return send_promised(event_id, compose)


def send_confirmations(now: datetime) -> int:
    """Send the mails that are still due at `now`; how many were sent."""
    return send_due(TOPIC, send_confirmation, at=now)


def compose(event: OutboxEvent) -> EmailMultiAlternatives:
    """The mail in the language in which the order was placed."""
    order = Order.objects.prefetch_related("items").get(pk=event.payload["order_id"])
    with letterhead(order.language) as head:
        subject = _("%(shop)s: your order %(number)s") % {"shop": head.name, "number": order.order_number}
        return head.write(
            event,
            "orders/placed",
            to=order.customer_email,
            subject=subject,
            context=_context(order, head),
            kind="order_placed",
        )


def _context(order: Order, head: Letterhead) -> dict[str, object]:
    def money(value: Decimal) -> str:
        return amount(value, order.currency)

    payment, discount = how_to_pay(order, head.shop), order.discount_amount - order.points_amount
    return {
        "number": order.order_number,
        "url": order_url(order, head),
        "lines": lines_of(order),
        "subtotal": money(order.subtotal_amount),
        "discount": money(discount) if discount else "",
        "points": number(order.points_spent) if order.points_spent else "",
        "points_amount": money(order.points_amount),
        "shipping": money(order.shipping_amount) if order.shipping_amount else _("Free"),
        "shipping_name": order.shipping_method,
        "is_pickup": order.is_pickup,
        "expected": expected_of(order),
        "taxes": [(percent(rate * 100), money(tax)) for rate, tax in tax_by_rate(order)],
        "tax_included": order.tax_included,
        "total": money(order.total_amount),
        "company": company_facts(order),
        "reverse_charge": reverse_charge_text() if order.reverse_charge else "",
        "payment_name": payment.title if payment.text else "",
        "payment_description": payment.text,
        "payment_account": payment.account,
        "payment_facts": payment.facts,
        "address_lines": address_lines(order.shipping_address, is_pickup=order.is_pickup),
    }


@shared_task(base=TenantTask, name="orders.send_confirmation")  # type: ignore[untyped-decorator]
def send_confirmation_task(event_id: str) -> None:
    send_confirmation(UUID(event_id))
    note_orders_beyond_plan()


@shared_task(base=TenantTask, name="orders.send_confirmations")  # type: ignore[untyped-decorator]
def send_confirmations_task() -> None:
    if send_confirmations(timezone.now()):
        note_orders_beyond_plan()
