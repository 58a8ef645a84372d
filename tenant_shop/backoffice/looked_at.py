"""What a page showed before it is done: carried through the page's form, for the one who looked at it only."""

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from platform_core.tenancy.context import current_tenant

SHORT = 22


def seal(request: HttpRequest, told: Mapping[str, Any], *, salt: str) -> str:
    """`told`, which is ready for JSON, for this user in this shop; `salt` names what it is."""
    mine = {"shop": str(current_tenant().id), "user": str(request.user.pk)}
    return signing.dumps({**told, **mine}, salt=salt, compress=True)


def unseal(request: HttpRequest, sealed: str, *, salt: str, good_for: int) -> dict[str, Any]:
    """What `seal` was told at most `good_for` seconds ago.

    Errors: django.core.signing.BadSignature, also when it is too old; PermissionDenied for somebody else's.
    """
    told: dict[str, Any] = signing.loads(sealed, salt=salt, max_age=good_for)
    if told["shop"] != str(current_tenant().id) or told["user"] != str(request.user.pk):
        raise PermissionDenied
    return told


def short(key: UUID) -> str:
    """As addresses have it that name hundreds: servers refuse those of more than eight thousand characters."""
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def keys_in(text: str, *, most: int) -> list[UUID]:
    """The ids in a list with commas, written `short` or in full, at most so many of it; what is no id is left out."""
    found = []
    for part in text.split(",")[:most]:
        try:
            found.append(UUID(bytes=base64.urlsafe_b64decode(f"{part}==")) if len(part) == SHORT else UUID(part))
        except ValueError:
            continue
    return found
