"""Index of the console's pages: Django looks only here."""

from platform_core.console import fleet, merchants, people

__all__ = ["fleet", "merchants", "people"]
