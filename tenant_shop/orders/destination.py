"""What follows from where an order goes: its taxes, and whether anything goes there at all."""

from django.utils.translation import gettext as _

from smartseller import formats
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.shipping.rates import ShippingOption
from tenant_shop.shipping.zones import is_delivered_to
from tenant_shop.taxes.rates import LocalTaxes, local_taxes


def taxes_at(settings: ShopSettings, option: ShippingOption | None, country: str | None, state: str) -> LocalTaxes:
    """The taxes of the address; what is picked up is sold where the shop is."""
    if option is not None and option.is_pickup:
        return local_taxes(settings, settings.country)
    return local_taxes(settings, country, state)


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
