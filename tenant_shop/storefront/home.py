"""The shop's front window."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenant_shop.storefront.home_sections import Section, home_sections
from tenant_shop.storefront.meta import Meta, absolute
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.structured_data import shop_data
from tenant_shop.storefront.visit import Visit


@require_safe
@shared_page
def home(request: HttpRequest) -> HttpResponse:
    visit = Visit(request)
    sections = home_sections(visit)
    context = {"title_is_own": True, "sections": sections, "meta": _meta(visit, sections)}
    return visit.page("storefront/home.html", context)


def _meta(visit: Visit, sections: Sequence[Section]) -> Meta:
    name, path = visit.settings.store_name, reverse("storefront:home")
    pictured = [product["image"] for section in sections for product in section.get("products", ())]
    return Meta(
        title=name,
        path=path,
        description=visit.theme.hero.text or visit.theme.tagline,
        image=next(filter(None, pictured), None),
        structured=shop_data(
            name=name,
            language=visit.language,
            home=absolute(path),
            email=visit.settings.store_email,
            search=absolute(reverse("storefront:product_list")) + "?q=",
            logo=absolute(visit.theme.logo.url) if visit.theme.logo else "",
        ),
    )
