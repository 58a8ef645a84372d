"""Finding a page."""

from tenant_shop.pages.models import Page


def page_by_slug(slug: str) -> Page | None:
    """The page at this address, published or not; one SELECT."""
    return Page.objects.filter(slug=slug).first()


def published_slugs() -> list[str]:
    """The addresses of all published pages, for a sitemap. One SELECT."""
    return list(Page.objects.filter(is_published=True).values_list("slug", flat=True))
