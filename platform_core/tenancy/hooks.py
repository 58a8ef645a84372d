"""What the platform asks of a shop's code, which it must not import: `tenant_shop/apps.py` fills this in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class ShopHooks:
    """The shop's side of the platform's verbs. Every function runs inside the shop's context.

    `seed(profile)` writes a new shop's first settings, safe to repeat. `schema_version` is the newest migration of
    the shop's database that this code was written for. `told(text)` hears what the shop's database told by INFO in a
    transaction, once that is committed.
    """

    seed: Callable[["ShopProfile"], None] | None = None
    schema_version: str = ""
    told: Callable[[str], None] | None = None


@dataclass(frozen=True, kw_only=True)
class ShopProfile:
    """What a new shop is told about itself.

    `currency` is an ISO 4217 code, `timezone` an IANA name, `country` an ISO 3166-1 alpha-2 code.
    """

    name: str
    email: str
    currency: str
    timezone: str
    country: str
    theme: dict[str, Any]


shop_hooks = ShopHooks()
