"""Index of the back office's pages: Django looks only here."""

from tenant_shop.backoffice import catalog, orders, people, promotions, search

__all__ = ["catalog", "orders", "people", "promotions", "search"]
