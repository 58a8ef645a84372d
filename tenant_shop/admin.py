"""Index of the back office's pages: Django looks only here."""

from tenant_shop.backoffice import (
    catalog,
    categories,
    companies,
    orders,
    pages,
    people,
    pricing,
    promotions,
    quotes,
    returns,
    search,
    shipping,
    taxes,
)

__all__ = [
    "catalog",
    "categories",
    "companies",
    "orders",
    "pages",
    "people",
    "pricing",
    "promotions",
    "quotes",
    "returns",
    "search",
    "shipping",
    "taxes",
]
