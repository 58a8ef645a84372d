"""Who owes the tax when a company buys from another EU country: it does, instead of the shop. Pure.

docs/taxes.md tells merchants the same with numbers. Source: Council Directive 2006/112/EC, articles 138 and 194 to 199.
"""

from smartseller.eu_tax_ids import MEMBER_STATES, country_of_tax_id
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.taxes.territories import is_outside_tax_area


def buyer_owes_tax(
    settings: ShopSettings, *, confirmed_tax_id: str, country: str | None, state: str = "", postal_code: str = ""
) -> bool:
    """Whether a company with this tax id ("" unless it is confirmed) owes the tax on what is delivered to the address.

    The shop has to be in the EU and to have switched it on; the goods and the tax id have to be of other EU countries
    than the shop.
    """
    if not settings.reverse_charge or not confirmed_tax_id:
        return False
    home, there = settings.country.upper(), (country or "").upper()
    if home not in MEMBER_STATES or there not in MEMBER_STATES or there == home:
        return False
    if is_outside_tax_area(there, state=state, postal_code=postal_code):
        return False
    registered = country_of_tax_id(confirmed_tax_id)
    return registered is not None and registered != home
