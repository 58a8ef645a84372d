"""What the platform asks of a shop's code, which it must not import, and the other way round.

`tenant_shop/apps.py` and `platform_core/apps.py` fill this in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDay:
    """A day of the shop that is over: what it sold, how often its API was called, and how many customers and products
    it had at the end. `stored_bytes` is what its pictures take, of a day that has just ended; None of those before.
    """

    day: date
    orders: int
    revenue: Decimal
    customers: int
    products: int
    api_calls: int = 0
    stored_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopReport:
    """What rolling up came to: how many days were brought up to date, and those of them that are over.

    Amounts are in `currency`; days are those of `timezone`, which is the shop's own setting at that moment.
    """

    timezone: str
    currency: str
    days: int
    closed: tuple[ShopDay, ...]


class RollUp(Protocol):
    """Brings a shop's figures up to date: of the days of `span`, of today, or of all that can have changed.

    `tell` hears how many days are done; `keep` gets days that are over before the shop takes them for done.
    """

    def __call__(
        self,
        now: datetime,
        *,
        span: tuple[date, date] | None = None,
        only_today: bool = False,
        tell: Callable[[int], None],
        keep: Callable[[ShopReport], None],
    ) -> ShopReport: ...


class ChangesOfCopy(Protocol):
    """Statements, for the owner of databases, after which a copy of a shop is harmless: see `tenant_shop.sandbox`."""

    def __call__(self, *, is_sandbox: bool, anonymise: bool) -> tuple[str, ...]: ...


class ChangesOfRestore(Protocol):
    """Statements with parameters, for the owner of databases, after which a restored shop lets nobody in who was shut
    out since the backup.
    """

    def __call__(self, shop_id: UUID) -> list[tuple[str, tuple[Any, ...]]]: ...


@dataclass
class ShopHooks:
    """The shop's side of the platform's verbs. Every function runs inside the shop's context.

    `seed(profile)` writes a new shop's first settings, safe to repeat. `schema_version` is the newest migration of
    the shop's database that this code was written for, `oldest_schema_version` the oldest that it can work with.
    `own_objects` is a regular expression over what a shop makes in its own database besides. `told(text)` hears what
    the shop's database told by INFO in a transaction, once that is committed. `roll_up` brings its figures up
    to date, safe to repeat. `changes_of_copy` is what a copy of a shop must have otherwise, `changes_of_restore` what
    a restored one must; files below `private_files` stay out of a sandbox. Each of `next_moments` says when, after the
    moment it is given, something falls due in the shop by itself, None for never: recurring jobs pass by shops where
    nothing happens, and must be there.
    """

    seed: Callable[["ShopProfile"], None] | None = None
    schema_version: str = ""
    oldest_schema_version: str = ""
    own_objects: str = ""
    told: Callable[[str], None] | None = None
    roll_up: RollUp | None = None
    changes_of_copy: ChangesOfCopy | None = None
    changes_of_restore: ChangesOfRestore | None = None
    private_files: str = ""
    next_moments: tuple[Callable[[datetime], datetime | None], ...] = ()
    oldest_promise: Callable[[datetime], datetime | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """An archive of a shop: "running", "ready", "failed" or "gone". Sizes are in bytes."""

    id: UUID
    state: str
    started_at: datetime
    size: int
    sha256: str
    expires_at: datetime | None
    done_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """An archive that is open, from its beginning; `size` in bytes."""

    name: str
    size: int
    file: IO[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxFacts:
    """A shop's sandbox. While it is made, `done` of its `steps` are; `doing` says in words what the present one does,
    which has copied `done_bytes` so far. `has_failed`: it stopped on the way, and is tried again by itself.
    """

    slug: str
    url: str
    until: datetime | None
    is_ready: bool
    done: int
    steps: int
    doing: str
    done_bytes: int
    has_failed: bool


class Copies(Protocol):
    """What a shop's people may have done about copies of their shop. Refusals are the fleet's own errors."""

    def archives(self, tenant_id: UUID) -> list[ArchiveFacts]: ...
    def ask_for_archive(self, tenant_id: UUID, *, actor_id: UUID) -> None: ...
    def download(self, tenant_id: UUID, archive_id: UUID, *, actor_id: UUID, ip_address: str | None) -> Download: ...
    def sandbox(self, tenant_id: UUID) -> SandboxFacts | None: ...
    def ask_for_sandbox(self, tenant_id: UUID, *, anonymise: bool, actor_id: UUID) -> None: ...
    def end_sandbox(self, tenant_id: UUID, *, actor_id: UUID) -> bool: ...


@dataclass
class PlatformHooks:
    """The platform's side of a shop's verbs. `days_changed(tenant_id)`: its time zone or its currency did.
    `past_changed(tenant_id)`: orders of days that are over were written.
    `calls_noted(used, limit)`: so many of the calls that the active shop's plan includes in an hour are in use.
    """

    days_changed: Callable[[UUID], None] | None = None
    past_changed: Callable[[UUID], None] | None = None
    copies: Copies | None = None
    calls_noted: Callable[[int, int], None] | None = None


@dataclass(frozen=True, kw_only=True)
class ShopProfile:
    """What a new shop is told about itself.

    `currency` is an ISO 4217 code, `timezone` an IANA name, `country` an ISO 3166-1 alpha-2 code.
    """

    name: str
    email: str
    currency: str
    timezone: str
    country: str
    theme: dict[str, Any]


shop_hooks = ShopHooks()
platform_hooks = PlatformHooks()
