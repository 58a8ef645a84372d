"""What is not there: a page in the shop's look that offers its search and its categories."""

from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from platform_core.tenancy import status_pages
from tenant_shop.storefront.cards import steps
from tenant_shop.storefront.visit import Visit

# Nobody reads a page there: programs ask for these, and often for many at once.
PLAIN = ("/static/", "/media/", "/admin/", "/dashboard/", "/api/", "/.")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Two statements for a page that a person may have looked for, none for files and other doors."""
    path = request.path_info
    if path.startswith(PLAIN) or PurePosixPath(path).suffix or request.method not in ("GET", "HEAD"):
        return status_pages.page_not_found(request, exception)
    return nothing_here(Visit(request))


def nothing_here(visit: Visit, *, message: str = "") -> HttpResponse:
    """The page itself, with status 404; `message` says what is gone where that is known."""
    context = {
        "title": _("This page is not here"),
        "message": message or _("It may have moved, or the address may have a typing error."),
        "categories": steps(visit.shelves.top),
    }
    return visit.page("storefront/404.html", context, status=404)
