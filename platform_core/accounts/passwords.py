"""Passwords of people: which are good enough, and changing one."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from platform_core.accounts.blocklist import is_blocked
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.post import Notice, tell
from platform_core.accounts.sessions.end import end_sessions
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of
from smartseller.errors import RuleViolation

# NIST SP 800-63B-4, 3.1.1.2: where a password is all that is asked for, and where a second factor is asked for too.
SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND = 8
# Hashing is slow on purpose: nobody may make it slower with a password of a megabyte.
LONGEST = 1000


class WeakPassword(RuleViolation):
    """A password that is too short, too long, or among those that are guessed first."""

    code = "weak_password"
    status = 422


def check_strength(password: str, *, about: tuple[str, ...], has_second_factor: bool = False) -> None:
    """Refuse a password that is not good enough. `about` is what is known of whoever sets it: address, names.

    Errors: WeakPassword, with a sentence that says what to do.
    """
    shortest = SHORTEST_WITH_SECOND if has_second_factor else SHORTEST_ALONE
    if len(password) < shortest:
        raise WeakPassword(f"Use at least {shortest} characters: a few words that are yours alone are easy to keep.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST:,} characters.")
    if is_blocked(password, about):
        raise WeakPassword(
            "This password is among those that are guessed first. Choose words that do not belong together."
        )


def known_about(user: PlatformUser) -> tuple[str, ...]:
    """What everybody knows of a user."""
    return tuple(filter(None, (user.email, user.first_name, user.last_name)))


def change_password(user: PlatformUser, new: str, *, session_id: UUID, origin: Origin) -> None:
    """Give the user another password and end every other session. The door has asked for a fresh proof before.

    After commit: the user is told by mail.
    Errors: WeakPassword; nothing changes then.
    """
    check_strength(new, about=known_about(user), has_second_factor=user.two_factor_enabled)
    put_password(user, make_password(new), but=session_id, action="change_password", origin=origin)


def put_password(
    user: PlatformUser, password_hash: str, *, action: str, origin: Origin, but: UUID | None = None
) -> None:
    """Write a new password, open the lock, and log the user out everywhere `but` in one session. Links in mails that
    were asked for under the old one end with it."""
    user.password, user.password_changed_at = password_hash, timezone.now()
    user.failed_login_attempts, user.locked_until = 0, None
    with transaction.atomic():
        user.save(update_fields=["password", "password_changed_at", "failed_login_attempts", "locked_until"])
        UserLink.objects.filter(user=user).exclude(purpose=UserLink.Purpose.VERIFY).delete()
        end_sessions(user.pk, but=but)
        record_of(origin, action, resource_type="user", resource_id=user.pk)
        tell(user, Notice.PASSWORD_CHANGED)
