"""What a product's page says of delivery, returns and tax."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller import formats
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.arrival_words import expected
from tenant_shop.shipping.rates import ShippingOption, offers
from tenant_shop.storefront.locale import Money
from tenant_shop.taxes.rates import local_taxes


def cheapest_delivery(settings: ShopSettings, *, price: Decimal, weight_grams: Decimal) -> ShippingOption | None:
    """The cheapest way to have one piece delivered in the shop's own country; the first of equals."""
    options = offers(
        settings,
        subtotal=price,
        weight_grams=weight_grams,
        country=settings.country,
    )
    brought = (option for option in options if not option.is_pickup)
    return min(brought, key=lambda option: option.amount, default=None)


def delivery_text(settings: ShopSettings, money: Money, delivery: ShippingOption | None) -> str:
    """What it costs; the merchant's own note about it stands beside it."""
    if delivery is None:
        return ""
    country = formats.country(settings.country)
    if delivery.amount:
        return _("Delivery to %(country)s from %(amount)s") % {"country": country, "amount": money(delivery.amount)}
    return _("Free delivery to %(country)s") % {"country": country}


def delivery_expected(settings: ShopSettings, delivery: ShippingOption | None) -> str:
    """When it arrives, of what is ordered today; "" where the merchant does not say how long it takes."""
    return expected(delivery, timezone.localdate(timezone=settings.zone)) if delivery else ""


def returns_text(settings: ShopSettings) -> str:
    if settings.returns_text:
        return settings.returns_text
    days = settings.return_days
    if not days:
        return ""
    return ngettext("You can send it back within %(days)d day", "You can send it back within %(days)d days", days) % {
        "days": days
    }


def tax_note(settings: ShopSettings, tax_class: str) -> str:
    """Beside the price of goods of `tax_class`; nothing where the shop's own country does not tax them."""
    if not local_taxes(settings, settings.country).on_goods(tax_class).rate:
        return ""
    return _("incl. tax") if settings.prices_include_tax else _("plus tax")
