"""The tax on what the platform asks of a merchant."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_core.billing.tax_ids.read import is_confirmed
from platform_core.configuration.models import PlatformSetting
from platform_core.tenants.models import Tenant
from smartseller.eu_tax_ids import MEMBER_STATES, country_of_tax_id

# {"country": "DE", "rates": {"DE": "0.19", "FR": "0.20"}}: where the platform sits, and fractions by country.
SETTING = "billing.taxes"


@dataclass(frozen=True, slots=True)
class Tax:
    """`rate` is a fraction. With `reverse_charge` the merchant owes the tax, not the platform."""

    rate: Decimal
    reverse_charge: bool = False


def tax_of(tenant: Tenant) -> Tax:
    """The tax on services to this merchant. At most two statements.

    The rate is that of the merchant's country, none where the platform has none for it. Between two countries of the EU
    a merchant with a tax id of that country owes the tax (Council Directive 2006/112/EC, article 196), as soon as a
    register, or an operator, has confirmed it: digits that add up are not enough.
    """
    rules = _rules()
    home, there = rules.get("country", ""), tenant.country
    tax_id = tenant.tax_id or ""
    crosses = home in MEMBER_STATES and there != home and there == country_of_tax_id(tax_id)
    if crosses and is_confirmed(tenant.pk, tax_id):
        return Tax(Decimal(0), reverse_charge=True)
    return Tax(Decimal(rules.get("rates", {}).get(there, "0")))


def tax_in(country: str) -> Tax:
    """The tax on services to a merchant in a country (ISO 3166-1 alpha-2) of whom nothing more is known yet. One
    statement."""
    return Tax(Decimal(_rules().get("rates", {}).get(country, "0")))


def _rules() -> dict[str, Any]:
    return PlatformSetting.objects.filter(key=SETTING).values_list("value", flat=True).first() or {}
