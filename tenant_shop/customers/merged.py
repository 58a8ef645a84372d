"""Which accounts were merged into which: it stands in their `metadata`, under keys of its own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tenant_shop.customers.models import Customer

# Of an account that is no more: the one that has become of it.
INTO = "merged_into"
# Of the one that stays: those that were merged into it, the latest last. History that cannot be changed names them.
FROM = "merged_from"


def merged_into(customer: Customer) -> UUID | None:
    """The account that has become of this one; it may have been merged in turn."""
    found = customer.metadata.get(INTO) if isinstance(customer.metadata, Mapping) else None
    return UUID(found) if found else None


def accounts_of(customer: Customer) -> list[UUID]:
    """The customer's own account, and those that were merged into it."""
    found = customer.metadata.get(FROM, ()) if isinstance(customer.metadata, Mapping) else ()
    return [customer.pk, *(UUID(text) for text in found)]


def ended_by(survivor: Customer) -> dict[str, Any]:
    """What is kept of an account that was merged into `survivor`."""
    return {INTO: str(survivor.pk)}


def with_account(survivor: Customer, other: Customer) -> dict[str, Any]:
    """The survivor's `metadata` once `other` is merged, and with it what was merged into that."""
    metadata = survivor.metadata if isinstance(survivor.metadata, Mapping) else {}
    return {**metadata, FROM: [str(key) for key in (*accounts_of(survivor)[1:], *accounts_of(other)[1:], other.pk)]}
