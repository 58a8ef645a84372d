"""Index of the console's pages: Django looks only here."""

from platform_core.console import (
    audit_log,
    cards,
    copies,
    coupons,
    fleet,
    impersonate,
    invoices,
    merchants,
    metrics,
    people,
    settings,
    shops,
    tax_ids,
)

__all__ = [
    "audit_log",
    "cards",
    "copies",
    "coupons",
    "fleet",
    "impersonate",
    "invoices",
    "merchants",
    "metrics",
    "people",
    "settings",
    "shops",
    "tax_ids",
]
