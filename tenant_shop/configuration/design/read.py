"""The draft of the shop's look, and its earlier looks."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from tenant_shop.configuration.models import Setting

# Rows of `settings`, in the shop's own database; the look that is live stands in the platform's.
DRAFT, HISTORY = "design_draft", "design_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A look that was live until `replaced_at`. `number` names it."""

    number: int
    config: Mapping[str, Any]
    replaced_at: datetime
    replaced_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """`draft` is None when nothing waits to be published; `history` has the latest first."""

    draft: Mapping[str, Any] | None
    saved_at: datetime | None
    saved_by: str
    history: tuple[Version, ...]


def mark_of_look(config: Mapping[str, Any]) -> str:
    """Short, and another one for another look: a page carries the mark of the look that it was opened with."""
    return hashlib.sha256(json.dumps(dict(config), sort_keys=True, default=str).encode()).hexdigest()[:10]


def read_design() -> Design:
    """The active shop's draft and earlier looks; one SELECT. What cannot be read counts as not there."""
    rows = dict(Setting.objects.filter(key__in=(DRAFT, HISTORY)).values_list("key", "value"))
    draft = rows.get(DRAFT)
    if not isinstance(draft, dict) or not isinstance(draft.get("config"), dict):
        draft = None
    return Design(
        draft=draft["config"] if draft else None,
        saved_at=_moment(draft.get("at")) if draft else None,
        saved_by=str(draft.get("by", "")) if draft else "",
        history=tuple(version for row in _rows(rows.get(HISTORY)) if (version := _version(row))),
    )


def _version(row: Any) -> Version | None:
    match row:
        case {"number": int(number), "config": dict(config), "at": str(at)} if moment := _moment(at):
            return Version(number=number, config=config, replaced_at=moment, replaced_by=str(row.get("by", "")))
        case _:
            return None


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _moment(value: Any) -> datetime | None:
    try:
        return parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
