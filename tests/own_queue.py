"""Processes of a test that send all their tasks to a queue of the test's own, with its own worker behind it."""

import os

from smartseller.queues import ROUTES

VARIABLE = "TESTS_QUEUE"


def send_to_own_queue() -> None:
    """What this process sends goes to the queue that `TESTS_QUEUE` names, if it names one."""
    if name := os.environ.get(VARIABLE):
        for route in ROUTES.values():
            route["queue"] = name
