"""Whether a shop may be served now, and what is answered when not."""

import logging
from enum import Enum
from functools import lru_cache

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hooks import shop_hooks

logger = logging.getLogger(__name__)


class Gate(Enum):
    """A shop's state as its visitors meet it."""

    OPEN = "open"
    PREPARING = "being prepared"
    UNAVAILABLE = "unavailable for a moment"
    SUSPENDED = "suspended"
    GONE = "closed for good"


def gate_of(tenant: TenantInfo) -> Gate:
    """The state of `tenant`; a database that is too old for this code is unavailable until it is migrated."""
    if tenant.status == "cancelled":
        return Gate.GONE
    if tenant.status == "pending_setup":
        return Gate.PREPARING
    if tenant.availability != "open" or tenant.schema_version < shop_hooks.oldest_schema_version:
        return Gate.UNAVAILABLE
    if tenant.status == "suspended":
        return Gate.SUSPENDED
    return Gate.OPEN


def note_unavailable(tenant: TenantInfo) -> None:
    """Say in the log why a shop answers with 503, once a process for each reason: visitors come by the thousand."""
    if tenant.availability != "open":
        _note(tenant.slug, f"it is set to {tenant.availability}")
    else:
        _note(
            tenant.slug,
            f"its database is at {tenant.schema_version or 'no migration'}, and this release needs"
            f" {shop_hooks.oldest_schema_version}",
        )


@lru_cache(maxsize=4096)
def _note(slug: str, reason: str) -> None:
    logger.error("%s answers with 503: %s", slug, reason)
