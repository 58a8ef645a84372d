"""A shop's host: storefront, merchant admin, dashboard, API, payment callbacks, health."""

from django.urls import URLPattern, URLResolver, include, path

from smartseller import health
from tenant_shop import admin  # noqa: F401 - registers the back office's pages
from tenant_shop.backoffice.site import backoffice

urlpatterns: list[URLPattern | URLResolver] = [
    path("readyz", health.ready, name="readyz"),
    path("admin/", backoffice.urls),
    path("dashboard/", include("tenant_shop.dashboard.urls")),
    path("api/v1/", include("tenant_shop.api.v1.urls")),
    path("payments/callbacks/", include("tenant_shop.inbound.urls")),
    path("", include("tenant_shop.backoffice.urls")),
    path("", include("tenant_shop.storefront.urls")),
]

handler400 = "platform_core.tenancy.status_pages.bad_request"
handler403 = "platform_core.tenancy.status_pages.permission_denied"
handler404 = "tenant_shop.storefront.not_found.page_not_found"
handler500 = "platform_core.tenancy.status_pages.server_error"
