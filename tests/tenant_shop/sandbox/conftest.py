"""A shop that sells."""

from tests.tenant_shop.storefront.conftest import configure, selling, shopper

__all__ = ["configure", "selling", "shopper"]
