"""A new key, a new secret for a program that goes on, and the end of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of
from platform_core.keys.models import UserKey
from platform_core.keys.scopes import SCOPES, in_order, permits
from smartseller.api.keys.errors import KeyIsOver, ScopeNotYours, TooManyKeys
from smartseller.api.keys.rules import check_end, check_known, read_name, read_networks
from smartseller.api.keys.secret import digest_of, make_secret, prefix_of

MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class MadeKey:
    """The key, and its secret, which is nowhere else."""

    key: UserKey
    secret: str


def make_key(
    user: PlatformUser,
    *,
    name: str,
    scopes: Iterable[str],
    at: datetime,
    origin: Origin,
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> MadeKey:
    """Make a key of `user` that may do `scopes`, as far as the user may. `networks` are addresses or CIDR blocks.

    Errors: KeyNotMade, ScopeNotYours, TooManyKeys; nothing is made then.
    """
    wanted = list(scopes)
    check_known(wanted, SCOPES)
    for scope in wanted:
        if not permits(user, scope):
            raise ScopeNotYours(scope)
    check_end(expires_at, at=at)
    with transaction.atomic():
        _take_turn(user.pk, at)
        made = _write(user, read_name(name), in_order(wanted), read_networks(networks), expires_at)
        _note(origin, "make_user_key", made.key, {"scopes": made.key.scopes, "networks": made.key.networks})
    return made


def roll_key(user: PlatformUser, key_id: UUID, *, overlap: timedelta, at: datetime, origin: Origin) -> MadeKey:
    """Make a key like this one of `user`, which itself goes on working for `overlap` (up to seven days).

    Errors: UserKey.DoesNotExist; KeyIsOver; ScopeNotYours; TooManyKeys.
    """
    with transaction.atomic():
        key = UserKey.objects.select_for_update(no_key=True).get(pk=key_id, user=user.pk)
        if key.is_over(at):
            raise KeyIsOver
        ends = key.end_of_overlap(at, overlap)
        for scope in key.scopes:
            if not permits(user, scope):
                raise ScopeNotYours(scope)
        _take_turn(user.pk, at)
        made = _write(user, key.name, key.scopes, key.networks, key.expires_at)
        key.expires_at = ends
        key.save(update_fields=["expires_at"])
        _note(origin, "roll_user_key", key, {"expires_at": str(ends), "new_key": made.key.prefix})
    return made


def revoke_key(user: PlatformUser, key_id: UUID, *, at: datetime, origin: Origin) -> UserKey:
    """Have a key of `user` open nothing from the next request on. Revoked again it is as it was.

    Errors: UserKey.DoesNotExist.
    """
    with transaction.atomic():
        key = UserKey.objects.select_for_update(no_key=True).get(pk=key_id, user=user.pk)
        if key.revoked_at is None:
            key.revoked_at = at
            key.save(update_fields=["revoked_at"])
            _note(origin, "revoke_user_key", key, {"revoked_at": str(at)})
    return key


def _write(
    user: PlatformUser, name: str, scopes: list[str], networks: list[str], expires_at: datetime | None
) -> MadeKey:
    secret = make_secret("person", is_test=False)
    key = UserKey.objects.create(
        user=user,
        name=name,
        prefix=prefix_of(secret),
        digest=digest_of(secret, user.pk),
        scopes=scopes,
        networks=networks,
        expires_at=expires_at,
    )
    return MadeKey(key, secret)


def _take_turn(user_id: UUID, at: datetime) -> None:
    """One at a time, or the last places would be taken twice. Errors: TooManyKeys."""
    PlatformUser.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)
    living = Q(expires_at=None) | Q(expires_at__gt=at)
    if UserKey.objects.filter(living, user=user_id, revoked_at=None).count() >= MOST_KEYS:
        raise TooManyKeys(MOST_KEYS)


def _note(origin: Origin, action: str, key: UserKey, after: dict[str, object]) -> None:
    record_of(origin, action, resource_type="userkey", resource_id=key.pk, new_values={"prefix": key.prefix, **after})
