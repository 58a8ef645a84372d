"""Countries as the back office's forms offer them."""

from smartseller.formats import country
from tenant_shop.orders.address import countries


def country_options() -> list[tuple[str, str]]:
    """Every country as (ISO 3166-1 alpha-2 code, name), by name."""
    return sorted(((code, country(code)) for code in countries()), key=lambda choice: choice[1])
