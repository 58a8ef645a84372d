"""Codes on paper, for the day when the telephone is gone."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.two_factor.models import RecoveryCode

HOW_MANY = 10
# Without letters and digits that are taken for one another; ten of these are 49 bits, and a lock stops guessing.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 10
SALT = "smartseller.accounts.recovery-code"


def new_codes(user: PlatformUser) -> list[str]:
    """Ten codes in the place of all that there were, in the caller's transaction; they are shown once."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def use_code(user: PlatformUser, written: str) -> bool:
    """Use a code up; of two at the same time one succeeds. One statement, whether it is one or not."""
    digest = _digest(user, "".join(written.lower().split()).replace("-", ""))
    return RecoveryCode.objects.filter(user=user, digest=digest, used_at=None).update(used_at=timezone.now()) == 1


def codes_left(user: PlatformUser) -> int:
    """How many still work."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _digest(user: PlatformUser, code: str) -> str:
    return salted_hmac(SALT, f"{user.pk.hex}.{code}", algorithm="sha256").hexdigest()


def renew_codes(user: PlatformUser) -> list[str]:
    """As `new_codes`, in a transaction of its own."""
    with transaction.atomic():
        return new_codes(user)
