"""A shop's host: storefront, merchant admin, dashboard, API, payment callbacks, health."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
