"""What holds of every key, whoever's it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar
from uuid import UUID

from smartseller.api.keys.errors import KeyNotMade, KeyRefused
from smartseller.api.keys.secret import digest_of

MOST_PLACES = 50
# Longer, and nobody remembers that there are two.
LONGEST_OVERLAP = timedelta(days=7)
# Compared with when there is no such key: finding out takes as long.
NOBODYS = "0" * 64


class KeyRules:
    """What a row of keys can be asked, beside its columns: models of keys have these."""

    prefix: Any
    digest: Any
    scopes: Any
    networks: Any
    expires_at: Any
    revoked_at: Any

    @property
    def actor(self) -> str:
        """Who did something with it, for histories that name an actor."""
        return f"key {self.prefix}"

    def may(self, scope: str) -> bool:
        """Whether its scopes have `scope`; who may write something may read it."""
        action, _, resource = scope.partition("_")
        return scope in self.scopes or (action == "read" and f"write_{resource}" in self.scopes)

    def is_over(self, now: datetime) -> bool:
        """Whether it opens nothing any more at `now`."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)

    def is_good_at(self, address: str | None) -> bool:
        """Whether it may come from this IP address; None: nobody knows from where."""
        if not self.networks:
            return True
        found = ip_address(address) if address else None
        found = getattr(found, "ipv4_mapped", None) or found
        return found is not None and any(found in ip_network(network) for network in self.networks)

    def end_of_overlap(self, at: datetime, overlap: timedelta) -> datetime:
        """Until when it goes on working beside the key that takes its place; never beyond its own end.

        Errors: ValueError for more than seven days.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise ValueError(f"two keys at once for {overlap}")
        ends: datetime = at + overlap if self.expires_at is None else min(at + overlap, self.expires_at)
        return ends


Key = TypeVar("Key", bound=KeyRules)


def opened(key: Key | None, secret: str, owner_id: UUID, *, at: datetime, whose: str) -> Key:
    """`key`, which was found by the secret's prefix, if `secret` is its own and it holds at `at`.

    Errors: KeyRefused (key_invalid, key_revoked, key_expired).
    """
    is_it = compare_digest(digest_of(secret, owner_id), key.digest if key else NOBODYS)
    if key is None or not is_it:
        raise KeyRefused("key_invalid", f"This is not a key of {whose}.")
    if key.revoked_at is not None:
        raise KeyRefused("key_revoked", "This key was revoked.")
    if key.is_over(at):
        raise KeyRefused("key_expired", "The time of this key is over.")
    return key


def read_name(given: str) -> str:
    """Errors: KeyNotMade."""
    if not given.strip():
        raise KeyNotMade("Say what the key is for.")
    return given.strip()


def check_end(expires_at: datetime | None, *, at: datetime) -> None:
    """Errors: KeyNotMade."""
    if expires_at is not None and expires_at <= at:
        raise KeyNotMade("The key would be over before it is made.")


def check_known(scopes: Iterable[str], known: Iterable[str]) -> None:
    """Errors: KeyNotMade for a scope that there is not."""
    if unknown := set(scopes) - set(known):
        raise KeyNotMade(f"There is no such scope: {min(unknown)}.")


def read_networks(given: Sequence[str]) -> list[str]:
    """CIDR blocks, each once. Errors: KeyNotMade."""
    if len(given) > MOST_PLACES:
        raise KeyNotMade(f"Up to {MOST_PLACES} addresses.")
    try:
        return list(dict.fromkeys(str(ip_network(text.strip(), strict=False)) for text in given))
    except ValueError as error:
        raise KeyNotMade(f"This is no address and no block of addresses: {error}.") from error
