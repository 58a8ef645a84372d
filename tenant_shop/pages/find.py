"""Finding a page."""

from django.db.models import Q

from tenant_shop.catalog.old_slugs import OldSlug, first_as_written, old_target_subquery, spellings
from tenant_shop.catalog.published import Published
from tenant_shop.pages.models import Page


def page_by_slug(slug: str) -> Page | None:
    """The page at this address, published or not, or else the one that was there last; one SELECT."""
    before = old_target_subquery(OldSlug.Kind.PAGE, slug)
    named = Page.objects.filter(Q(slug__in=spellings(slug)) | Q(pk=before))
    return named.order_by(first_as_written(slug)).first()


def published_pages() -> list[Published]:
    """The addresses of all published pages, for a sitemap. One SELECT."""
    rows = Page.objects.filter(is_published=True).order_by("pk")
    return [Published(slug, changed) for slug, changed in rows.values_list("slug", "updated_at")]
