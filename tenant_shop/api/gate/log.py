"""What is noted of a call: how it ended, never what was in it."""

from time import perf_counter

from django.http import HttpRequest
from django.utils import timezone

from smartseller.ids import uuid7
from smartseller.observability.keys_in_text import without_keys
from smartseller.observability.request_id import current_request_id
from smartseller.observability.requests import route_of
from tenant_shop.integrations.calls.note import NotedCall, note_call
from tenant_shop.integrations.keys.models import ApiKey

LONGEST_PATH, LONGEST_CODE = 300, 60


def note(request: HttpRequest, key: ApiKey, *, status: int, code: str, started: float) -> None:
    """A call with `key`, begun at `started` (of perf_counter), was answered."""
    # Of a shopper's cart the address is the key.
    path = route_of(request) if key.is_publishable else request.path
    note_call(
        NotedCall(
            id=str(uuid7()),
            at=timezone.now().isoformat(),
            key_id=str(key.pk),
            method=(request.method or "")[:10],
            path=without_keys(path)[:LONGEST_PATH].replace("\x00", ""),
            status=status,
            code=code[:LONGEST_CODE],
            duration_ms=round((perf_counter() - started) * 1000),
            request_id=current_request_id(),
        )
    )
