"""Who may do what to whom."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from platform_core.accounts.access import live_access
from platform_core.accounts.models import SHOP_APP, AccessRole, TenantAccess
from platform_core.accounts.permissions import AREA_OF, RUN, ranks_below, shop_permits
from platform_core.accounts.staff.errors import AccessInThePast, LastOwner, StaffNotYours, UnknownException
from platform_core.accounts.staff.seats import LIVE


def check_rank(actor_id: UUID, tenant_id: UUID, *roles: str) -> TenantAccess:
    """The actor's access, if it may deal with people of all of `roles`. Ask with the shop locked.

    Errors: StaffNotYours.
    """
    access = live_access(actor_id, tenant_id)
    if access is None or not shop_permits(access.role, access.permissions, f"{SHOP_APP}.change_staff"):
        raise StaffNotYours(roles[0])
    for role in roles:
        if ranks_below(access.role, role):
            raise StaffNotYours(role)
    return access


def check_an_owner_stays(tenant_id: UUID, *, without: TenantAccess) -> None:
    """Errors: LastOwner unless somebody else is an owner for good. Ask with the shop locked."""
    others = TenantAccess.objects.filter(LIVE, tenant=tenant_id, role=AccessRole.OWNER, expires_at=None)
    if not others.exclude(pk=without.pk).exists():
        raise LastOwner


def check_exceptions(exceptions: Mapping[str, object]) -> None:
    """Errors: UnknownException unless every key is a permission in a shop, and every value true or false."""
    for permission, granted in exceptions.items():
        app, _, code = permission.partition(".")
        action, _, model = code.partition("_")
        if app != SHOP_APP or action not in RUN or model not in AREA_OF or not isinstance(granted, bool):
            raise UnknownException(permission)


def check_end(ends_at: datetime | None, *, now: datetime) -> None:
    """Errors: AccessInThePast."""
    if ends_at is not None and ends_at <= now:
        raise AccessInThePast
