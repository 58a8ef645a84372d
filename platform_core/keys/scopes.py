"""What keys of people can be allowed, and whom it is for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_core.accounts.models import PlatformUser


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that the platform's API has. `model` is the last word of the permission that operators need for the
    same; "" where everybody may, as it is about the own shops.
    """

    title: str
    model: str = ""
    is_written: bool = False


RESOURCES = {
    "shops": Resource("Your own shops, and opening another", is_written=True),
    "usage": Resource("What your own shops use of their plans"),
    "invoices": Resource("The invoices of your own shops"),
    "tenants": Resource("All shops, suspending and resuming them", "tenant", is_written=True),
    "fleet": Resource("Servers, schema versions and runs", "databaseserver"),
}


def _all() -> Iterator[str]:
    for name, resource in RESOURCES.items():
        yield f"read_{name}"
        if resource.is_written:
            yield f"write_{name}"


SCOPES = tuple(_all())


def permits(user: "PlatformUser", scope: str) -> bool:
    """Whether this person may do what `scope` says, now: a key is never worth more than its owner's role, and without
    a second factor an operator's opens no more than the console does."""
    action, _, resource = scope.partition("_")
    model = RESOURCES[resource].model
    if not model:
        return user.is_active
    word = "view" if action == "read" else "change"
    return user.is_operator and user.two_factor_enabled and user.has_perm(f"platform_core.{word}_{model}")


def in_order(scopes: Iterable[str]) -> list[str]:
    """Each once, as they are listed."""
    wanted = set(scopes)
    return [scope for scope in SCOPES if scope in wanted]
