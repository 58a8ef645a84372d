"""What people call the shop, or the person, that a row is about."""

from typing import Any


def shop_of(row: Any) -> str:
    """The shop's address, where the row was read with it."""
    return known(row, "tenant")


def known(row: Any, field: str) -> str:
    """What the row of a foreign key is called where it was read, too, its id otherwise: naming a row asks nothing."""
    found = row._state.fields_cache.get(field)
    return str(getattr(row, f"{field}_id") if found is None else found)
