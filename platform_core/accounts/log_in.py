"""Logging in: one answer for every wrong attempt, and a lock after too many."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import connections, router, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from platform_core.accounts.models import PlatformUser, normal_email
from smartseller.errors import RuleViolation

# Wrong passwords in a row until an account is locked, and for how long.
ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)


class LogInRefused(RuleViolation):
    """The address or the password is wrong, or the account is locked or closed: which of them is not said."""

    code = "log_in_refused"
    status = 403

    def __init__(self) -> None:
        minutes = LOCKED_FOR // timedelta(minutes=1)
        super().__init__(
            f"This e-mail address and password do not match. After {ATTEMPTS} wrong attempts, wait {minutes} minutes."
        )


def verify_credentials(email: str, password: str) -> PlatformUser:
    """The active user with this address and password.

    Every attempt costs one password hash, whether the address is known or not. An attempt is counted before the
    password is looked at, so that attempts at the same time cannot outnumber the limit; a right password clears the
    count. An attempt on a locked account is refused even with the right password, and does not lengthen the lock.
    Errors: LogInRefused, always with the same words.
    """
    address = normal_email(email)
    admitted = _admit(address)
    user = PlatformUser.objects.filter(email=address).first()
    if user is None:
        make_password(password)
        raise LogInRefused
    if not user.check_password(password) or not admitted:
        raise LogInRefused
    PlatformUser.objects.filter(pk=user.pk).update(failed_login_attempts=0, locked_until=None)
    user.failed_login_attempts, user.locked_until = 0, None
    return user


def _admit(email: str) -> bool:
    """Count an attempt; whether it may go on to the password."""
    alias = router.db_for_write(PlatformUser)
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            # Waiting for the disk would tell by time which addresses are known; a crash may forget a count.
            cursor.execute("SET LOCAL synchronous_commit TO off")
        admitted = (
            PlatformUser.objects.using(alias)
            .filter(Q(locked_until__isnull=True) | Q(locked_until__lte=Now()), email=email, is_active=True)
            .update(
                locked_until=Case(
                    When(failed_login_attempts__gte=ATTEMPTS - 1, then=Now() + Value(LOCKED_FOR)), default=None
                ),
                failed_login_attempts=Case(
                    When(failed_login_attempts__gte=ATTEMPTS - 1, then=0), default=F("failed_login_attempts") + 1
                ),
            )
        )
    return admitted == 1
