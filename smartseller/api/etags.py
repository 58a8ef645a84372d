"""Knowing whether somebody else changed a row since it was read."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from smartseller.api.errors import Changed


def etag_of(representation: Mapping[str, Any]) -> str:
    """A strong ETag of all that a representation says, so that it changes exactly when the representation does."""
    written = json.dumps(representation, sort_keys=True, default=str).encode()
    return f'"{hashlib.sha256(written).hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the client has this already (`If-None-Match`, RFC 9110: compared weakly)."""
    given = request.headers.get("If-None-Match")
    return given is not None and ("*" in _tags(given) or etag in {tag.removeprefix("W/") for tag in _tags(given)})


def check_match(request: Request, etag: str) -> None:
    """Errors: Changed when the client names another state with `If-Match`. Without the header the last one wins."""
    given = request.headers.get("If-Match")
    if given is not None and not {"*", etag} & _tags(given):
        raise Changed


def _tags(header: str) -> set[str]:
    return {tag.strip() for tag in header.split(",")}
