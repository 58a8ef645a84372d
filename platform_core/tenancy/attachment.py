"""The wrappers of resolved aliases (the active shop's, an owner's) in this thread's set of Django connections.

Django keeps registered connections in a local of asgiref's, which looks for a running event loop at every access.
Databases are for synchronous code, so a thread's own local says the same sooner.
"""

import threading

from django.db.backends.base.base import BaseDatabaseWrapper


class _Attached(threading.local):
    def __init__(self) -> None:
        self.wrappers: dict[str, BaseDatabaseWrapper] = {}


_attached = _Attached()


def attached(alias: str) -> BaseDatabaseWrapper | None:
    """The wrapper of `alias` in this thread's set."""
    return _attached.wrappers.get(alias)


def detach(alias: str) -> BaseDatabaseWrapper | None:
    """Take the wrapper of `alias` out of this thread's set, open as it is; None when there is none."""
    return _attached.wrappers.pop(alias, None)


def attach(alias: str, wrapper: BaseDatabaseWrapper) -> None:
    """Put a wrapper into this thread's set."""
    _attached.wrappers[alias] = wrapper


def release(alias: str) -> None:
    """Give the connection of `alias`, a shop's, back to the pool, and take its wrapper out of this thread's set."""
    wrapper = detach(alias)
    if wrapper is not None:
        wrapper.rest()  # type: ignore[attr-defined]
