"""The merchant's pages that hold for an order and for an account, as links."""

from django.urls import reverse

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.pages.legal import TERMS


def terms_links(settings: ShopSettings) -> list[dict[str, str]]:
    """Those in the footer, by title. No statement: they are kept in the settings."""
    return [
        {"title": title, "url": reverse("storefront:page", args=[slug])}
        for title, slug in settings.footer_pages
        if slug in TERMS
    ]
