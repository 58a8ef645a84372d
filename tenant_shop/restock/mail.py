"""The mail that says that something is back."""

from urllib.parse import urlencode
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from platform_core.tenancy.transactions import shop_transaction
from smartseller.formats import amount
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.integrations.lease import finish_event
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.letterhead import letterhead
from tenant_shop.mails.send import send_promised
from tenant_shop.restock.leave import leave_token
from tenant_shop.restock.models import StockAlert

TOPIC = "mail.back_in_stock"


def send_notice(event_id: UUID) -> bool:
    """Send the mail of an outbox event, unless it was sent; whether it was sent now.

    Who has left meanwhile gets none. When the goods are gone again, the address goes on waiting. A worker that dies
    between sending and noting it sends twice, under the same Message-ID; a failure is tried again later.
    """
    return send_promised(event_id, _compose_due)


def _compose_due(event: OutboxEvent) -> EmailMultiAlternatives | None:
    alert = StockAlert.objects.select_related("variant__product").filter(pk=event.payload["alert_id"]).first()
    if alert is None or not ProductVariant.objects.buyable().filter(pk=alert.variant_id).exists():
        _give_up(event, alert)
        return None
    return compose(event, alert)


def _give_up(event: OutboxEvent, alert: StockAlert | None) -> None:
    with shop_transaction():
        if alert is not None:
            again = StockAlert.objects.waiting().filter(variant=alert.variant_id, email=alert.email)
            if again.exists():  # they have asked once more
                alert.delete()
            else:
                StockAlert.objects.filter(pk=alert.pk).update(notified_at=None)
        finish_event(event)


def compose(event: OutboxEvent, alert: StockAlert) -> EmailMultiAlternatives:
    """The mail in the language that the page was read in, with a link that ends such mails."""
    variant, product = alert.variant, alert.variant.product
    chosen = f"?{urlencode(variant.options)}" if variant.options else ""
    with letterhead(alert.language) as head:
        leave_url = head.url(f"/notify/leave/{leave_token(alert)}/")
        subject = _("%(shop)s: %(product)s is back") % {"shop": head.name, "product": " ".join(product.name.split())}
        context = {
            "product": product.name,
            "options": variant.label,
            "price": amount(variant.effective_price, head.shop.currency),
            "url": head.url(f"/products/{product.slug}/{chosen}"),
            "leave_url": leave_url,
        }
        # RFC 8058: mail programs offer to leave with one click.
        headers = {"List-Unsubscribe": f"<{leave_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return head.write(
            event,
            "restock/back",
            to=alert.email,
            subject=subject,
            context=context,
            headers=headers,
            kind="back_in_stock",
        )
