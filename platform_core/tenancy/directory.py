"""Which shop answers to a host, a slug or an id: an in-process map over the platform's database.

A request must not pay a query or a round trip to Redis for this (together they would cost more than the rest of the
routing). A change is announced to every process through Redis; the map's short time to live is the backstop, and
what is known is kept in use while the platform's database cannot be read.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import OuterRef, QuerySet, Subquery

from platform_core.plans.limits import WRITTEN, read_terms
from platform_core.tenancy import announcements
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.errors import DirectoryUnavailable, UnknownTenant

# Seconds that "there is no such shop" is believed: short, because a visitor may be about to create it.
UNKNOWN_TTL = 2.0
# Seconds that an outdated entry may still serve while the platform's database is down.
STALE_TTL = 600.0
# Names kept at most; a visitor can invent any number of hosts.
LARGEST_MAP = 20_000


@dataclass(slots=True)
class _Entry:
    tenant: TenantInfo | None
    read_at: float


_entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
_lock = threading.Lock()
EVERY_SHOP = "every shop"
# What a change of a plan is called, before the plan's name.
OF_PLAN = "plan:"
# For each read under way, what was forgotten since it began: an answer from before a change must not be kept after it,
# and one about another shop must, or every change anywhere would cost a busy process its answers.
_forgotten_during: list[set[str]] = []


def by_slug(slug: str) -> TenantInfo:
    """The shop with this slug. Errors: UnknownTenant, DirectoryUnavailable."""
    return _find("slug", slug)


def by_domain(domain: str) -> TenantInfo:
    """The shop with this custom domain (lower case, no port). Errors: UnknownTenant, DirectoryUnavailable."""
    return _find("domain", domain)


def by_id(tenant_id: UUID) -> TenantInfo:
    """The shop with this id. Errors: UnknownTenant, DirectoryUnavailable."""
    return _find("id", str(tenant_id))


def is_known(field: str, value: str) -> bool:
    """Whether this process has an answer at hand for the `slug`, `domain` or `id` with this value, be it "none"."""
    entry = _entries.get((field, value))
    age = settings.TENANT_DIRECTORY_TTL if entry and entry.tenant else UNKNOWN_TTL
    return entry is not None and time.monotonic() - entry.read_at <= age


def forget(tenant_id: UUID) -> None:
    """Say that a shop changed: this process forgets it now, the others as soon as they hear.

    Call it after the change is committed.
    """
    drop(tenant_id.hex)
    announcements.publish(tenant_id.hex)


def forget_shops_of(plan: str) -> None:
    """Say that the plan with this name changed: shops that have it are forgotten as by `forget`.

    Call it after the change is committed.
    """
    drop(f"{OF_PLAN}{plan}")
    announcements.publish(f"{OF_PLAN}{plan}")


def drop(changed: str) -> None:
    """Forget in this process what changed, a shop by its id or the shops of a plan, and every answer "no such shop"
    with it: the shop may be new.
    """
    with _lock:
        for forgotten in _forgotten_during:
            forgotten.add(changed)
        for key in [
            key for key, entry in _entries.items() if entry.tenant is None or changed in _changes_of(entry.tenant)
        ]:
            del _entries[key]


def _changes_of(tenant: TenantInfo) -> tuple[str, ...]:
    """Whatever may be said to have changed when the shop is another than before."""
    return tenant.id.hex, f"{OF_PLAN}{tenant.plan}", EVERY_SHOP


def clear() -> None:
    """Forget everything in this process."""
    with _lock:
        for forgotten in _forgotten_during:
            forgotten.add(EVERY_SHOP)
        _entries.clear()


def _find(field: str, value: str) -> TenantInfo:
    key = (field, value)
    entry = _entries.get(key)
    now = time.monotonic()
    if entry is None or now - entry.read_at > (settings.TENANT_DIRECTORY_TTL if entry.tenant else UNKNOWN_TTL):
        entry = _refresh(key, entry, now)
    if entry.tenant is None:
        raise UnknownTenant(value)
    return entry.tenant


def _refresh(key: tuple[str, str], outdated: _Entry | None, now: float) -> _Entry:
    announcements.listen(drop, clear)
    with _noting_what_is_forgotten() as forgotten:
        try:
            entry = _Entry(_read(*key), now)
        except (DatabaseError, InterfaceError) as error:
            if outdated is None or outdated.tenant is None or now - outdated.read_at > STALE_TTL:
                raise DirectoryUnavailable from error
            return outdated
        _keep(key, entry, forgotten)
    return entry


def _keep(key: tuple[str, str], entry: _Entry, forgotten: set[str]) -> None:
    with _lock:
        if not _is_overtaken(entry, forgotten):
            _entries[key] = entry
            _entries.move_to_end(key)
            while len(_entries) > LARGEST_MAP:
                _entries.popitem(last=False)


@contextmanager
def _noting_what_is_forgotten() -> Iterator[set[str]]:
    forgotten: set[str] = set()
    with _lock:
        _forgotten_during.append(forgotten)
    try:
        yield forgotten
    finally:
        with _lock:
            _forgotten_during[:] = [noted for noted in _forgotten_during if noted is not forgotten]


def _is_overtaken(entry: _Entry, forgotten: set[str]) -> bool:
    """Whether the answer may be older than a change. "No such shop" is as soon as any shop changed: it may be new."""
    if entry.tenant is None:
        return bool(forgotten)
    return not forgotten.isdisjoint(_changes_of(entry.tenant))


def _read(field: str, value: str) -> TenantInfo | None:
    model = apps.get_model("platform_core", "Tenant")
    rows = model.objects.filter(**{field: value})
    if field == "domain":
        # One that a shop has besides its primary one: asked for along, so that an invented name costs one statement.
        proven = apps.get_model("platform_core", "TenantDomain").objects.filter(domain=value, state="verified")
        rows = model.objects.filter(pk__in=rows.values("pk").union(proven.values("tenant")))
    row = _with_terms(rows.order_by()).values(*_COLUMNS).first()
    return tenant_info(row) if row else None


def read_ahead(tenant_ids: Iterable[UUID]) -> None:
    """Have these shops at hand before `by_id` asks for one after the other. One statement. Errors: of the database."""
    announcements.listen(drop, clear)
    with _noting_what_is_forgotten() as forgotten:
        now = time.monotonic()
        rows = apps.get_model("platform_core", "Tenant").objects.filter(pk__in=tenant_ids).order_by()
        for row in _with_terms(rows).values(*_COLUMNS):
            _keep(("id", str(row["id"])), _Entry(tenant_info(row), now), forgotten)


def read_now(tenant_id: UUID) -> TenantInfo:
    """The shop with this id as it is in the platform's database at this moment. Errors: UnknownTenant."""
    found = _read("id", str(tenant_id))
    if found is None:
        raise UnknownTenant(tenant_id)
    return found


