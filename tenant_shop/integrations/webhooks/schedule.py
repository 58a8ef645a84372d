"""When a delivery that failed is tried again, and when an endpoint that fails is left alone: see docs/webhooks.md."""

import random
from datetime import timedelta

# Before the first attempt, the second …: 75 hours and 35 minutes altogether, as Standard Webhooks advises.
DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_RETRIES = len(DELAYS) - 1
# Up to a tenth more, so that what failed together does not come back together; never less.
JITTER = 0.1
LONGEST_WAIT = timedelta(hours=24)

# The circuit of an endpoint: after so many failures in a row it is left alone, and then tried with one delivery.
FAILURES_TO_PAUSE = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)

# An endpoint that only fails: the shop's owners are told, and later it is switched off.
WARN_AFTER = timedelta(days=1)
SWITCH_OFF_AFTER = timedelta(days=5)


def delay_after(attempts: int, *, retries: int, asked_for: timedelta | None = None) -> timedelta | None:
    """How long to wait after `attempts` that failed, at least as long as the receiver asked for; None: no more.

    `retries` is how many attempts may follow the first.
    """
    if attempts > min(retries, MOST_RETRIES):
        return None
    planned = DELAYS[attempts] * (1 + random.uniform(0, JITTER))  # noqa: S311 - no secret
    return max(planned, min(asked_for, LONGEST_WAIT)) if asked_for is not None else planned


def pause_after(failures: int) -> timedelta | None:
    """How long an endpoint is left alone after so many failures in a row; None: not at all."""
    if failures < FAILURES_TO_PAUSE:
        return None
    doubled: timedelta = FIRST_PAUSE * 2 ** min(failures - FAILURES_TO_PAUSE, 10)
    return min(doubled, LONGEST_PAUSE)
