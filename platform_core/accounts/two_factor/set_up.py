"""Giving an account a second factor, and taking it away."""

import pyotp
from django.db import transaction

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.post import Notice, tell
from platform_core.accounts.sessions.end import end_sessions
from platform_core.accounts.two_factor.check import matching_step
from platform_core.accounts.two_factor.errors import CodeRefused, TwoFactorIsOn, TwoFactorRequired
from platform_core.accounts.two_factor.models import RecoveryCode
from platform_core.accounts.two_factor.recovery import new_codes
from platform_core.accounts.two_factor.secret import SecretUnreadable, new_secret, seal, unseal
from platform_core.audit.origin import Origin
from platform_core.audit.record import record, record_of

ISSUER = "SmartSeller"


def secret_to_set_up(user: PlatformUser) -> str:
    """The secret that waits to be proven by a code; the same until it is, so that a page may be loaded again.

    Errors: TwoFactorIsOn.
    """
    if user.two_factor_enabled:
        raise TwoFactorIsOn
    try:
        return unseal(user)
    except SecretUnreadable:
        secret = new_secret()
    user.two_factor_secret = seal(secret, user)
    if not PlatformUser.objects.filter(pk=user.pk, two_factor_enabled=False).update(
        two_factor_secret=user.two_factor_secret
    ):
        raise TwoFactorIsOn
    return secret


def address_for_telephone(user: PlatformUser, secret: str) -> str:
    """What the picture says that the telephone reads (`otpauth://…`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def switch_on(user: PlatformUser, code: str, *, origin: Origin) -> list[str]:
    """From now on log-in asks for a code as well; the recovery codes, which are shown this once.

    `code` proves that the telephone has the secret, and is used up by that.
    Errors: TwoFactorIsOn, CodeRefused; nothing changes then.
    """
    secret = secret_to_set_up(user)
    step = matching_step(secret, code)
    if step is None:
        raise CodeRefused
    with transaction.atomic():
        if not PlatformUser.objects.filter(
            pk=user.pk, two_factor_enabled=False, two_factor_secret=user.two_factor_secret
        ).update(two_factor_enabled=True, two_factor_step=step):
            raise TwoFactorIsOn
        codes = new_codes(user)
        record_of(origin, "enable_two_factor", resource_type="user", resource_id=user.pk)
        tell(user, Notice.TWO_FACTOR_ON)
    user.two_factor_enabled, user.two_factor_step = True, step
    return codes


def switch_off(user: PlatformUser, *, origin: Origin) -> None:
    """Log-in asks for a password only again. The door has asked for a fresh code before.

    Errors: TwoFactorRequired for the platform's own people; nothing changes then.
    """
    if user.is_operator:
        raise TwoFactorRequired
    with transaction.atomic():
        _take_away(user)
        record_of(origin, "disable_two_factor", resource_type="user", resource_id=user.pk)


def reset_two_factor(user: PlatformUser, *, reason: str) -> int:
    """Take the second factor away from somebody who has lost it, and log them out everywhere; in how many browsers
    that was. An operator is asked to set up another one at the next log-in."""
    with transaction.atomic():
        _take_away(user)
        ended = end_sessions(user.pk)
        record("reset_two_factor", resource_type="user", resource_id=user.pk, metadata={"reason": reason})
    return ended


def _take_away(user: PlatformUser) -> None:
    PlatformUser.objects.filter(pk=user.pk).update(
        two_factor_enabled=False, two_factor_secret=None, two_factor_step=None
    )
    RecoveryCode.objects.filter(user=user).delete()
    tell(user, Notice.TWO_FACTOR_OFF)
    user.two_factor_enabled, user.two_factor_secret, user.two_factor_step = False, None, None
