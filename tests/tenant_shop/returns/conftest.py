"""A shop that sells, and a shopper in it."""

from tests.tenant_shop.storefront.conftest import configure, selling, shopper

__all__ = ["configure", "selling", "shopper"]
