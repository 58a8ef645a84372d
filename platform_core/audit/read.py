"""Reading what happened, in one shop or on the whole platform: newest first, however much there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from platform_core.accounts.models import PlatformRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope, tenant_scope

LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: of whom, about what, from `since` and before `until`; None and "" ask for all of them.

    `verb` is the first word of an action, `action` the whole of it.
    """

    user_id: UUID | None = None
    verb: str = ""
    action: str = ""
    resource_type: str = ""
    resource_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    by_platform: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The entry after which a page goes on."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is None on the last page."""

    entries: list[AuditLog]
    next: Place | None


def entries_of(tenant_id: UUID, wanted: Wanted, *, after: Place | None = None, limit: int = 50) -> Page:
    """A page of the shop's entries. One statement besides the scope's own; the index gives the order."""
    with tenant_scope(tenant_id):
        rows = list(_found(tenant_id, wanted, after).select_related("user").order_by("-created_at", "-id")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], Place(last.created_at, last.pk) if last else None)


def entries_everywhere(
    wanted: Wanted, *, tenant_id: UUID | None = None, after: Place | None = None, limit: int = 50
) -> Page:
    """A page of all shops' entries and the platform's own, or of one shop's: for operators. One statement besides the
    scope's own."""
    with platform_scope():
        found = _found(tenant_id, wanted, after).select_related("user", "tenant")
        rows = list(found.order_by("-created_at", "-id")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], Place(last.created_at, last.pk) if last else None)


def each_entry(read: Callable[[Place | None], Page]) -> Iterator[AuditLog]:
    """All entries, page by page: so many as `read` gives at once are in memory, and no transaction stays open between
    them."""
    place: Place | None = None
    while True:
        page = read(place)
        yield from page.entries
        if page.next is None:
            return
        place = page.next


def verbs_in(tenant_id: UUID) -> list[str]:
    """What was done, by the first word of it, in the newest ten thousand of the shop's entries. One statement."""
    with tenant_scope(tenant_id):
        newest = AuditLog.objects.filter(tenant=tenant_id).order_by("-created_at", "-id").values("action")[:LOOKED_AT]
        actions = AuditLog.objects.filter(pk__in=newest.values("pk")).order_by().values_list("action", flat=True)
        return sorted({action.partition("_")[0] for action in actions.distinct()})


def _found(tenant_id: UUID | None, wanted: Wanted, after: Place | None) -> QuerySet[AuditLog]:
    rows = AuditLog.objects.all() if tenant_id is None else AuditLog.objects.filter(tenant=tenant_id)
    if after is not None:
        # Written so that PostgreSQL begins to read the index at the place.
        rows = rows.filter(
            Q(created_at__lt=after.at) | Q(created_at=after.at, id__lt=after.id), created_at__lte=after.at
        )
    if wanted.user_id is not None:
        rows = rows.filter(user=wanted.user_id)
    if wanted.verb:
        rows = rows.filter(action__startswith=f"{wanted.verb}_")
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.resource_type:
        rows = rows.filter(resource_type=wanted.resource_type)
    if wanted.resource_id is not None:
        rows = rows.filter(resource_id=wanted.resource_id)
    if wanted.since is not None:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(created_at__lt=wanted.until)
    if wanted.by_platform:
        rows = rows.filter(Q(user=None) | ~Q(user__role=PlatformRole.MERCHANT))
    return rows
