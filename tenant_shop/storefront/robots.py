"""What search engines may visit."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.languages import shop_languages
from tenant_shop.storefront.meta import PAGE, absolute

OTHER_DOORS = ("/admin/", "/dashboard/", "/api/", "/login/")
# Linked from every page and of no use to a robot. What is secret by its address (orders, links that leave a list) is
# not here: it says `noindex`, which is read by those only who may visit it (decision 14).
OF_ONE_VISITOR = ("/cart/", "/checkout/", "/account/", "/search/", "/discount/")
# Their filters and orders make endless combinations; only the pages of the plain list are worth a visit.
LISTS = ("/products/", "/categories/*/", "/brands/*/")


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """Everything but what is worth no visit: carts, accounts, endless combinations of filters; where the sitemap is."""
    if current_tenant().is_sandbox:
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in OTHER_DOORS)]
    languages = shop_languages()
    for prefix in map(languages.prefix_of, languages.all):
        lines += [f"Disallow: {prefix}{path}" for path in OF_ONE_VISITOR]
        for path in LISTS:
            lines += [f"Disallow: {prefix}{path}?", f"Allow: {prefix}{path}?{PAGE}="]
    lines += ["", f"Sitemap: {absolute(reverse('storefront:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
