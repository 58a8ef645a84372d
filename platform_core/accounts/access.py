"""Who may enter a shop."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from platform_core.accounts.models import PlatformUser, TenantAccess


def live_access(user_id: UUID, tenant_id: UUID) -> TenantAccess | None:
    """The access of an active user to a shop; None when there is none, or it was withdrawn or has expired.

    It comes with its shop, which says what it asks of whoever comes in. One statement.
    """
    return (
        TenantAccess.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=Now()),
            platform_user=user_id,
            platform_user__is_active=True,
            tenant=tenant_id,
            is_active=True,
        )
        .select_related("tenant")
        .order_by()
        .first()
    )


def access_of(user: PlatformUser, tenant_id: UUID) -> TenantAccess | None:
    """The access with which `user`, who is logged in, is inside a shop now; None when the shop does not let them in.

    An operator in somebody's place has that person's access, as long as the shop lets operators in. The platform's own
    people need a second factor, and so do the shop's where its owner wants it. One statement.
    """
    session, visit = user.session, user.impersonation
    if session is None:
        return None
    if visit is not None:
        if visit.tenant_id != tenant_id or not user.is_operator:
            return None
        access = live_access(visit.person_id, tenant_id)
        return access if access is not None and access.tenant.support_may_enter and session.two_factor_at else None
    access = live_access(user.pk, tenant_id)
    return access if access is not None and (session.two_factor_at or not needs_second_factor(user, access)) else None


def needs_second_factor(user: PlatformUser, access: TenantAccess) -> bool:
    """Whether a shop is closed to `user` without a second factor; `access` is from `live_access`."""
    return user.is_operator or access.tenant.staff_two_factor
