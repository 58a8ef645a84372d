"""The mailbox has answered: the account, if there is none, and the shop."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.utils import timezone

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.passwords import check_strength
from platform_core.billing.overdue import refuse_who_owes
from platform_core.fleet.provision.request import RequestedShop, request_shop
from platform_core.signups.ask import wanted_of
from platform_core.signups.errors import OtherAccount, SignUpOver
from platform_core.signups.letters import unsigned
from platform_core.signups.models import SignUp


def look_at(text: str, *, now: datetime) -> SignUp:
    """What a link is about, without spending it; also one that was followed, whose `run_id` says where it led.

    Errors: SignUpOver.
    """
    try:
        row = SignUp.objects.filter(pk=unsigned(text)).first()
    except signing.BadSignature as error:
        raise SignUpOver from error
    if row is None or row.is_over(now):
        raise SignUpOver
    return row


def has_account(row: SignUp) -> bool:
    """Told to nobody but who reads the mailbox."""
    return PlatformUser.objects.filter(email=row.email).exists()


def open_with_password(
    text: str, password: str, *, slug: str | None = None, now: datetime
) -> tuple[RequestedShop, PlatformUser]:
    """Make the account with the password that who has followed the link chooses now, and request the shop, at another
    address with `slug`. Whoever asked for the shop never knew it: so nobody opens an account for another's mailbox.

    Errors: SignUpOver; WeakPassword; BillsOverdue; OwnerHasAccount when there is an account by now; SlugTaken and the
    others of `request_shop`. Nothing changes then, and the link stays good.
    """
    row = look_at(text, now=now)
    check_strength(password, about=(row.email, row.name))
    password_hash = make_password(password)  # slow on purpose: before anything is locked
    return _open(row.pk, password_hash=password_hash, slug=slug, actor_id=None)


def open_for(
    text: str, user: PlatformUser, *, slug: str | None = None, now: datetime
) -> tuple[RequestedShop, PlatformUser]:
    """Request the shop for who is logged in, with the account that the link was sent to.

    Errors: SignUpOver; OtherAccount; BillsOverdue; those of `request_shop`. Nothing changes then.
    """
    row = look_at(text, now=now)
    if user.email != row.email:
        raise OtherAccount(row.email)
    return _open(row.pk, password_hash=None, slug=slug, actor_id=user.pk)


def _open(
    row_id: UUID, *, password_hash: str | None, slug: str | None, actor_id: UUID | None
) -> tuple[RequestedShop, PlatformUser]:
    with transaction.atomic():
        row = SignUp.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.run_id is not None or row.is_over(timezone.now()):
            raise SignUpOver
        refuse_who_owes(row.email, today=timezone.now().astimezone(UTC).date())
        wanted = wanted_of(row, password_hash=password_hash, slug=slug)
        requested = request_shop(wanted, actor_id=actor_id)
        row.run_id = requested.run_id
        row.save(update_fields=["run_id"])
        PlatformUser.objects.filter(email=row.email).update(email_verified=True)
        return requested, PlatformUser.objects.get(email=row.email)


def forget_sign_ups(now: datetime) -> int:
    """Delete what is over, a day later: until then its progress may be looked at; how many there were."""
    return SignUp.objects.filter(expires_at__lte=now - SignUp.GOOD_FOR).delete()[0]
