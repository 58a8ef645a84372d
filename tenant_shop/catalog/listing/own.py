"""Lists for somebody who buys at prices of their own."""

from dataclasses import dataclass
from typing import Any

from tenant_shop.catalog.listing.conditions import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnListing:
    """`product_listing` with the prices of one kind of buyer: common table expressions, the last of which has its name.

    `state` is what the prices follow from: as long as it is equal, so are they.
    """

    sql: str
    params: tuple[Any, ...]
    state: tuple[Any, ...]


def before(own: OwnListing | None, statement: Condition) -> Condition:
    """The statement about `product_listing`, read as `own` has it; as it is for everybody."""
    if own is None:
        return statement
    return Condition(f"WITH {own.sql} {statement.sql}", (*own.params, *statement.params))
