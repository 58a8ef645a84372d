"""What every task of this installation does before and after its work: so that none is lost, and none kills for ever.

A message that was begun `MOST_STARTS` times and never ended kills its worker: it is set aside instead of begun again,
and for `REFUSED_SECONDS` nothing that is equal to it is begun. A task whose last try failed is set aside, too, unless
it comes again by itself. The counts lie in the broker, beside the messages.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from celery import Task, current_app
from celery.exceptions import Ignore
from celery.signals import task_postrun
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from platform_core.parking.park import digest_of, park, unpark

MOST_STARTS = 3
REFUSED_SECONDS = 6 * 3600
STARTS_KEPT_SECONDS = 2 * 24 * 3600
# When the database did not answer, the message stays in the broker and is looked at again after this.
PARKED_AGAIN_AFTER_SECONDS = 60
FAILED_KEPT_SECONDS = 30 * 24 * 3600
BROKER_DOWN = (RedisError, OSError, OperationalError)

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class WatchedTask(Task):  # type: ignore[misc]
    """A task that is set aside when it kills its worker, or fails for good. Its arguments are JSON."""

    abstract = True
    # A failure that says nothing about the task: it is not set aside for it.
    not_its_fault: tuple[type[BaseException], ...] = ()

    def shop_id(self) -> UUID | None:
        """The shop of the message that is worked on. None: the platform's own, or nobody knows."""
        return None

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        digest = digest_of(self.name, args, kwargs, self.shop_id())
        try:
            starts, is_refused, failed_before = _with_broker(lambda client: _begin(client, task_id, digest))
        except BROKER_DOWN:
            return
        self.request.smartseller_failed_before = failed_before
        if starts > MOST_STARTS:
            error = f"its worker died {MOST_STARTS} times before it was done"
            logger.error("%s is set aside: %s", self.name, error)
            if not self._park(args, kwargs, reason="killed", error=error):
                raise self.retry(countdown=PARKED_AGAIN_AFTER_SECONDS, max_retries=None)
            _with_broker(lambda client: client.set(refused_key(digest), 1, ex=REFUSED_SECONDS))
            raise Ignore
        if is_refused:
            logger.warning("%s is not begun: the same was set aside, and is refused for six hours", self.name)
            raise Ignore

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        if getattr(self.request, "smartseller_failed_before", False):
            digest = digest_of(self.name, args, kwargs, self.shop_id())
            try:
                unpark(digest)
                _with_broker(lambda client: client.delete(failed_key(digest)))
            except (*BROKER_DOWN, DatabaseError, InterfaceError) as error:
                logger.warning("%s succeeded and stays set aside: %s", self.name, error)

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        if self.request.is_eager or isinstance(exc, self.not_its_fault) or self._comes_again():
            return
        self._park(args, kwargs, reason="failed", error=f"{type(exc).__name__}: {exc}")

    def _comes_again(self) -> bool:
        return bool(self.request.expires) or self.name in {
            job["task"] for job in current_app.conf.beat_schedule.values()
        }

    def _park(self, args: Any, kwargs: Any, *, reason: str, error: str) -> bool:
        """Whether it is set aside; if not, the log has all that is known of it."""
        shop_id = self.shop_id()
        digest = digest_of(self.name, args, kwargs, shop_id)
        try:
            park(self.name, args, kwargs, shop_id, reason=reason, error=error)
            _with_broker(lambda client: client.set(failed_key(digest), 1, ex=FAILED_KEPT_SECONDS))
        except (*BROKER_DOWN, DatabaseError, InterfaceError):
            logger.exception("%s could not be set aside; its arguments: %s %s", self.name, args, kwargs)
            return False
        return True


def refused_key(digest: str) -> str:
    """Set while nothing that is equal to a task that kills is begun."""
    return f"{settings.DATABASE_PREFIX}refused:{digest}"


def failed_key(digest: str) -> str:
    """Set while a task is set aside: then its success is news."""
    return f"{settings.DATABASE_PREFIX}failed:{digest}"


def allow(digest: str) -> None:
    """A task may be begun again. Errors: RedisError, OSError, kombu's OperationalError."""
    _with_broker(lambda client: client.delete(refused_key(digest)))


def _starts_key(task_id: str) -> str:
    return f"{settings.DATABASE_PREFIX}starts:{task_id}"


def _begin(client: Redis, task_id: str, digest: str) -> tuple[int, bool, bool]:
    with client.pipeline(transaction=False) as steps:
        steps.incr(_starts_key(task_id))
        steps.expire(_starts_key(task_id), STARTS_KEPT_SECONDS)
        steps.exists(refused_key(digest), failed_key(digest))
        steps.exists(refused_key(digest))
        starts, _, known, refused = steps.execute()
    return int(starts), bool(refused), known > refused


def _end(task_id: str = "", task: Any = None, **_: Any) -> None:
    if task is None or task.request.is_eager:
        return
    try:
        _with_broker(lambda client: client.delete(_starts_key(task_id)))
    except BROKER_DOWN as error:
        logger.warning("the end of %s could not be noted: %s", task.name, error)


task_postrun.connect(_end, dispatch_uid="parking.end")


def _with_broker(ask: Callable[[Redis], Answer]) -> Answer:
    with current_app.producer_pool.acquire(block=True) as producer:
        return ask(producer.connection.default_channel.client)
