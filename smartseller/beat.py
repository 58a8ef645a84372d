"""The scheduler of `celery beat`: however many processes run it, one of them sends.

The others stand by, and one takes over once the leader has not been heard of for `LEASE_SECONDS`: nightly jobs do not
depend on one machine, and a second process started by mistake sends nothing twice.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings
from redis import Redis
from redis.exceptions import LockError, RedisError
from redis.lock import Lock

logger = logging.getLogger(__name__)

LEASE_SECONDS = 15
# A leader renews, and whoever stands by asks, so often.
PAUSE_SECONDS = 5


class Leadership:
    """The right to send, which one process has at a time; it ends by itself when its holder is not heard of."""

    def __init__(self, client: Redis) -> None:
        name = f"{settings.DATABASE_PREFIX}beat"
        self._client, self._seen_key = client, f"{name}:seen"
        self._lock: Lock = client.lock(name, timeout=LEASE_SECONDS)

    def hold(self) -> bool:
        """Renew the right or try to get it; whether it is ours. Errors: RedisError."""
        try:
            if self._lock.owned():
                self._lock.reacquire()
                return True
        except LockError:
            logger.warning("beat was not heard of for %d seconds and leads no more", LEASE_SECONDS)
        return bool(self._lock.acquire(blocking=False))

    def note(self, now: datetime) -> None:
        """All that was due until `now` has been sent. Errors: RedisError."""
        self._client.set(self._seen_key, now.timestamp())

    def last_noted(self) -> datetime | None:
        """Until when any leader has sent what was due. Errors: RedisError."""
        noted = self._client.get(self._seen_key)
        return None if noted is None else datetime.fromtimestamp(float(noted), UTC)

    def give_up(self) -> None:
        """Let another one lead at once. Errors: RedisError."""
        if self._lock.owned():
            self._lock.release()


class OneLeaderScheduler(PersistentScheduler):  # type: ignore[misc]
    """Celery's own scheduler, asleep while another process leads."""

    _leadership: Leadership | None = None
    _leads = False

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send one job that is due, if we lead; seconds until the next tick."""
        try:
            if not self._take_the_lead():
                return PAUSE_SECONDS
            delay = float(super().tick(*args, **kwargs))
            if delay > 0:
                self._leading().note(datetime.now(UTC))
        except (RedisError, OSError) as error:
            logger.warning("the queue does not answer, nothing is sent: %s", error)
            self._leads = False
            return PAUSE_SECONDS
        return min(delay, PAUSE_SECONDS)

    def close(self) -> None:
        if self._leads:
            try:
                self._leading().give_up()
            except (RedisError, OSError) as error:
                logger.warning("the queue does not answer, the lead ends by itself: %s", error)
        super().close()

    def _leading(self) -> Leadership:
        if self._leadership is None:
            self._leadership = Leadership(self.app.connection_for_write().default_channel.client)
        return self._leadership

    def _take_the_lead(self) -> bool:
        led, self._leads = self._leads, self._leading().hold()
        if self._leads and not led:
            self._go_on_from(self._leading().last_noted())
            logger.info("beat leads")
        return self._leads

    def _go_on_from(self, noted: datetime | None) -> None:
        """What another leader has sent is not due again; what fell due since then is."""
        if noted is None:
            return
        for entry in self.schedule.values():
            entry.last_run_at = max(entry.last_run_at, noted)
        self._heap = None
