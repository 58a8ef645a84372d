"""The platform host: website, console, health."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

handler400 = "platform_core.tenancy.status_pages.bad_request"
handler403 = "platform_core.tenancy.status_pages.permission_denied"
handler404 = "platform_core.tenancy.status_pages.page_not_found"
handler500 = "platform_core.tenancy.status_pages.server_error"
