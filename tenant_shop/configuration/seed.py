"""The first settings of a new shop."""

from typing import Any

from platform_core.tenancy.hooks import ShopProfile
from tenant_shop.configuration.models import Setting

DESCRIPTIONS = {
    "country": "Where the shop is, ISO 3166-1 alpha-2",
    "language": "Language of the storefront, BCP 47",
    "prices_include_tax": "Whether prices are shown with tax",
    "payment_methods": "Ways to pay that are offered at checkout",
}


def seed_shop(profile: ShopProfile) -> None:
    """Write what a new shop is told about itself. Safe to repeat; one statement.

    Shipping starts with one flat rate at no charge, so that the first order can be placed before anything is set up.
    """
    values: dict[str, Any] = {
        "store_name": profile.name,
        "store_email": profile.email,
        "currency": profile.currency,
        "timezone": profile.timezone,
        "country": profile.country,
        "language": "en",
        "prices_include_tax": False,
        "payment_methods": ["bank_transfer"],
        "shipping_rates": [{"code": "standard", "name": "Standard delivery", "amount": "0"}],
        "theme_settings": profile.theme,
    }
    Setting.objects.bulk_create(
        [Setting(key=key, value=value, description=DESCRIPTIONS.get(key)) for key, value in values.items()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["value"],
    )
