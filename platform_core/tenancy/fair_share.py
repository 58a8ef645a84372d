"""However much work one shop queues, another shop's waits behind a few of its messages at most.

A shop has `SHOP_TASKS_AT_ONCE` messages in a queue, or being worked on (half of it where work is long). What it sends
beyond that stands in a list of its own, which no worker reads, and moves into the queue one by one as its messages are
done. So a shop that imports ten thousand files keeps one worker busy, and its list, not the queue, is long.

All of it lives in the broker beside the messages, and moves there in one step: no message is lost between two places.
A place that was taken by a message that never ended is free again after `LEASE_SECONDS`; `let_in_all` moves what nobody
moved.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from kombu.entity import Exchange
from kombu.entity import Queue as BrokerQueue
from redis import Redis

from smartseller.queues import Queue

# Longer than the broker keeps a message from other workers: until then its worker may be at it.
LEASE_SECONDS = 2 * 3600

# KEYS: places, waiting list, rooms. ARGV: now, until, most, message id, room.
TAKE_PLACE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZSCORE', KEYS[1], ARGV[4])
   or (redis.call('LLEN', KEYS[2]) == 0 and redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3])) then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
  redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[2] - ARGV[1]))
  return 1
end
redis.call('SADD', KEYS[3], ARGV[5])
return 0
"""
# KEYS: places, waiting list, rooms, queue. ARGV: now, until, most, id of the message that is done or '', room, queue.
# A message that comes back to the broker unfinished has to come back to the queue: its address is changed as it moves.
LET_IN = """
if ARGV[4] ~= '' then redis.call('ZREM', KEYS[1], ARGV[4]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local moved = 0
while redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) do
  local message = redis.call('RPOP', KEYS[2])
  if not message then break end
  local from, to = string.find(message, ARGV[5], 1, true)
  if from then message = string.sub(message, 1, from - 1) .. ARGV[6] .. string.sub(message, to + 1) end
  redis.call('ZADD', KEYS[1], ARGV[2], cjson.decode(message)['headers']['id'])
  redis.call('LPUSH', KEYS[4], message)
  moved = moved + 1
end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[2] - ARGV[1])) end
redis.call(redis.call('LLEN', KEYS[2]) > 0 and 'SADD' or 'SREM', KEYS[3], ARGV[5])
return moved
"""


def take_place(queue: str, tenant_id: UUID, message_id: str) -> bool:
    """Whether the message may enter `queue` now; it then holds one of its shop's places. Errors: RedisError."""
    room = _room(queue, tenant_id)
    with _broker() as client:
        return bool(
            _script(TAKE_PLACE)(
                keys=[_places(room), room, _rooms()],
                args=[*_from_to(), places_in(queue), message_id, room],
                client=client,
            )
        )


def waiting_room(queue: str, tenant_id: UUID) -> BrokerQueue:
    """Where a shop's message waits for a place in `queue`. It is declared nowhere: no worker takes from it."""
    room = _room(queue, tenant_id)
    return BrokerQueue(room, Exchange("", type="direct"), routing_key=room)  # type: ignore[no-untyped-call]


def let_in(queue: str, tenant_id: UUID, *, done: str = "") -> int:
    """Give the place of the message `done` back and move those in that wait longest; how many. Errors: RedisError."""
    return _let_in(_room(queue, tenant_id), queue, done)


def let_in_all() -> int:
    """Move in whatever waits beside a free place, over all shops; how many. For places that nobody gave back.
    Errors: RedisError.
    """
    return sum(_let_in(room, _queue_of(room), "") for room in _rooms_in_use())


def waiting() -> dict[str, int]:
    """How many messages wait for a place, by queue. Errors: RedisError."""
    found: dict[str, int] = {}
    rooms = _rooms_in_use()
    with _broker() as client:
        for room in rooms:
            found[_queue_of(room)] = found.get(_queue_of(room), 0) + int(client.llen(room))
    return found


def places_in(queue: str) -> int:
    """How many messages of one shop may be in `queue` or worked on."""
    most = int(settings.SHOP_TASKS_AT_ONCE)
    return max(1, most // 2) if queue == Queue.FILES else most


def _rooms_in_use() -> list[str]:
    with _broker() as client:
        return sorted(os.fsdecode(room) for room in client.smembers(_rooms()))


def _queue_of(room: str) -> str:
    return room.split(":")[-2]


def _let_in(room: str, queue: str, done: str) -> int:
    with _broker() as client:
        return int(
            _script(LET_IN)(
                keys=[_places(room), room, _rooms(), queue],
                args=[*_from_to(), places_in(queue), done, room, queue],
                client=client,
            )
        )


def _from_to() -> tuple[float, float]:
    now = time.time()
    return now, now + LEASE_SECONDS


def _room(queue: str, tenant_id: UUID) -> str:
    return f"{settings.DATABASE_PREFIX}waiting:{queue}:{tenant_id.hex}"


def _places(room: str) -> str:
    return f"{room}:places"


def _rooms() -> str:
    return f"{settings.DATABASE_PREFIX}waiting"


@cache
def _script(text: str) -> Callable[..., Any]:
    return Redis().register_script(text)


@contextmanager
def _broker() -> Iterator[Redis]:
    with current_app.producer_pool.acquire(block=True) as producer:
        yield producer.connection.default_channel.client


@shared_task(name="tenancy.let_in")  # type: ignore[untyped-decorator]
def let_in_task() -> None:
    let_in_all()
