"""Statements that took too long."""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created

from smartseller.observability import metrics

logger = logging.getLogger("smartseller.slow_statements")

LONGEST = 2000
# Of a statement with a thousand rows the places of one are enough.
PLACES = re.compile(r"%s(?:, %s(?!:))+")
SAME_AGAIN = re.compile(r"(\([^()]*\))(?:, \1)+")


def note_if_slow(started: float, statement: object, database: str) -> None:
    """Write a statement that began at `started` (of `perf_counter`) to the log if it took longer than
    `settings.SLOW_STATEMENT_MS`: its text without its parameters, and whether it went to a `shop` or to the `platform`.
    """
    milliseconds = (perf_counter() - started) * 1000
    if not settings.SLOW_STATEMENT_MS or milliseconds < settings.SLOW_STATEMENT_MS:
        return
    metrics.SLOW_STATEMENTS.inc()
    text = " ".join(str(statement).split())
    text = PLACES.sub("%s, …", SAME_AGAIN.sub(r"\1, …", text))[:LONGEST]
    extra = {"statement": text, "database": database, "duration_ms": round(milliseconds, 1)}
    logger.warning("%.0f ms in the database of the %s: %s", milliseconds, database, text, extra=extra)


def watch_platform() -> None:
    """Statements to the platform's database are measured as those to shops' are."""
    connection_created.connect(_wrap, dispatch_uid="slow_statements")


def _wrap(connection: Any, **_: Any) -> None:
    if connection.alias in ("default", "owner") and _measured not in connection.execute_wrappers:
        connection.execute_wrappers.append(_measured)


def _measured(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        note_if_slow(started, sql, "platform")
