"""An address as it is written on a page, in a mail, on a label."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from smartseller.formats import country
from tenant_shop.orders.address import countries
from tenant_shop.orders.address_rules import address_rules


def address_lines(address: Mapping[str, Any], *, is_pickup: bool = False) -> list[str]:
    """The lines of an address with the fields of `clean_address`; of what is picked up, who comes for it."""
    lines = [
        f"{address.get('first_name') or ''} {address.get('last_name') or ''}",
        address.get("company") or "",
        address.get("address_line_1") or "",
        address.get("address_line_2") or "",
        f"{address.get('postal_code') or ''} {address.get('city') or ''}",
        _state(address),
        "" if is_pickup else country(address.get("country") or ""),
    ]
    return [line.strip() for line in lines if line.strip()]


def _state(address: Mapping[str, Any]) -> str:
    """The state as the order has it; one that is kept in letters of its own, 京都府, in Latin ones beside it."""
    text = str(address.get("state_province") or "")
    if not text or text.isascii() or get_language() == "ja":
        return text
    country_code = str(address.get("country") or "")
    found = address_rules(country_code).state(text) if country_code in countries() else None
    return f"{found.latin} ({text})" if found and found.latin and found.latin != text else text
