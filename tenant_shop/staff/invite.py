"""Inviting somebody to the shop's people, and sending an invitation again."""

from datetime import datetime
from uuid import UUID

from platform_core.accounts.models import AccessRole
from platform_core.accounts.staff.invite import invite_staff, renew_invitation
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.audit.origin import Origin
from platform_core.tenancy.context import current_tenant
from tenant_shop.staff.mail import promise_invitation


def invite(
    *, email: str, role: AccessRole, access_expires_at: datetime | None, actor_id: UUID, origin: Origin
) -> TenantInvitation:
    """Invite `email` to this shop, and mail the link.

    The invitation is in the platform's database, the promise of its mail in the shop's: broken off between the two,
    the recurring job makes the promise (`promise_missing`).
    Errors: as `invite_staff`; nothing changes then.
    """
    invitation = invite_staff(
        tenant_id=current_tenant().id,
        email=email,
        role=role,
        access_expires_at=access_expires_at,
        actor_id=actor_id,
        origin=origin,
    )
    promise_invitation(invitation)
    return invitation


def send_again(invitation_id: UUID, *, actor_id: UUID, origin: Origin) -> TenantInvitation:
    """Mail a new link; the one before opens nothing any more. Errors: as `renew_invitation`; nothing changes then."""
    invitation = renew_invitation(invitation_id, tenant_id=current_tenant().id, actor_id=actor_id, origin=origin)
    promise_invitation(invitation)
    return invitation
