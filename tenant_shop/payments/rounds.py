"""How long a job that asks gateways goes on before it leaves the rest to the next one."""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
# A gateway that is slow for everybody would otherwise keep a worker from the other shops.
ROUND_SECONDS = 60.0


def one_round(items: Iterable[Item]) -> Iterator[Item]:
    """`items`, one after the other, until sixty seconds are over; what is left is for the next round."""
    end = time.monotonic() + ROUND_SECONDS
    for item in items:
        if time.monotonic() >= end:
            logger.info("a round took %d seconds; the rest is left to the next one", ROUND_SECONDS)
            return
        yield item
