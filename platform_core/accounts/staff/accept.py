"""Joining a shop's people by the link in a mail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from platform_core.accounts.access import live_access
from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.errors import AccountClosed, InvitationOver
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.accounts.staff.seats import check_seat, lock_staff
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of

SALT = "smartseller.accounts.invitation"


@dataclass(frozen=True, slots=True)
class Joined:
    """Who joined; `is_new` when the password was set just now."""

    user: PlatformUser
    is_new: bool


def invitation_token(invitation: TenantInvitation) -> str:
    """What the link of `invitation` carries, until the invitation is sent again."""
    facts = {"invitation": invitation.pk.hex, "shop": invitation.tenant_id.hex, "key": invitation.key}
    return signing.dumps(facts, salt=SALT)


def find_invitation(token: str, *, tenant_id: UUID, lock: bool = False) -> TenantInvitation:
    """The open invitation of `token` to the shop `tenant_id`. Errors: InvitationOver."""
    try:
        facts: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise InvitationOver from error
    if facts["shop"] != tenant_id.hex:
        raise InvitationOver
    rows = TenantInvitation.objects.select_for_update() if lock else TenantInvitation.objects.all()
    found = rows.filter(pk=facts["invitation"], key=facts["key"]).first()
    if found is None or not found.is_open(timezone.now()):
        raise InvitationOver
    return found


def needs_password(invitation: TenantInvitation) -> bool:
    """Whether who follows the link has to set a password: there is no account, or one that nobody can log in to."""
    user = PlatformUser.objects.filter(email=invitation.email).first()
    return user is None or not user.has_usable_password()


def accept_invitation(
    token: str, *, tenant_id: UUID, password: str, first_name: str, last_name: str, origin: Origin
) -> Joined:
    """Give the invited address its access; the link proves that the address is who follows it.

    With an account, the rest is ignored. Without one it is opened, with the name and the password. Somebody who has
    got in meanwhile keeps the access as it is.
    Errors: InvitationOver, AccountClosed, PlanLimitReached; nothing changes then.
    """
    password_hash = make_password(password) if password else ""  # slow on purpose: before anything is locked
    with transaction.atomic():
        lock_staff(tenant_id)
        invitation = find_invitation(token, tenant_id=tenant_id, lock=True)
        user, is_new = _account(invitation.email, password_hash, first_name, last_name)
        now = timezone.now()
        if live_access(user.pk, tenant_id) is None:
            check_seat(tenant_id, without=invitation)
            _give(invitation, user, now)
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        record_of(
            Origin(user_id=user.pk, ip_address=origin.ip_address, user_agent=origin.user_agent),
            "accept_invitation",
            resource_type="staff",
            resource_id=invitation.pk,
            tenant_id=tenant_id,
            new_values={"role": invitation.role},
            metadata={"name": invitation.email},
        )
    return Joined(user, is_new)


def _account(email: str, password_hash: str, first_name: str, last_name: str) -> tuple[PlatformUser, bool]:
    user = PlatformUser.objects.filter(email=email).first()
    if user is None:
        if not password_hash:
            raise InvitationOver
        fresh = PlatformUser(
            email=email,
            password=password_hash,
            first_name=first_name or None,
            last_name=last_name or None,
            role=PlatformRole.MERCHANT,
            email_verified=True,
        )
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
        except IntegrityError:  # the same address joins another shop at this moment
            user = PlatformUser.objects.get(email=email)
        else:
            return fresh, True
    if not user.is_active:
        raise AccountClosed
    if not user.has_usable_password():
        if not password_hash:
            raise InvitationOver
        user.password, user.password_changed_at = password_hash, timezone.now()
        user.email_verified = True
        user.save(update_fields=["password", "password_changed_at", "email_verified"])
        return user, True
    return user, False


def _give(invitation: TenantInvitation, user: PlatformUser, now: datetime) -> None:
    """An access that is over comes to life as what was offered now."""
    offered = {
        "role": invitation.role,
        "permissions": {},
        "granted_at": now,
        "granted_by_id": invitation.invited_by_id,
        "is_active": True,
        "expires_at": invitation.access_expires_at,
    }
    TenantAccess.objects.update_or_create(
        platform_user=user, tenant_id=invitation.tenant_id, defaults=offered, create_defaults=offered
    )
