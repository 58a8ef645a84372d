"""Whether a shop may be served now, and what is answered when not."""

from enum import Enum

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hooks import shop_hooks


class Gate(Enum):
    """A shop's state as its visitors meet it."""

    OPEN = "open"
    PREPARING = "being prepared"
    UNAVAILABLE = "unavailable for a moment"
    SUSPENDED = "suspended"
    GONE = "closed for good"


def gate_of(tenant: TenantInfo) -> Gate:
    """The state of `tenant`; a database older than this code counts as unavailable until it is migrated."""
    if tenant.status == "cancelled":
        return Gate.GONE
    if tenant.status == "pending_setup":
        return Gate.PREPARING
    if tenant.availability != "open" or tenant.schema_version < shop_hooks.schema_version:
        return Gate.UNAVAILABLE
    if tenant.status == "suspended":
        return Gate.SUSPENDED
    return Gate.OPEN
