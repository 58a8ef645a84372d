"""The audit log as lines of a CSV file."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from platform_core.audit.models import AuditLog
from smartseller.spreadsheet import MARK, safe

COLUMNS = (
    "when (UTC)",
    "shop",
    "who",
    "action",
    "object",
    "object id",
    "name",
    "in the place of",
    "before",
    "after",
    "ip address",
    "browser",
    "request id",
)
WHY = "why"


def csv_lines(entries: Iterable[AuditLog], *, slug_of: str | None = None) -> Iterator[str]:
    """One line an entry, read with its user; with its shop too, unless `slug_of` says whose they all are: a shop's own
    file is without the reasons, which operators write for each other. No spreadsheet runs what stands in a cell."""
    has_reasons = slug_of is None
    yield MARK + _line((*COLUMNS, WHY) if has_reasons else COLUMNS)
    for entry in entries:
        told = entry.metadata or {}
        shop = slug_of if slug_of is not None else (entry.tenant.slug if entry.tenant else "")
        yield _line(
            (
                entry.created_at.isoformat(timespec="seconds"),
                shop,
                entry.user.email if entry.user else _machine(told),
                entry.action,
                entry.resource_type,
                entry.resource_id or "",
                told.get("name", ""),
                told.get("in_place_of", ""),
                _values(entry.old_values),
                _values(entry.new_values),
                entry.ip_address or "",
                entry.user_agent or "",
                entry.request_id or "",
                *([told.get("reason", "")] if has_reasons else []),
            )
        )


def _machine(told: Any) -> str:
    return f"SmartSeller, {told['by']}" if told.get("by") else "SmartSeller"


def _values(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""


def _line(cells: Iterable[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([safe(cell) for cell in cells])
    return written.getvalue()
