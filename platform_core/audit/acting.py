"""Whom verbs are called for: a person's request, a command at a terminal, a task. What they write down says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from celery import current_task

from platform_core.audit.origin import Origin

_command: ContextVar[str] = ContextVar("command", default="")
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


@contextmanager
def commanded(command: str) -> Iterator[None]:
    """In the block, what nobody is named for is done by a command: `manage.py tenant`."""
    token = _command.set(command)
    try:
        yield
    finally:
        _command.reset(token)


def machinery() -> str:
    """What works here if nobody does: a command, or the task of a worker; "" for neither."""
    if command := _command.get():
        return command
    return f"task {current_task.name}" if current_task else ""
