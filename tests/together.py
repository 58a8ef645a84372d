"""Calls that begin at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*calls: Callable[[], Any]) -> list[Any]:
    """The results, or the errors, of calls that begin together, each over a connection of its own."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def work(number: int) -> None:
        gate.wait()
        try:
            results[number] = calls[number]()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
