"""Index of the back office's pages: Django looks only here."""

from tenant_shop.backoffice import catalog, orders, pages, people, promotions, returns, search, taxes

__all__ = ["catalog", "orders", "pages", "people", "promotions", "returns", "search", "taxes"]
