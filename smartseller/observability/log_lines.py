"""How a log record is written: a line for people, or one JSON object a line for machines.

Both name the shop, the request and the person. Neither has parameters of statements, query strings or addresses of
pages in it: links can be keys.
"""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict

from platform_core.tenancy.logs import TenantFilter
from smartseller.observability.keys_in_text import without_keys
from smartseller.observability.request_id import current_request_id

# What a record may carry besides its message, by the name it has in `extra`.
FIELDS = ("method", "route", "status", "duration_ms", "task", "outcome", "statement", "database")


class ContextFilter(TenantFilter):
    """Adds to every record its `tenant`, `request_id` and `user`: the id of the person whom the request was found to be
    from, or nothing. Of a key to an API that stands in it the first letters are left.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        # Django speaks of an answer of 400 and more once the request is over.
        record.request_id = current_request_id() or getattr(request, "request_id", "")
        # Not `request.user`: a log line must not ask the database.
        record.user = getattr(getattr(request, "_cached_user", None), "pk", None)
        message = record.getMessage()
        if (told := without_keys(message)) != message:
            record.msg, record.args = told, ()
        return super().filter(record)


def _add_context(_: Any, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    for name in ("tenant", "request_id", "user", *FIELDS):
        value = getattr(record, name, None)
        if value not in (None, ""):
            event[name] = value if isinstance(value, (int, float)) else str(value)
    return event


def json_formatter() -> logging.Formatter:
    """One JSON object a line: `time` (ISO 8601, UTC), `level`, `logger`, `message`, the context and `FIELDS`."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _add_context,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
