"""An address as it is written on a page, in a mail, on a label."""

from collections.abc import Mapping
from typing import Any

from smartseller.formats import country


def address_lines(address: Mapping[str, Any], *, is_pickup: bool = False) -> list[str]:
    """The lines of an address with the fields of `clean_address`; of what is picked up, who comes for it."""
    lines = [
        f"{address.get('first_name') or ''} {address.get('last_name') or ''}",
        address.get("company") or "",
        address.get("address_line_1") or "",
        address.get("address_line_2") or "",
        f"{address.get('postal_code') or ''} {address.get('city') or ''}",
        address.get("state_province") or "",
        "" if is_pickup else country(address.get("country") or ""),
    ]
    return [line.strip() for line in lines if line.strip()]
