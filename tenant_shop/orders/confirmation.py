"""The mail that confirms an order."""

import logging
from datetime import datetime
from decimal import Decimal
from email.utils import formataddr, parseaddr
from smtplib import SMTPException
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import after_commit
from smartseller.formats import amount, country, percent
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.integrations.lease import due_events, finish_event, lease_event, postpone_event
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.company_words import company_facts, reverse_charge_text
from tenant_shop.orders.models import Order
from tenant_shop.orders.tax_by_rate import tax_by_rate
from tenant_shop.payments.instructions import how_to_pay

logger = logging.getLogger(__name__)

TOPIC = "mail.order_placed"
TIMEOUT_SECONDS = 20
BATCH = 200


def request_confirmation(order: Order) -> None:
    """Have the order confirmed by mail once it is committed.

    The row in the outbox is the promise; the message to a worker only makes it quick. When the broker is down, or the
    worker dies, `orders.send_confirmations` finds the row.
    """
    event = record_event(TOPIC, {"order_id": str(order.pk)})
    after_commit(_queue, event.pk)


def _queue(event_id: UUID) -> None:
    try:
        send_confirmation_task.delay(str(event_id))
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); confirmation %s waits in the outbox", error, event_id)


def send_confirmation(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    A worker that dies between sending and noting it sends twice, under the same Message-ID.
    After a failure it is due again later, twelve times over about a day.
    """
    event = lease_event(event_id)
    if event is None:
        return False
    order = Order.objects.prefetch_related("items").get(pk=event.payload["order_id"])
    try:
        compose(order, message_id=f"<{event.pk}@{settings.PLATFORM_DOMAIN}>").send()
    except (OSError, SMTPException) as error:
        logger.warning("the confirmation of order %s could not be sent: %s", order.order_number, error)
        postpone_event(event, error)
        return False
    finish_event(event)
    return True


def send_confirmations(now: datetime) -> int:
    """Send the mails that are still due at `now`, at most 200; how many were sent."""
    return sum(send_confirmation(event_id) for event_id in due_events(TOPIC, at=now, limit=BATCH))


def compose(order: Order, *, message_id: str) -> EmailMultiAlternatives:
    """The mail as text and HTML, in the order's language and the shop's name; answers go to the shop's own address."""
    languages = shop_languages()
    language = readable(order.language or languages.own)
    with translation.override(language):
        return _compose(order, languages.prefix_of(language), message_id=message_id)


def _compose(order: Order, prefix: str, *, message_id: str) -> EmailMultiAlternatives:
    shop = shop_settings()
    name = " ".join(shop.store_name.split())
    subject = _("%(shop)s: your order %(number)s") % {"shop": name, "number": order.order_number}
    context = {"subject": subject, **_context(order, shop, prefix)}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("emails/orders/placed.txt", context),
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[order.customer_email],
        reply_to=[" ".join(shop.store_email.split())],
        headers={"Message-ID": message_id},
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    mail.attach_alternative(render_to_string("emails/orders/placed.html", context), "text/html")
    return mail


def _context(order: Order, shop: ShopSettings, prefix: str) -> dict[str, object]:
    def money(value: Decimal) -> str:
        return amount(value, order.currency)

    payment = how_to_pay(order, shop)
    address = order.shipping_address
    person = f"{address.get('first_name', '')} {address.get('last_name', '')}".strip()
    place = f"{address.get('postal_code', '')} {address.get('city', '')}".strip()
    return {
        "shop_name": shop.store_name,
        "shop_email": shop.store_email,
        "number": order.order_number,
        "url": shop_url(current_tenant().slug, f"{prefix}/orders/{order.public_token}/"),
        "lines": [
            {
                "quantity": item.quantity,
                "name": item.product_name,
                "options": " / ".join(str(value) for value in item.variant_info.values()),
                "total": money(item.total_price),
            }
            for item in order.items.all()
        ],
        "subtotal": money(order.subtotal_amount),
        "discount": money(order.discount_amount) if order.discount_amount else "",
        "shipping": money(order.shipping_amount) if order.shipping_amount else _("Free"),
        "shipping_name": order.shipping_method,
        "taxes": [(percent(rate * 100), money(tax)) for rate, tax in tax_by_rate(order)],
        "tax_included": order.tax_included,
        "total": money(order.total_amount),
        "company": company_facts(order),
        "reverse_charge": reverse_charge_text() if order.reverse_charge else "",
        "payment_name": payment.title if payment.text else "",
        "payment_description": payment.text,
        "payment_account": payment.account,
        "payment_facts": payment.facts,
        "address_lines": [
            text
            for text in (
                person,
                address.get("company"),
                address.get("address_line_1"),
                address.get("address_line_2"),
                place,
                address.get("state_province"),
                country(address.get("country", "")),
            )
            if text
        ],
    }


@shared_task(base=TenantTask, name="orders.send_confirmation")  # type: ignore[untyped-decorator]
def send_confirmation_task(event_id: str) -> None:
    send_confirmation(UUID(event_id))


@shared_task(base=TenantTask, name="orders.send_confirmations")  # type: ignore[untyped-decorator]
def send_confirmations_task() -> None:
    send_confirmations(timezone.now())
