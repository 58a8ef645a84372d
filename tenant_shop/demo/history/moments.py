"""When things happened: the rhythm of a shop's orders, and ids that tell the same time."""

import math
import secrets
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from tenant_shop.demo.shops import Trade

HISTORY_DAYS = 90
# Weights of the hours from midnight on: quiet nights, a lunch break, long evenings.
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 14, 17, 14, 12, 12, 13, 15, 18, 23, 27, 25, 17, 8)


def history_start(now: datetime, zone: ZoneInfo) -> datetime:
    """The midnight in the shop's zone at which the history of orders begins."""
    return datetime.combine(now.astimezone(zone).date() - timedelta(days=HISTORY_DAYS), time(), zone)


def order_moments(trade: Trade, *, now: datetime, zone: ZoneInfo, random: Random) -> Iterator[datetime]:
    """When orders were placed, oldest first, up to `now`: growing from day to day, with the rhythm of the week."""
    first, last = trade.orders_a_day
    start = history_start(now, zone)
    for day in range(HISTORY_DAYS + 1):
        date = start.date() + timedelta(days=day)
        growth = first + (last - first) * (day / HISTORY_DAYS) ** 1.2
        expected = growth * trade.weekdays[date.weekday()] * random.uniform(0.8, 1.2)
        placed = sorted(
            _moment(datetime.combine(date, time(), zone), random) for _ in range(_poisson(expected, random))
        )
        yield from (moment for moment in placed if moment < now)


def id_at(moment: datetime) -> UUID:
    """An identifier that sorts among those made at `moment`. Source: RFC 9562, section 5.7."""
    milliseconds = int(moment.timestamp() * 1000)
    chance = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & (1 << 62) - 1)


def _moment(midnight: datetime, random: Random) -> datetime:
    hour = random.choices(range(24), HOURS)[0]
    return midnight + timedelta(hours=hour, seconds=random.randrange(3600), milliseconds=random.randrange(1000))


def _poisson(expected: float, random: Random) -> int:
    """How often something happens that happens `expected` times on average. Source: Knuth, TAOCP 2, section 3.4.1."""
    count, product, limit = 0, random.random(), math.exp(-expected)
    while product > limit:
        count += 1
        product *= random.random()
    return count
