"""Logging in: one answer for every wrong attempt, and a lock after too many."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import connections, router, transaction

from platform_core.accounts.models import PlatformUser, normal_email
from platform_core.accounts.networks import count_attempt, take_back
from smartseller.errors import RuleViolation
from smartseller.lockout import ATTEMPTS, LOCKED_FOR, admit


class LogInRefused(RuleViolation):
    """The address or the password is wrong, the account is locked or closed, or the network has tried too often: which
    of them is not said."""

    code = "log_in_refused"
    status = 403

    def __init__(self) -> None:
        minutes = LOCKED_FOR // timedelta(minutes=1)
        super().__init__(
            f"This e-mail address and password do not match. After {ATTEMPTS} wrong attempts, wait {minutes} minutes."
        )


def verify_credentials(email: str, password: str, *, network: str = "") -> PlatformUser:
    """The active user with this address and password. `network` (`networks.network_of`) is where the attempt comes
    from; "" when nobody's browser sent it.

    Every attempt costs one password hash, and every refused one the same statements, whether the address is known or
    not. An attempt is counted before the password is looked at, so that attempts at the same time cannot outnumber the
    limits: five in a row on an account, thirty in a quarter of an hour of a network, whatever the accounts. A right
    password clears the account's count, unless a second factor is still to come (`two_factor.check`): else a known
    password would buy any number of codes. An attempt on a locked account is refused even with the right password, and
    does not lengthen the lock.
    Errors: LogInRefused, always with the same words.
    """
    address = normal_email(email)
    admitted = count(address, network)
    user = PlatformUser.objects.filter(email=address).first()
    if user is None:
        make_password(password)
        raise LogInRefused
    if not user.check_password(password) or not admitted:
        raise LogInRefused
    if not user.two_factor_enabled:
        clear(user)
    if network:
        take_back(network)
    return user


def count(email: str, network: str) -> bool:
    """Count an attempt of a network at an account; whether it may go on. The same statements for every address."""
    alias = router.db_for_write(PlatformUser)
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            # Waiting for the disk would tell by time which addresses are known; a crash may forget a count.
            cursor.execute("SET LOCAL synchronous_commit TO off")
        from_there = not network or count_attempt(network)
        at_it = admit(PlatformUser.objects.using(alias).filter(email=email, is_active=True))
    return from_there and at_it


def clear(user: PlatformUser) -> None:
    """Who is there has been proven: the count of wrong attempts begins anew."""
    PlatformUser.objects.filter(pk=user.pk).update(failed_login_attempts=0, locked_until=None)
    user.failed_login_attempts, user.locked_until = 0, None
