"""Links that prove a mailbox: signed for one purpose, good once, for a while."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from platform_core.accounts.mailbox.errors import LinkOver
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser

SALT = "smartseller.accounts.link"


def issue(
    purpose: UserLink.Purpose,
    user: PlatformUser,
    *,
    email: str,
    payload: dict[str, Any] | None = None,
    link_id: UUID | None = None,
) -> UserLink:
    """Make what a link is good for. With the same `link_id` again it is the same link, good for as long from now."""
    values = {
        "purpose": purpose,
        "user": user,
        "email": email,
        "payload": payload or {},
        "expires_at": timezone.now() + UserLink.GOOD_FOR[purpose],
    }
    if link_id is None:
        return UserLink.objects.create(**values)
    return UserLink.objects.update_or_create(pk=link_id, defaults=values)[0]


def link_text(link: UserLink) -> str:
    """What the address carries."""
    return _signer(link.purpose).sign(link.pk.hex)


def look_at(text: str, purpose: UserLink.Purpose) -> UserLink:
    """What a link is good for, without spending it. One statement. Errors: LinkOver."""
    try:
        link_id = UUID(_signer(purpose).unsign(text))
    except (signing.BadSignature, ValueError) as error:
        raise LinkOver from error
    rows = UserLink.objects.select_related("user").filter(pk=link_id, purpose=purpose, user__is_active=True)
    link = rows.filter(expires_at__gt=timezone.now()).first()
    if link is None:
        raise LinkOver
    return link


def spend(text: str, purpose: UserLink.Purpose) -> UserLink:
    """Use a link up, in the caller's transaction: of two at the same time one succeeds. Errors: LinkOver."""
    link = look_at_locked(text, purpose)
    if not UserLink.objects.filter(pk=link.pk).delete()[0]:
        raise LinkOver
    return link


def look_at_locked(text: str, purpose: UserLink.Purpose) -> UserLink:
    """As `look_at`, with the user locked until the caller's transaction ends: what is done to an account by links comes
    one after the other. Errors: LinkOver."""
    found = look_at(text, purpose)
    PlatformUser.objects.select_for_update(no_key=True).only("pk").get(pk=found.user_id)
    return look_at(text, purpose)  # it may have been spent before the lock was ours


def forget_links(now: datetime) -> int:
    """Delete what nobody used in time; how many there were."""
    return UserLink.objects.filter(expires_at__lte=now).delete()[0]


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"{SALT}.{purpose}")
