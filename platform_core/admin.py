"""Index of the console's pages: Django looks only here."""

from platform_core.console import audit_log, fleet, impersonate, merchants, metrics, people

__all__ = ["audit_log", "fleet", "impersonate", "merchants", "metrics", "people"]
