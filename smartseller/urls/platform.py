"""The platform host: website, console, health."""

from django.urls import URLPattern, URLResolver, include, path

from platform_core import admin  # noqa: F401 - registers the console's pages
from platform_core.console.site import console
from smartseller import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("readyz", health.ready, name="readyz"),
    path("admin/", console.urls),
    path("api/v1/", include("platform_core.api.v1.urls")),
    path("billing/callbacks/", include("platform_core.inbound.urls")),
    path("", include("platform_core.website.urls")),
]

handler400 = "platform_core.tenancy.status_pages.bad_request"
handler403 = "platform_core.tenancy.status_pages.permission_denied"
handler404 = "platform_core.tenancy.status_pages.page_not_found"
handler500 = "platform_core.tenancy.status_pages.server_error"