_COLUMNS = (
    "id", "slug", "name", "status", "availability", "epoch", "server__key", "database_name", "domain", "plan_type",
    "currency", "timezone", "country", "theme_config", "schema_version", "sandbox_of", "plan_terms",
)  # fmt: skip


def _with_terms(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what the shop's plan includes, in the same statement."""
    plan = apps.get_model("platform_core", "TenantPlan").objects.filter(name=OuterRef("plan_type")).order_by()
    found: QuerySet[Any] = rows.annotate(plan_terms=Subquery(plan.values(written=WRITTEN)))
    return found


def tenant_info(row: dict[str, Any]) -> TenantInfo:
    """The snapshot of a row of `tenants`, read with the columns above."""
    return TenantInfo(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        status=row["status"],
        availability=row["availability"],
        epoch=row["epoch"],
        server=row["server__key"],
        database_name=row["database_name"],
        domain=row["domain"],
        plan=row["plan_type"],
        plan_terms=read_terms(row["plan_type"], row["plan_terms"]),
        currency=row["currency"],
        timezone=row["timezone"],
        country=row["country"],
        theme=row["theme_config"] or {},
        schema_version=row["schema_version"],
        sandbox_of=row["sandbox_of"],
    )


def serving() -> list[TenantInfo]:
    """Every active shop, by slug; read afresh, for commands and jobs that visit all of them."""
    model = apps.get_model("platform_core", "Tenant")
    rows = _with_terms(model.objects.filter(status="active").order_by("slug")).values(*_COLUMNS)
    return [tenant_info(row) for row in rows.iterator(chunk_size=2000)]
