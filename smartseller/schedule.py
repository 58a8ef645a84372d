"""Every recurring job, on one page.

An entry is one line: what it does, the registered name of its task, and when. Times are UTC. A job for each shop is a
dispatcher in the platform that queues one task for each shop that has work, never a loop over all shops in one task.

    "count what shops use": {"task": "metrics.count_usage", "schedule": timedelta(minutes=15)},
    "roll up yesterday": {"task": "metrics.roll_up", "schedule": crontab(hour=1, minute=10)},

A test compares the names with the tasks that a worker knows.
"""

from datetime import timedelta
from typing import Any, NotRequired, TypedDict

from celery.schedules import crontab


class Job(TypedDict):
    task: str
    schedule: timedelta | crontab
    kwargs: NotRequired[dict[str, Any]]


def in_each_shop(task: str, *, every: timedelta) -> Job:
    """A job of every open shop; a message is worth nothing once the next round is due."""
    expires = int(every.total_seconds())
    return {
        "task": "tenancy.for_each_shop",
        "schedule": every,
        "kwargs": {"task_name": task, "expires_seconds": expires},
    }


def nightly_in_each_shop(task: str, *, hour: int, minute: int = 0) -> Job:
    """As `in_each_shop`, once a day."""
    return {**in_each_shop(task, every=timedelta(days=1)), "schedule": crontab(hour=hour, minute=minute)}


SCHEDULE: dict[str, Job] = {
    "refill the spare databases": {"task": "fleet.refill_spares", "schedule": timedelta(minutes=1)},
    "resume stuck runs, drop orphans": {"task": "fleet.reconcile", "schedule": timedelta(minutes=5)},
    "cancel orders that nobody paid": in_each_shop("orders.expire_unpaid", every=timedelta(minutes=5)),
    "ask about payments that went quiet": in_each_shop("payments.ask_about_payments", every=timedelta(minutes=2)),
    "send refunds whose answer never came": in_each_shop("payments.send_pending_refunds", every=timedelta(minutes=5)),
    "send confirmations that waited": in_each_shop("orders.send_confirmations", every=timedelta(minutes=10)),
    "send receipts that waited": in_each_shop("payments.send_receipts", every=timedelta(minutes=10)),
    "send offers that waited": in_each_shop("quotes.send_answers", every=timedelta(minutes=10)),
    "send customers' mails that waited": in_each_shop("customers.send_mails", every=timedelta(minutes=10)),
    "send mails about parcels that waited": in_each_shop("orders.send_shipped_mails", every=timedelta(minutes=10)),
    "send mails about returns that waited": in_each_shop("returns.send_mails", every=timedelta(minutes=10)),
    "count what sells, for lists": in_each_shop("catalog.count_units_sold", every=timedelta(minutes=30)),
    "count words, forget old searches": in_each_shop("catalog.keep_search", every=timedelta(days=1)),
    "make pictures that wait, remove discarded ones": in_each_shop("pictures.upkeep", every=timedelta(minutes=5)),
    "tell those who wait that goods are back": in_each_shop("restock.tell_waiting", every=timedelta(minutes=10)),
    "remove carts and sessions that are over": nightly_in_each_shop("carts.upkeep", hour=2, minute=20),
    "forget links and log-ins that are over": nightly_in_each_shop("customers.upkeep", hour=2, minute=40),
    "give carts back that nobody approved": in_each_shop("companies.expire_requests", every=timedelta(hours=1)),
    "ask registers about tax ids": nightly_in_each_shop("companies.ask_again", hour=3, minute=40),
    "give missing points, bring tiers up to date": nightly_in_each_shop("loyalty.upkeep", hour=3, minute=10),
}
