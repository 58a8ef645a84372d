"""How the shop's API writes amounts."""

from typing import Any

from platform_core.tenancy.context import current_tenant
from smartseller.api import fields


class Amount(fields.Amount):
    """An amount as a string with as many decimals as its currency has: the object's own where it has one, else the
    shop's.
    """

    def currency_of(self, instance: Any) -> str:
        return getattr(instance, "currency", None) or current_tenant().currency
