"""Whose request it is that verbs are called for: what they write down says from where it was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from platform_core.audit.origin import Origin

_acting: ContextVar[Origin | None] = ContextVar("acting", default=None)


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    """In the block, entries of `origin`'s person have its address, browser and marks."""
    token = _acting.set(origin)
    try:
        yield
    finally:
        _acting.reset(token)


def origin_for(user_id: UUID | None) -> Origin | None:
    """The origin of who acts now, if that is `user_id`: what the platform does by itself meanwhile has none."""
    origin = _acting.get()
    return origin if origin is not None and user_id is not None and origin.user_id == user_id else None
