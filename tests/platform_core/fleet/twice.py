"""The same work by two operators at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from platform_core.fleet.kept import close_kept_connections
from platform_core.tenancy import directory
from smartseller.errors import SmartSellerError


def twice(work: Callable[[], Any]) -> list[str]:
    """Do `work` in two threads at once: for each "done", or the name of the refusal. Anything else is an error."""
    together = threading.Barrier(2)

    def operator() -> str:
        try:
            together.wait(30)
            work()
        except SmartSellerError as refused:
            return type(refused).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(future.result() for future in [both.submit(operator) for _ in range(2)])
    close_kept_connections()
    directory.clear()
    return outcomes
