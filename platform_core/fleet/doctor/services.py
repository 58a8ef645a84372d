"""What stands beside the databases: cache, queue, workers, scheduler, outboxes, mail."""

from collections.abc import Iterator
from datetime import UTC, datetime

from celery import current_app
from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError as QueueDown
from redis import Redis
from redis.exceptions import RedisError

from platform_core.fleet.doctor.finding import Finding, error, fine, warning
from platform_core.tenancy.outbox_lag import longest_wait
from platform_core.tenancy.quick_redis import RedisUnavailable
from smartseller.beat import PAUSE_SECONDS, Leadership
from smartseller.plurals import number_of
from smartseller.queues import Queue

WAIT_SECONDS = 2
# ZADD with GT and LT.
OLDEST_REDIS = (6, 2)
# Seconds. Rounds visit shops every ten minutes at most, and whoever fell asleep a minute later.
OUTBOX_WITHIN = 1800


def examine_cache() -> Iterator[Finding]:
    """Whether it answers. Shops go on selling without it, more slowly."""
    try:
        version = _version(get_redis_connection("default"))
    except (RedisError, OSError) as failure:
        yield warning("cache", f"does not answer: {failure}", "start Valkey or Redis, or correct REDIS_URL")
        return
    yield from _new_enough("cache", version)
    yield fine("cache", "answers")


def examine_queue() -> Iterator[Finding]:
    """Whether it answers, and keeps what it was given when its memory is full."""
    mend = "start Valkey or Redis, or correct CELERY_BROKER_URL"
    try:
        client = _queue()
        version = _version(client)
        policy = str(client.config_get("maxmemory-policy").get("maxmemory-policy", ""))
    except (RedisError, OSError, QueueDown) as failure:
        yield error("queue", f"does not answer: {failure}", mend)
        return
    yield from _new_enough("queue", version)
    if policy not in ("", "noeviction"):
        yield error("queue", f"throws messages away when its memory is full ({policy})", "maxmemory-policy noeviction")
    else:
        yield fine("queue", "answers, and throws nothing away")


def examine_workers() -> Iterator[Finding]:
    """Whether somebody takes from every queue."""
    try:
        told = current_app.control.inspect(timeout=WAIT_SECONDS).active_queues() or {}
    except (RedisError, OSError, QueueDown):
        return  # said of the queue
    taken = {queue["name"] for queues in told.values() for queue in queues}
    missing = [queue.value for queue in Queue if queue.value not in taken]
    if missing:
        yield error(
            "workers", f"nobody takes from {', '.join(missing)}",
            f"python -m celery -A smartseller worker --queues {','.join(missing)}",
        )  # fmt: skip
    else:
        yield fine("workers", f"{len(told)} take from every queue")


def examine_beat() -> Iterator[Finding]:
    """Whether recurring jobs are sent."""
    try:
        noted = Leadership(_queue()).last_noted()
    except (RedisError, OSError, QueueDown):
        return  # said of the queue
    silent = None if noted is None else (datetime.now(UTC) - noted).total_seconds()
    if silent is None or silent > 6 * PAUSE_SECONDS:
        said = "has never been heard of" if silent is None else f"was last heard of {silent:.0f} seconds ago"
        yield error("beat", said, "python -m celery -A smartseller beat")
    else:
        yield fine("beat", "sends what is due")


def examine_outbox() -> Iterator[Finding]:
    """Whether what shops promised (mails, webhooks, audit entries) is kept in time."""
    try:
        seconds, slug = longest_wait(timezone.now())
    except RedisUnavailable:
        return  # said of the cache
    if seconds > OUTBOX_WITHIN:
        yield warning(
            "outbox", f"something has waited for {number_of(round(seconds / 60), 'minute')} in {slug}",
            "look at workers, queue, mail and manage.py parked_tasks; the shop's outbox_events say what failed",
        )  # fmt: skip
    else:
        yield fine("outbox", "no shop's waits")


def examine_mail() -> Iterator[Finding]:
    """Whether the server that takes our mail answers and lets us in; nothing is sent."""
    try:
        connection = get_connection()
        connection.open()
        connection.close()
    except OSError as failure:  # SMTPException is one
        yield error("mail", f"cannot leave: {failure}", "correct EMAIL_URL")
        return
    if "smtp" not in settings.EMAIL_BACKEND:
        yield warning("mail", f"goes nowhere: {settings.EMAIL_BACKEND}", "set EMAIL_URL to smtp+tls://…")
    else:
        yield fine("mail", f"{settings.EMAIL_HOST} takes it")


def _version(client: Redis) -> tuple[int, ...]:
    """What it says of itself; Valkey says which Redis it is like."""
    told = str(client.info("server").get("redis_version", "0"))
    return tuple(int(part) for part in told.split(".")[:2] if part.isdigit())


def _new_enough(part: str, version: tuple[int, ...]) -> Iterator[Finding]:
    if version < OLDEST_REDIS:
        shown, least = (".".join(map(str, numbers)) for numbers in (version, OLDEST_REDIS))
        yield error(
            part, f"is Redis {shown}, which lacks commands that we need", f"run Valkey, or Redis {least} or later"
        )


def _queue() -> Redis:
    client: Redis = current_app.connection_for_write().default_channel.client
    client.ping()
    return client
