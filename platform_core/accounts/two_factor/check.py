"""Whether a code is the one of this moment, or one from the sheet of paper; each works once."""

import pyotp
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from platform_core.accounts.log_in import clear, count
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.networks import take_back
from platform_core.accounts.two_factor.errors import CodeRefused
from platform_core.accounts.two_factor.recovery import use_code
from platform_core.accounts.two_factor.secret import unseal

STEP_SECONDS = 30
# Telephones' clocks are off by a little: the step before and the step after are taken, too.
STEPS_OFF = 1
DIGITS = 6


def check_code(user: PlatformUser, written: str, *, network: str = "") -> bool:
    """Make sure that who is there has the user's second factor; whether it was a recovery code.

    An attempt is counted before anything is looked at, together with wrong passwords: five in a row lock the account
    for a quarter of an hour. A step of the clock works once, and none before it works afterwards (RFC 6238, 5.2).
    Errors: CodeRefused, always with the same words.
    """
    if not count(user.email, network):
        raise CodeRefused
    step = matching_step(unseal(user), written)
    if step is not None:
        if not _use_step(user, step):
            raise CodeRefused
    elif not use_code(user, written):
        raise CodeRefused
    clear(user)
    if network:
        take_back(network)
    return step is None


def matching_step(secret: str, written: str) -> int | None:
    """The step of the clock whose code this is; None when it is none around this moment."""
    digits = "".join(written.split())
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    now = int(timezone.now().timestamp()) // STEP_SECONDS
    code_of = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    found = None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if constant_time_compare(code_of.at(step * STEP_SECONDS), digits):
            found = step
    return found


def _use_step(user: PlatformUser, step: int) -> bool:
    """Of two that send the same code at the same time one succeeds."""
    earlier = Q(two_factor_step=None) | Q(two_factor_step__lt=step)
    return PlatformUser.objects.filter(earlier, pk=user.pk, two_factor_enabled=True).update(two_factor_step=step) == 1
