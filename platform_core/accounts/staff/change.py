"""Changing what one of a shop's people may do, and until when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from platform_core.accounts.access import live_access
from platform_core.accounts.models import AccessRole, PlatformRole, TenantAccess
from platform_core.accounts.sessions.end import end_sessions_in
from platform_core.accounts.staff.errors import StaffNotYours
from platform_core.accounts.staff.rights import check_an_owner_stays, check_end, check_exceptions, check_rank
from platform_core.accounts.staff.seats import check_seat, lock_staff
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of


def change_staff(
    access_id: UUID,
    *,
    tenant_id: UUID,
    role: AccessRole,
    expires_at: datetime | None,
    exceptions: Mapping[str, bool] | None,
    actor_id: UUID,
    origin: Origin,
) -> TenantAccess:
    """Give somebody another role, another last day, other exceptions (None: as they are). It holds at the next click.

    Exceptions are for owners to make. In a sandbox of the shop, which has the same customers, it holds as well.
    Errors: TenantAccess.DoesNotExist, StaffNotYours, LastOwner, AccessInThePast, UnknownException, PlanLimitReached
    when an access that was over comes to life; nothing changes then.
    """
    with transaction.atomic():
        lock_staff(tenant_id)
        access = TenantAccess.objects.select_related("platform_user").get(
            pk=access_id, tenant=tenant_id, is_active=True
        )
        actor = check_rank(actor_id, tenant_id, access.role, role)
        wanted = access.permissions if exceptions is None else dict(exceptions)
        if wanted != access.permissions and actor.role != AccessRole.OWNER:
            raise StaffNotYours(AccessRole.OWNER)
        check_exceptions(wanted)
        if expires_at != access.expires_at:
            check_end(expires_at, now=timezone.now())
        if access.role == AccessRole.OWNER and (role != AccessRole.OWNER or expires_at is not None):
            check_an_owner_stays(tenant_id, without=access)
        was_live = live_access(access.platform_user_id, tenant_id) is not None
        before = _facts(access)
        access.role, access.expires_at, access.permissions = role, expires_at, wanted
        if not was_live and access.platform_user.role == PlatformRole.MERCHANT:
            check_seat(tenant_id)
        after = _facts(access)
        if after != before:
            access.save(update_fields=["role", "expires_at", "permissions"])
            _in_sandboxes(access).update(role=role, expires_at=expires_at, permissions=wanted)
            record_of(
                origin,
                "change_staff",
                resource_type="staff",
                resource_id=access.pk,
                tenant_id=tenant_id,
                old_values={key: before[key] for key in before if before[key] != after[key]},
                new_values={key: after[key] for key in after if before[key] != after[key]},
                metadata={"name": access.platform_user.email},
            )
    return access


def remove_staff(access_id: UUID, *, tenant_id: UUID, actor_id: UUID, origin: Origin) -> TenantAccess:
    """End somebody's access, to sandboxes of the shop too, at the next click. The account stays: it may
    work in other shops.

    Errors: TenantAccess.DoesNotExist, StaffNotYours, LastOwner; nothing changes then.
    """
    with transaction.atomic():
        lock_staff(tenant_id)
        access = TenantAccess.objects.select_related("platform_user").get(
            pk=access_id, tenant=tenant_id, is_active=True
        )
        check_rank(actor_id, tenant_id, access.role)
        if access.role == AccessRole.OWNER:
            check_an_owner_stays(tenant_id, without=access)
        access.is_active = False
        access.save(update_fields=["is_active"])
        _in_sandboxes(access).update(is_active=False)
        end_sessions_in(access.platform_user_id, tenant_id)
        record_of(
            origin,
            "remove_staff",
            resource_type="staff",
            resource_id=access.pk,
            tenant_id=tenant_id,
            old_values={"role": access.role},
            metadata={"name": access.platform_user.email},
        )
    return access


def _in_sandboxes(access: TenantAccess) -> QuerySet[TenantAccess]:
    """What the same person may do in copies of the shop."""
    there = TenantAccess.objects.filter(tenant__sandbox_of=access.tenant_id, is_active=True)
    return there.filter(platform_user=access.platform_user_id)


def _facts(access: TenantAccess) -> dict[str, Any]:
    ends = access.expires_at
    return {
        "role": str(access.role),
        "expires_at": ends.isoformat() if ends else None,
        "permissions": dict(access.permissions),
    }
