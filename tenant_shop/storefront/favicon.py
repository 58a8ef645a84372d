"""The shop's icon, for browsers that ask without looking at the page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.theme import parse_theme


@require_safe
@cache_control(public=True, max_age=3_600)
def favicon(request: HttpRequest) -> HttpResponse:
    """Leads to the merchant's own, or to that of all shops."""
    own = parse_theme(current_tenant().theme).favicon
    return HttpResponseRedirect(own.url if own else static("images/shop.svg"))
