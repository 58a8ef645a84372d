"""The shop itself in the words of the templates: its name, its look, its footer."""

import re
from typing import Any

from django.urls import reverse

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.configuration.theme import Theme
from tenant_shop.configuration.theme.theme import Link, ThemePicture
from tenant_shop.storefront.languages import in_readers_language
from tenant_shop.storefront.look import media_type_of
from tenant_shop.storefront.theme import theme_url

# Of a telephone number, what a telephone dials.
NO_DIGIT = re.compile(r"[^0-9+]")


def shop_context(settings: ShopSettings, theme: Theme) -> dict[str, Any]:
    return {
        "name": settings.store_name,
        "tagline": theme.tagline,
        "email": settings.store_email,
        "phone": settings.store_phone,
        "phone_link": NO_DIGIT.sub("", settings.store_phone),
        "address": settings.store_address.splitlines(),
        "test_mode": settings.test_mode,
        "is_white_label": current_tenant().plan_terms.includes(Feature.WHITE_LABEL),
        "is_sandbox": current_tenant().is_sandbox,
        "theme": theme,
        "theme_url": theme_url(theme),
        "favicon": {"url": theme.favicon.url, "type": media_type_of(theme.favicon.url)} if theme.favicon else None,
        "announcement": (
            {"text": theme.announcement, "url": in_readers_language(theme.announcement_url)}
            if theme.announcement
            else None
        ),
        "footer_columns": [
            {"title": column.title, "links": [link_context(link) for link in column.links]}
            for column in theme.footer_columns
        ],
        "pages": [
            {"label": title, "url": reverse("storefront:page", args=[slug])} for title, slug in settings.footer_pages
        ],
    }


def picture_context(picture: ThemePicture | None) -> dict[str, Any] | None:
    """As the tag `picture` wants it. The pictures of a look decorate; what they show is said beside them."""
    if picture is None:
        return None
    return {
        "url": picture.url,
        "alt": "",
        "width": picture.width,
        "height": picture.height,
        "renditions": picture.renditions,
    }


def link_context(link: Link) -> dict[str, Any]:
    return {"label": link.label, "url": in_readers_language(link.url), "is_own": True}
