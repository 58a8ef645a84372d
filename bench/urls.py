"""The pages that are measured, the same on both sides."""

from django.urls import include, path

from bench import views

urlpatterns = [
    path("one/<slug:slug>/", views.one_query),
    path("list/", views.product_list),
    path("api-rows/", views.product_rows),
    path("api/v1/", include("tenant_shop.api.v1.urls")),
    path("", include("tenant_shop.storefront.urls")),
]
handler400 = "platform_core.tenancy.status_pages.bad_request"
handler403 = "platform_core.tenancy.status_pages.permission_denied"
handler404 = "platform_core.tenancy.status_pages.page_not_found"
handler500 = "platform_core.tenancy.status_pages.server_error"
