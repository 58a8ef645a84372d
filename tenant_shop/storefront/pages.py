"""The merchant's own pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from tenant_shop.backoffice.access import staff_access
from tenant_shop.pages.find import page_by_slug
from tenant_shop.pages.render import page_html
from tenant_shop.storefront.languages import in_readers_language
from tenant_shop.storefront.meta import Meta
from tenant_shop.storefront.moved import moved_to
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.visit import Visit


@require_safe
@shared_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A published page; an address that it had before leads there.

    A draft is shown to the shop's people, and to nobody else is it there at all.
    """
    found = page_by_slug(slug)
    if found is None or not (found.is_published or _may_see_drafts(request)):
        raise Http404(slug)
    if found.slug != slug:
        return moved_to(request, reverse("storefront:page", args=[found.slug]))
    visit = Visit(request)
    context = {
        "title": found.title,
        "title_is_own": True,
        "meta": Meta(
            title=f"{found.title} · {visit.settings.store_name}",
            path=reverse("storefront:page", args=[slug]),
            description=found.meta_description or found.title,
            indexed=found.is_published,
        ),
        "html": page_html(found.body, address=in_readers_language),
        "is_draft": not found.is_published,
    }
    response = visit.page("storefront/page.html", context)
    if not found.is_published:
        add_never_cache_headers(response)
    return response


def _may_see_drafts(request: HttpRequest) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return staff_access(request) is not None and request.user.has_perm("tenant_shop.view_page")
