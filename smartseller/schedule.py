"""Every recurring job, on one page.

An entry is one line: what it does, the registered name of its task, and when. Times are UTC. A job for each shop is a
dispatcher in the platform that queues one task for each shop that has work, never a loop over all shops in one task.

    "count what shops use": {"task": "metrics.count_usage", "schedule": timedelta(minutes=15)},

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
    """A job of every open shop where something happened lately; a message is worth nothing once the next round is due.

    Shops that sleep have it done when they are looked after: within an hour, and when something falls due in them.
    """
    expires = int(every.total_seconds())
    return {
        "task": FOR_EACH_SHOP,
        "schedule": every,
        "kwargs": {"task_name": task, "expires_seconds": expires, "only_awake": True},
    }


def daily_in_each_shop(task: str, *, hour: int, minute: int = 0) -> Job:
    """A job of every open shop, asleep or not, once a day."""
    day = int(timedelta(days=1).total_seconds())
    return {
        "task": FOR_EACH_SHOP,
        "schedule": crontab(hour=hour, minute=minute),
        "kwargs": {"task_name": task, "expires_seconds": day},
    }


FOR_EACH_SHOP = "tenancy.for_each_shop"

SCHEDULE: dict[str, Job] = {
    "refill the spare databases": {"task": "fleet.refill_spares", "schedule": timedelta(minutes=1)},
    "resume stuck runs, drop orphans": {"task": "fleet.reconcile", "schedule": timedelta(minutes=5)},
    # Each shop once a night at a moment of its own: due times stand in the platform's database.
    "back up the shops that are due": {"task": "fleet.back_up_due", "schedule": timedelta(minutes=1)},
    "end sandboxes and archives whose time is over": {
        "task": "fleet.copies_upkeep",
        "schedule": timedelta(minutes=5),
    },
    # One at a time, by turns: each shop's about once a month.
    "prove that a backup becomes a database": {"task": "fleet.prove_backup", "schedule": timedelta(minutes=10)},
    "drop a cancelled shop whose owners had their time": {"task": "fleet.drop_next", "schedule": timedelta(hours=1)},
    # Each shop at its own midnight, and once in its hour: due times stand in the platform's database.
    "roll up the shops that are due": {"task": "metrics.queue_due", "schedule": timedelta(minutes=1)},
    "add up the platform's days": {"task": "metrics.add_up_platform", "schedule": timedelta(minutes=30)},
    # A run that failed or was killed is made good by the next; the first of a day does what there is.
    "bill merchants, follow what is owed": {"task": "billing.run", "schedule": timedelta(hours=1)},
    "forget sessions, links and counts that are over": {
        "task": "accounts.forget_over",
        "schedule": crontab(hour=3, minute=25),
    },
    "forget shops that nobody confirmed": {"task": "signups.forget_over", "schedule": crontab(hour=3, minute=35)},
    "ask registers about merchants' tax ids": {"task": "billing.check_tax_ids", "schedule": timedelta(hours=1)},
    "charge merchants' cards for what is owed": {"task": "billing.collect", "schedule": timedelta(hours=1)},
    "send the platform's mails that waited": {"task": "mails.send_waiting", "schedule": timedelta(minutes=5)},
    "forget answers to people's programs, and old keys": {
        "task": "keys.upkeep",
        "schedule": crontab(hour=1, minute=40),
    },
    "look whether shops' domains are proven": {"task": "domains.recheck", "schedule": timedelta(minutes=10)},
    "measure how the platform fares": {"task": "status.measure", "schedule": timedelta(minutes=1)},
    "let in what waits though there is room": {"task": "tenancy.let_in", "schedule": timedelta(minutes=1)},
    # Moments that shops have named, in Redis: what is due, not who might have something.
    "queue what shops have due": {"task": "tenancy.queue_due", "schedule": timedelta(seconds=10)},
    "cancel orders that nobody paid": in_each_shop("orders.expire_unpaid", every=timedelta(minutes=5)),
    "ask about payments that went quiet": in_each_shop("payments.ask_about_payments", every=timedelta(minutes=2)),
    "send refunds whose answer never came": in_each_shop("payments.send_pending_refunds", every=timedelta(minutes=5)),
    "send confirmations that waited": in_each_shop("orders.send_confirmations", every=timedelta(minutes=10)),
    "send notices of orders that waited": in_each_shop("orders.send_notices", every=timedelta(minutes=10)),
    "send receipts that waited": in_each_shop("payments.send_receipts", every=timedelta(minutes=10)),
    "send mails about cancelled orders that waited": in_each_shop(
        "orders.send_cancelled_mails", every=timedelta(minutes=10)
    ),
    "send mails about refunds that waited": in_each_shop("payments.send_refunded_mails", every=timedelta(minutes=10)),
    "issue invoices that waited": in_each_shop("documents.issue_due", every=timedelta(minutes=10)),
    "send offers that waited": in_each_shop("quotes.send_answers", every=timedelta(minutes=10)),
    "send customers' mails that waited": in_each_shop("customers.send_mails", every=timedelta(minutes=10)),
    "send mails about parcels that waited": in_each_shop("orders.send_shipped_mails", every=timedelta(minutes=10)),
    "send mails about companies that waited": in_each_shop("companies.send_all_news", every=timedelta(minutes=10)),
    "send mails about returns that waited": in_each_shop("returns.send_mails", every=timedelta(minutes=10)),
    "send invitations that waited": in_each_shop("staff.send_invitations", every=timedelta(minutes=10)),
    "tell endpoints what waited": in_each_shop("integrations.relay", every=timedelta(minutes=5)),
    "send mails about webhooks that waited": in_each_shop("integrations.send_all_news", every=timedelta(minutes=10)),
    "write audit entries that waited": in_each_shop("audit.deliver_entries", every=timedelta(minutes=5)),
    "make changes of products that are due": in_each_shop("catalog.apply_due_changes", every=timedelta(minutes=5)),
    "take on imports that were interrupted": in_each_shop("imports.upkeep", every=timedelta(minutes=5)),
    "count what sells, for lists": in_each_shop("catalog.count_units_sold", every=timedelta(minutes=30)),
    "count words, forget old searches": daily_in_each_shop("catalog.keep_search", hour=4, minute=10),
    "make pictures that wait, remove discarded ones": in_each_shop("pictures.upkeep", every=timedelta(minutes=5)),
    "tell those who wait that goods are back": in_each_shop("restock.tell_waiting", every=timedelta(minutes=10)),
    "remove carts and sessions that are over": daily_in_each_shop("carts.upkeep", hour=2, minute=20),
    "forget links and log-ins that are over": daily_in_each_shop("customers.upkeep", hour=2, minute=40),
    "give carts back that nobody approved": in_each_shop("companies.expire_requests", every=timedelta(hours=1)),
    "ask registers about tax ids": daily_in_each_shop("companies.ask_again", hour=3, minute=40),
    "make indexes of custom fields that are missing": in_each_shop(
        "configuration.mend_indexes", every=timedelta(hours=1)
    ),
    "write down calls of the API": in_each_shop("integrations.collect_calls", every=timedelta(minutes=5)),
    "forget answers to programs, and old events": daily_in_each_shop("integrations.upkeep", hour=1, minute=50),
    "give missing points, bring tiers up to date": daily_in_each_shop("loyalty.upkeep", hour=3, minute=10),
}

# What is done in a shop that is looked after: all that would have visited it, had it been awake.
SCHEDULE["look after shops that sleep"] = {
    "task": "tenancy.queue_looks",
    "schedule": timedelta(minutes=1),
    "kwargs": {
        "task_names": [job["kwargs"]["task_name"] for job in SCHEDULE.values() if "only_awake" in job.get("kwargs", {})]
    },
}
