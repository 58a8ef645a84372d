"""The paper that a shop's mails are written on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import public_url
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.own_words import attributes
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.configuration.theme import parse_theme
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.look import mail_look
from tenant_shop.mails.own_words import own_words

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """`language` (BCP 47) is the reader's, `prefix` what stands before paths there; `name` is the shop's, on one line.

    `own` marks an element that holds the merchant's words: `<span{{ own }}>`.
    """

    language: str
    prefix: str
    shop: ShopSettings
    name: str
    own: SafeString

    def url(self, path: str) -> str:
        """The absolute URL of `path`, in the reader's language."""
        tenant = current_tenant()
        return public_url(tenant.slug, tenant.domain, self.prefix + path)

    def write(
        self,
        event: OutboxEvent,
        template: str,
        *,
        to: str,
        subject: str,
        context: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        kind: str = "",
    ) -> EmailMultiAlternatives:
        """The mail that `event` promised, as text and HTML; answers go to the shop's own address.

        `template` is below templates/emails and has no suffix; it extends `emails/base`. The event names the mail, so
        that one which is sent twice can be told to be the same. For a `kind` of mail (`mails/kinds.py`) the merchant's
        own words stand in place of the subject, the title and the first words, if there are any in this language.
        """
        tenant = current_tenant()
        words = own_words(self.shop, kind, self.language, context) if kind else None
        subject = words.subject if words else subject
        values = {
            "subject": subject,
            "words": words,
            "language": self.language,
            "is_rtl": translation.get_language_bidi(),
            "own": self.own,
            "look": mail_look(parse_theme(tenant.theme), tenant),
            "shop_name": self.shop.store_name,
            "shop_email": self.shop.store_email,
            "shop_phone": self.shop.store_phone,
            "shop_address": self.shop.store_address.splitlines(),
            "shop_url": self.url("/"),
            **context,
        }
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"emails/{template}.txt", values),
            from_email=formataddr((self.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
            to=[to],
            reply_to=[" ".join(self.shop.store_email.split())],
            headers={"Message-ID": f"<{event.pk}@{settings.PLATFORM_DOMAIN}>", **(headers or {})},
            connection=get_connection(timeout=TIMEOUT_SECONDS),
        )
        mail.attach_alternative(render_to_string(f"emails/{template}.html", values), "text/html")
        return mail


@contextmanager
def letterhead(language: str) -> Iterator[Letterhead]:
    """The shop's paper in `language` (BCP 47), which is active meanwhile; in the shop's own where that is ""."""
    languages = shop_languages()
    spoken = readable(language or languages.own)
    with translation.override(spoken):
        shop = shop_settings()
        yield Letterhead(
            language=spoken,
            prefix=languages.prefix_of(spoken),
            shop=shop,
            name=" ".join(shop.store_name.split()),
            own=attributes(spoken, languages.own),
        )
