"""Asking somebody to join a shop's people."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from platform_core.accounts.models import AccessRole, TenantAccess, normal_email
from platform_core.accounts.staff.errors import AlreadyInvited, AlreadyStaff, InvitationOver
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.accounts.staff.rights import check_end, check_rank
from platform_core.accounts.staff.seats import LIVE, check_seat, lock_staff
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of


def invite_staff(
    *, tenant_id: UUID, email: str, role: AccessRole, access_expires_at: datetime | None, actor_id: UUID, origin: Origin
) -> TenantInvitation:
    """Ask `email` to work in the shop as `role`, until `access_expires_at`. The caller has the link mailed.

    Whether the address has an account is neither asked nor told.
    Errors: StaffNotYours, AccessInThePast, AlreadyStaff, AlreadyInvited, PlanLimitReached; nothing changes then.
    """
    address, now = normal_email(email), timezone.now()
    check_end(access_expires_at, now=now)
    with transaction.atomic():
        lock_staff(tenant_id)
        check_rank(actor_id, tenant_id, role)
        if TenantAccess.objects.filter(LIVE, tenant=tenant_id, platform_user__email=address).exists():
            raise AlreadyStaff(address)
        for earlier in TenantInvitation.objects.filter(
            tenant=tenant_id, email=address, accepted_at=None, revoked_at=None
        ):
            if earlier.is_open(now):
                raise AlreadyInvited(address)
            TenantInvitation.objects.filter(pk=earlier.pk).update(revoked_at=now)
        check_seat(tenant_id)
        invitation = TenantInvitation.objects.create(
            tenant_id=tenant_id,
            email=address,
            role=role,
            access_expires_at=access_expires_at,
            key=secrets.token_urlsafe(24),
            invited_by_id=actor_id,
            expires_at=now + TenantInvitation.GOOD_FOR,
        )
        _record(invitation, "invite_staff", origin)
    return invitation


def renew_invitation(invitation_id: UUID, *, tenant_id: UUID, actor_id: UUID, origin: Origin) -> TenantInvitation:
    """Make a new link, good for the whole time again; the old one ends. The caller has it mailed.

    Errors: InvitationOver once it was accepted or withdrawn; StaffNotYours, PlanLimitReached; nothing changes then.
    """
    with transaction.atomic():
        lock_staff(tenant_id)
        invitation = _unfinished(invitation_id, tenant_id)
        check_rank(actor_id, tenant_id, invitation.role)
        check_seat(tenant_id, without=invitation)
        invitation.key, invitation.sent_at = secrets.token_urlsafe(24), None
        invitation.expires_at = timezone.now() + TenantInvitation.GOOD_FOR
        invitation.save(update_fields=["key", "sent_at", "expires_at"])
        _record(invitation, "resend_invitation", origin)
    return invitation


def revoke_invitation(invitation_id: UUID, *, tenant_id: UUID, actor_id: UUID, origin: Origin) -> TenantInvitation:
    """Withdraw an invitation: its link opens nothing any more.

    Errors: InvitationOver once it was accepted or withdrawn; StaffNotYours; nothing changes then.
    """
    with transaction.atomic():
        lock_staff(tenant_id)
        invitation = _unfinished(invitation_id, tenant_id)
        check_rank(actor_id, tenant_id, invitation.role)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        _record(invitation, "revoke_invitation", origin)
    return invitation


def note_sent(invitation: TenantInvitation) -> None:
    """The newest link was mailed."""
    TenantInvitation.objects.filter(pk=invitation.pk, key=invitation.key).update(sent_at=timezone.now())


def _unfinished(invitation_id: UUID, tenant_id: UUID) -> TenantInvitation:
    found = TenantInvitation.objects.filter(
        pk=invitation_id, tenant=tenant_id, accepted_at=None, revoked_at=None
    ).first()
    if found is None:
        raise InvitationOver
    return found


def _record(invitation: TenantInvitation, action: str, origin: Origin) -> None:
    record_of(
        origin,
        action,
        resource_type="staff",
        resource_id=invitation.pk,
        tenant_id=invitation.tenant_id,
        new_values={
            "role": invitation.role,
            "access_expires_at": invitation.access_expires_at and invitation.access_expires_at.isoformat(),
        },
        metadata={"name": invitation.email},
    )
