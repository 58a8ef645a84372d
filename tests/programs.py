"""Programs that come to a shop's API with a key."""

from typing import Any

from django.test import Client
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.keys.make import MadeKey, make_key
from tenant_shop.integrations.keys.models import ApiKey


def key_of(shop: TenantInfo, *scopes: str, **options: Any) -> MadeKey:
    """A key of the shop that may do `scopes`."""
    with tenant_context(shop):
        return make_key(**{"name": "Warehouse", "at": timezone.now(), "permits": _everything, **options}, scopes=scopes)


def publishable_key(shop: TenantInfo, **options: Any) -> MadeKey:
    return key_of(shop, kind=ApiKey.Kind.PUBLISHABLE, **options)


def client_with(shop: TenantInfo, secret: str, **options: Any) -> Client:
    """A program that sends `secret` with every request to the shop's host."""
    return Client(SERVER_NAME=f"{shop.slug}.localhost", HTTP_AUTHORIZATION=f"Bearer {secret}", **options)


def program(shop: TenantInfo, *scopes: str, **options: Any) -> Client:
    """A program that may do `scopes`."""
    return client_with(shop, key_of(shop, *scopes, **options).secret)


def _everything(permission: str) -> bool:
    return True
