"""Mails about an order after it was placed: a title, some sentences, a button."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import public_url
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.configuration.theme import parse_theme
from tenant_shop.orders.models import Order

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLetter:
    """`url` is where the button leads; without one it leads to the order's own page. `note` stands small below it."""

    title: str
    paragraphs: tuple[str, ...]
    button: str
    url: str = ""
    note: str = ""


def compose_letter(order: Order, words: Callable[[], OrderLetter], *, event_id: UUID) -> EmailMultiAlternatives:
    """The mail as text and HTML, in the order's language and the shop's colours; answers go to the shop.

    `words` is asked for the letter while that language is active. `event_id` makes the Message-ID.
    """
    languages = shop_languages()
    language = readable(order.language or languages.own)
    with translation.override(language):
        return _compose(order, words(), languages.prefix_of(language), language, event_id)


def _compose(order: Order, words: OrderLetter, prefix: str, language: str, event_id: UUID) -> EmailMultiAlternatives:
    shop, tenant = shop_settings(), current_tenant()
    name = " ".join(shop.store_name.split())
    subject = _("%(shop)s: %(title)s") % {"shop": name, "title": words.title}
    own_page = public_url(tenant.slug, tenant.domain, f"{prefix}/orders/{order.public_token}/")
    context = {
        "subject": subject,
        "language": language,
        "is_rtl": translation.get_language_bidi(),
        "theme": parse_theme(tenant.theme),
        "shop_name": shop.store_name,
        "shop_email": shop.store_email,
        "letter": words,
        "url": words.url or own_page,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("emails/customers/letter.txt", context),
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[order.customer_email],
        reply_to=[" ".join(shop.store_email.split())],
        headers={"Message-ID": f"<{event_id}@{settings.PLATFORM_DOMAIN}>"},
        connection=get_connection(timeout=TIMEOUT_SECONDS),
    )
    mail.attach_alternative(render_to_string("emails/customers/letter.html", context), "text/html")
    return mail
