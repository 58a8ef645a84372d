"""The shop's front window."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenant_shop.storefront.home_sections import home_sections
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.visit import Visit


@require_safe
@shared_page
def home(request: HttpRequest) -> HttpResponse:
    visit = Visit(request)
    return visit.page("storefront/home.html", {"sections": home_sections(visit)})
