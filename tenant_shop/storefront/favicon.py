"""The shop's icon, for browsers that ask without looking at the page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenant_shop.storefront.visit import Visit


@require_safe
@cache_control(public=True, max_age=3_600)
def favicon(request: HttpRequest) -> HttpResponse:
    """Leads to the merchant's own, or to that of all shops."""
    return HttpResponseRedirect(Visit(request).theme.favicon or static("images/shop.svg"))
