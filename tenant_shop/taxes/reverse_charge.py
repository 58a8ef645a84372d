"""Who owes the tax when a company buys from another EU country: it does, instead of the shop. Pure.

docs/taxes.md tells merchants the same with numbers. Source: Council Directive 2006/112/EC, articles 138 and 194 to 199.
"""

from stdnum.eu import vat

from tenant_shop.configuration.settings import ShopSettings

# Where a tax id begins with other letters than its country's code.
COUNTRY_OF_PREFIX = {"EL": "GR"}
# python-stdnum counts Northern Ireland (XI), which is in the EU for goods only, and no country here.
MEMBER_STATES = frozenset(code.upper() for code in vat.MEMBER_STATES) - {"XI"}


def country_of_tax_id(tax_id: str) -> str | None:
    """The EU country (ISO 3166-1 alpha-2) whose tax id this is, as it is normalised; None for any other."""
    prefix = tax_id[:2]
    country = COUNTRY_OF_PREFIX.get(prefix, prefix)
    return country if country in MEMBER_STATES and vat.is_valid(tax_id) else None


def buyer_owes_tax(settings: ShopSettings, *, confirmed_tax_id: str, country: str | None) -> bool:
    """Whether a company with this tax id ("" unless it is confirmed) owes the tax on what is delivered to `country`.

    The shop has to be in the EU and to have switched it on; the goods and the tax id have to be of other EU countries
    than the shop.
    """
    if not settings.reverse_charge or not confirmed_tax_id:
        return False
    home, there = settings.country.upper(), (country or "").upper()
    if home not in MEMBER_STATES or there not in MEMBER_STATES or there == home:
        return False
    registered = country_of_tax_id(confirmed_tax_id)
    return registered is not None and registered != home
