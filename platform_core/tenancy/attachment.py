"""The active shop's connection wrapper in this thread's set of Django connections."""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def detach(alias: str) -> BaseDatabaseWrapper | None:
    """Take the wrapper of `alias` out of this thread's set, open as it is; None when there is none."""
    wrapper: BaseDatabaseWrapper | None = getattr(connections._connections, alias, None)  # type: ignore[attr-defined]
    if wrapper is not None:
        delattr(connections._connections, alias)  # type: ignore[attr-defined]
    return wrapper


def attach(alias: str, wrapper: BaseDatabaseWrapper) -> None:
    """Put a detached wrapper back."""
    setattr(connections._connections, alias, wrapper)  # type: ignore[attr-defined]


def release(alias: str) -> None:
    """Give the connection of `alias` back to the pool and forget its wrapper."""
    wrapper = detach(alias)
    if wrapper is not None:
        wrapper.in_atomic_block = False  # what a block left open is rolled back by the pool
        wrapper.close()
