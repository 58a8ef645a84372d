"""The first settings of a new shop."""

import json
from typing import Any

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.hooks import ShopProfile

DESCRIPTIONS = {
    "country": "Where the shop is, ISO 3166-1 alpha-2",
    "language": "Language of the storefront, BCP 47",
    "prices_include_tax": "Whether prices are shown with tax",
    "payment_methods": "Ways to pay that are offered at checkout",
    "weight_unit": "In which the shop's people write weights",
    "length_unit": "In which the shop's people write lengths",
}
# One flat rate at no charge, so that the first order can be placed before anything is set up.
FIRST_RATE = {"code": "standard", "name": "Standard delivery", "amount": "0"}
# Where goods are weighed in pounds. Source: Unicode CLDR, supplemental measurement data, system "US".
CUSTOMARY_IN = {"US", "LR", "MM"}
CUSTOMARY = {"weight_unit": "lb", "length_unit": "in"}
# By hand: as objects, ten settings cost 3 ms of every sign-up.
WRITE = """
INSERT INTO settings (key, value, description)
SELECT setting.key, setting.value, descriptions.found ->> setting.key
FROM jsonb_each(%s::jsonb) AS setting, (SELECT %s::jsonb AS found) AS descriptions
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value
"""


def seed_shop(profile: ShopProfile) -> None:
    """Write what a new shop is told about itself. Safe to repeat; one statement."""
    values: dict[str, Any] = {
        "store_name": profile.name,
        "store_email": profile.email,
        "currency": profile.currency,
        "timezone": profile.timezone,
        "country": profile.country,
        "language": "en",
        "prices_include_tax": False,
        "payment_methods": ["bank_transfer"],
        "shipping_rates": [FIRST_RATE],
        "theme_settings": profile.theme,
        **(CUSTOMARY if profile.country in CUSTOMARY_IN else {}),
    }
    with shop_connection().cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(values), json.dumps(DESCRIPTIONS)])
