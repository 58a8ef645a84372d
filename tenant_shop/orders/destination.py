"""What follows from where an order goes: its taxes, and whether anything goes there at all."""

from django.utils.translation import gettext as _

from smartseller import formats
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.shipping.rates import ShippingOption
from tenant_shop.shipping.zones import is_delivered_to
from tenant_shop.taxes.rates import LocalTaxes, local_taxes
from tenant_shop.taxes.reverse_charge import buyer_owes_tax


def taxes_at(
    settings: ShopSettings,
    option: ShippingOption | None,
    country: str | None,
    state: str,
    company: Company | None = None,
    *,
    postal_code: str = "",
) -> LocalTaxes:
    """The taxes of the address; what is picked up is sold where the shop is. `company` may owe them itself."""
    if option is not None and option.is_pickup:
        return local_taxes(settings, settings.country)
    local = local_taxes(settings, country, state, postal_code)
    if company is None:
        return local
    tax_id = confirmed_tax_id(company)
    if buyer_owes_tax(settings, confirmed_tax_id=tax_id, country=country, state=state, postal_code=postal_code):
        return local.reverse_charge()
    return local


def confirmed_tax_id(company: Company) -> str:
    """The company's tax id if it is confirmed, else ""."""
    return company.tax_id if company.tax_id_state == Company.TaxIdState.CONFIRMED else ""


def not_delivered(settings: ShopSettings, country: str | None, state: str) -> str:
    """Why there is no way to deliver a cart: nothing goes there, or not this."""
    if not country:
        return _("Please choose the country that we are to deliver to.")
    name = formats.country(country)
    if is_delivered_to(settings, country, state):
        return _("We do not deliver this order to %(country)s: it is too heavy, too large or too small.") % {
            "country": name
        }
    return _("We do not deliver to %(country)s. Please choose another country.") % {"country": name}
