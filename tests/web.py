"""The web process of the tests: the product's application, and an address at which it forgets the shops of a test."""

from collections.abc import Callable, Iterable
from typing import Any

from platform_core.tenancy import directory
from platform_core.tenancy.postgresql.base import pool
from smartseller.wsgi import application as product
from tests.browser import FORGET
from tests.own_queue import send_to_own_queue

send_to_own_queue()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the product does; at `FORGET` know as little of shops as a new process, and be connected to none."""
    if environ["PATH_INFO"] != FORGET:
        return product(environ, start_response)
    directory.clear()
    pool().forget("")
    start_response("204 No Content", [])
    return []
