"""Every recurring job, on one page.

An entry is one line: what it does, the registered name of its task, and when. Times are UTC. A job for each shop is a
dispatcher in the platform that queues one task for each shop that has work, never a loop over all shops in one task.

    "refill the spare databases": {"task": "fleet.refill_spares", "schedule": timedelta(minutes=1)},
    "roll up yesterday": {"task": "metrics.roll_up", "schedule": crontab(hour=1, minute=10)},

A test compares the names with the tasks that a worker knows.
"""

from datetime import timedelta
from typing import TypedDict

from celery.schedules import crontab


class Job(TypedDict):
    task: str
    schedule: timedelta | crontab


SCHEDULE: dict[str, Job] = {}
