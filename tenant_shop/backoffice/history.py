"""What the audit log says, in words and values for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DecimalField

from platform_core.accounts.models import SHOP_APP
from platform_core.audit.models import AuditLog
from platform_core.audit.read import Wanted, entries_of

NEWEST = 100
PLATFORM = "SmartSeller"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field; "" where there was, or is, nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry: when, by whom (an e-mail address, or the platform), what, to what, from where.

    `by_platform` says that it was one of the platform's own people, `by_link` that they had come by its one-time link,
    `in_place_of` in whose place they were there ("": in nobody's).
    """

    id: UUID
    at: datetime
    by: str
    by_platform: bool
    by_link: bool
    in_place_of: str
    verb: str
    kind: str
    name: str
    resource_id: UUID | None
    what: str
    differences: list[Difference]
    ip_address: str
    user_agent: str


def changes_of(tenant_id: UUID, resource_id: UUID) -> list[Change]:
    """The newest hundred entries about an object of this shop."""
    page = entries_of(tenant_id, Wanted(resource_id=resource_id), limit=NEWEST)
    return [change_of(entry) for entry in page.entries]


def change_of(entry: AuditLog) -> Change:
    """The entry, read with its user."""
    verb, _, _ = entry.action.partition("_")
    told = entry.metadata or {}
    earlier = entry.new_values or {}  # entries of the time before values were kept say it there
    return Change(
        id=entry.pk,
        at=entry.created_at,
        by=entry.user.email if entry.user else PLATFORM,
        by_platform=entry.user is None or entry.user.is_operator,
        by_link=told.get("entered_by") == "one_time_link",
        in_place_of=str(told.get("in_place_of") or ""),
        verb=verb.capitalize(),
        kind=entry.resource_type,
        name=str(told.get("name") or (earlier.get("name") if "changes" in earlier else "") or ""),
        resource_id=entry.resource_id,
        what=_words(entry, verb.capitalize()),
        differences=_differences(entry),
        ip_address=entry.ip_address or "",
        user_agent=entry.user_agent or "",
    )


def _words(entry: AuditLog, verb: str) -> str:
    if entry.action in ("log_in", "log_out"):
        return entry.action.replace("_", " ").capitalize()
    fields = [name for change in _changes(entry) for name in change.get("fields", [])]
    return f"{verb}: {', '.join(fields)}" if fields else verb


def _changes(entry: AuditLog) -> list[dict[str, Any]]:
    stored = (entry.metadata or {}).get("changes") or (entry.new_values or {}).get("changes")
    if not isinstance(stored, list):
        return []
    return [part for step in stored if isinstance(step, dict) for part in step.values() if isinstance(part, dict)]


def _differences(entry: AuditLog) -> list[Difference]:
    before, after = entry.old_values or {}, entry.new_values or {}
    if "changes" in after:
        return []
    names = [*before, *(name for name in after if name not in before)]
    differences = []
    for name in names:
        shown = _number if _is_decimal(entry.resource_type, name) else _shown
        differences.append(Difference(_called(name), shown(before.get(name)), shown(after.get(name))))
    return differences


@cache
def _is_decimal(kind: str, name: str) -> bool:
    """Whether the column of this name, of what the log calls `kind`, holds amounts, rates or measures."""
    try:
        return isinstance(apps.get_model(SHOP_APP, kind)._meta.get_field(name), DecimalField)
    except (LookupError, FieldDoesNotExist):
        return False


def _number(value: Any) -> str:
    """`121.50` for 121.500: the columns have a third place for those currencies that need it."""
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return _shown(value)
    places = -int(number.normalize().as_tuple().exponent) if number.is_finite() else 0
    return f"{number:.{max(places, 2)}f}"


def _called(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _shown(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "Yes" if value else "No"
        case list():
            return ", ".join(_shown(part) for part in value)
        case Mapping():
            return "; ".join(f"{key}: {_shown(part)}" for key, part in value.items())
        case _:
            return str(value)
