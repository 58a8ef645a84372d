"""The mail that says that something is back."""

import logging
from email.utils import formataddr, parseaddr
from smtplib import SMTPException
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import public_url
from platform_core.tenancy.transactions import shop_transaction
from smartseller.formats import amount
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.configuration.theme import parse_theme
from tenant_shop.integrations.lease import finish_event, lease_event, postpone_event
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.restock.leave import leave_token
from tenant_shop.restock.models import StockAlert

logger = logging.getLogger(__name__)

TOPIC = "mail.back_in_stock"
TIMEOUT_SECONDS = 20


def send_notice(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    Who has left meanwhile gets none. When the goods are gone again, the address goes on waiting. A worker that dies
    between sending and noting it sends twice, under the same Message-ID; a failure is tried again later.
    """
    event = lease_event(event_id)
    if event is None:
        return False
    alert = StockAlert.objects.select_related("variant__product").filter(pk=event.payload["alert_id"]).first()
    if alert is None or not ProductVariant.objects.buyable().filter(pk=alert.variant_id).exists():
        _give_up(event, alert)
        return False
    try:
        compose(alert, message_id=f"<{event.pk}@{settings.PLATFORM_DOMAIN}>").send()
    except (OSError, SMTPException) as error:
        logger.warning("the notice %s could not be sent: %s", event.pk, error)
        postpone_event(event, error)
        return False
    finish_event(event)
    return True


def _give_up(event: OutboxEvent, alert: StockAlert | None) -> None:
    with shop_transaction():
        if alert is not None:
            again = StockAlert.objects.waiting().filter(variant=alert.variant_id, email=alert.email)
            if again.exists():  # they have asked once more
                alert.delete()
            else:
                StockAlert.objects.filter(pk=alert.pk).update(notified_at=None)
        finish_event(event)


def compose(alert: StockAlert, *, message_id: str) -> EmailMultiAlternatives:
    """The mail as text and HTML in the language that the page was read in, with a link that ends such mails."""
    languages = shop_languages()
    language = readable(alert.language or languages.own)
    with translation.override(language):
        return _compose(alert, languages.prefix_of(language), language, message_id=message_id)


def _compose(alert: StockAlert, prefix: str, language: str, *, message_id: str) -> EmailMultiAlternatives:
    shop, tenant = shop_settings(), current_tenant()
    variant, product = alert.variant, alert.variant.product
    name = " ".join(shop.store_name.split())
    title = " ".join(product.name.split())
    chosen = f"?{urlencode(variant.options)}" if variant.options else ""
    leave_url = public_url(tenant.slug, tenant.domain, f"{prefix}/notify/leave/{leave_token(alert)}/")
    subject = _("%(shop)s: %(product)s is back") % {"shop": name, "product": title}
    context = {
        "subject": subject,
        "language": language,
        "is_rtl": translation.get_language_bidi(),
        "theme": parse_theme(tenant.theme),
        "shop_name": shop.store_name,
        "shop_email": shop.store_email,
        "product": product.name,
        "options": variant.label,
        "price": amount(variant.effective_price, shop.currency),
        "url": public_url(tenant.slug, tenant.domain, f"{prefix}/products/{product.slug}/{chosen}"),
        "leave_url": leave_url,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("emails/restock/back.txt", context),
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[alert.email],
        reply_to=[" ".join(shop.store_email.split())],
        # RFC 8058: mail programs offer to leave with one click.
        headers={
            "Message-ID": message_id,
            "List-Unsubscribe": f"<{leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    mail.attach_alternative(render_to_string("emails/restock/back.html", context), "text/html")
    return mail
