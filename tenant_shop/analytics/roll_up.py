"""Rolling up the figures of days."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import redis
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import minor_units
from tenant_shop.analytics.counters import KEPT_FOR, counted
from tenant_shop.analytics.models import RollupState
from tenant_shop.analytics.statements import FIRST_DAY, MARK, ROLL_UP, TOUCHED
from tenant_shop.configuration.settings import ShopSettings, shop_settings

# The name of the turn, among the advisory locks of the shop's own database.
TURN = "roll up"
# Figures need not be on the disk before the next are made: what marks them as done waits for it, and for all before it.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)), set_config('synchronous_commit', 'off', true)"
# Days of one transaction: years of history are rolled up and kept bit by bit.
DAYS_AT_ONCE = 31
# What was written in a transaction that began before the last round may have been committed after it.
LONGEST_TRANSACTION = timedelta(hours=24)

logger = logging.getLogger(__name__)
Span = tuple[date, date]
Progress = Callable[[int], None]


def _nobody(done: object) -> None:
    """Hears nothing."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """Which days were brought up to date, and by which settings: spans from a first to a last day, in order."""

    settings: ShopSettings
    spans: tuple[Span, ...]

    @property
    def days(self) -> int:
        return sum((last - first).days + 1 for first, last in self.spans)


Keep = Callable[[Rolled], None]


def roll_up(first: date, last: date, *, tell: Progress = _nobody) -> Rolled:
    """Bring the figures of every day from `first` to `last` up to date. Safe at any time, and again.

    Days are those of the shop's time zone, amounts in its currency. Rounding: sums are exact; the average value of an
    order is rounded half up to the minor unit. `tell` hears how many days are done. A month is committed at a time.
    """
    return _roll_up_days(shop_settings(), [(first, last)], tell)


def roll_up_changes(now: datetime, *, tell: Progress = _nobody, keep: Keep = _nobody) -> Rolled:
    """Bring up to date what was written since the last time can have changed, and yesterday and today.

    All of them the first time, and when the shop has another time zone or currency since. After a kill the same call
    goes on: what was not marked as done is done again. `keep` is called before it is marked.
    """
    settings = shop_settings()
    state = RollupState.objects.first()
    if state is None or not _is_of(state, settings):
        return _roll_up_all(settings, now, tell, keep)
    today = now.astimezone(settings.zone).date()
    days = {*_touched_days(settings, state.rolled_up_at), today - timedelta(days=1), today}
    rolled = _roll_up_days(settings, _spans(sorted(days)), tell)
    keep(rolled)
    _mark(settings, now)
    return rolled


def roll_up_today(now: datetime, *, tell: Progress = _nobody, keep: Keep = _nobody) -> Rolled:
    """Bring today up to date, at the same cost however many orders came before.

    All days when none were, and when the shop has another time zone or currency since. `keep` as of `roll_up_changes`.
    """
    settings = shop_settings()
    state = RollupState.objects.first()
    if state is None or not _is_of(state, settings):
        return _roll_up_all(settings, now, tell, keep)
    today = now.astimezone(settings.zone).date()
    rolled = _roll_up_days(settings, [(today, today)], tell)
    keep(rolled)
    return rolled


def _roll_up_all(settings: ShopSettings, now: datetime, tell: Progress, keep: Keep) -> Rolled:
    today = now.astimezone(settings.zone).date()
    first = _first_day(settings)
    rolled = _roll_up_days(settings, [(min(first, today) if first else today, today)], tell)
    keep(rolled)
    _mark(settings, now)
    return rolled


def _is_of(state: RollupState, settings: ShopSettings) -> bool:
    return (state.timezone, state.currency) == (settings.timezone, settings.currency)


def _mark(settings: ShopSettings, now: datetime) -> None:
    with shop_connection().cursor() as cursor:
        cursor.execute(MARK, [settings.timezone, settings.currency, now - LONGEST_TRANSACTION])


def _roll_up_days(settings: ShopSettings, spans: Iterable[Span], tell: Progress) -> Rolled:
    rolled = Rolled(settings, tuple(spans))
    seen = _seen(rolled)
    done = 0
    for first, last in _months(rolled.spans):
        parameters: dict[str, Any] = {
            "first": first, "last": last, "zone": settings.timezone, "currency": settings.currency,
            "digits": minor_units(settings.currency), **seen,
        }  # fmt: skip
        with shop_transaction(), shop_connection().cursor() as cursor:
            cursor.execute(TAKE_TURN, [TURN])
            for statement in ROLL_UP:
                cursor.execute(statement, parameters)
        done += (last - first).days + 1
        tell(done)
    return rolled


def _seen(rolled: Rolled) -> dict[str, list[Any]]:
    """Page views and visitors of the days, as far as they are still counted; the ones before are in the figures."""
    today = timezone.now().astimezone(rolled.settings.zone).date()
    days = [today - timedelta(days=number) for number in range(KEPT_FOR.days)]
    wanted = [day for day in days if any(first <= day <= last for first, last in rolled.spans)]
    try:
        found = counted(wanted) if wanted else {}
    except redis.RedisError as error:
        logger.warning("visitors are not known while Redis is down, what was known of them stands: %s", error)
        found = {}
    return {
        "counted": list(found),
        "views": [day.views for day in found.values()],
        "visitors": [day.visitors for day in found.values()],
    }


def _first_day(settings: ShopSettings) -> date | None:
    with shop_connection().cursor() as cursor:
        cursor.execute(FIRST_DAY, {"zone": settings.timezone})
        found: date | None = cursor.fetchone()[0]
    return found


def _touched_days(settings: ShopSettings, since: datetime) -> list[date]:
    with shop_connection().cursor() as cursor:
        cursor.execute(TOUCHED, {"zone": settings.timezone, "since": since})
        return [day for (day,) in cursor.fetchall()]


def _spans(days: Iterable[date]) -> Iterator[Span]:
    """Days in order as spans of days that follow each other."""
    first = last = None
    for day in days:
        if last is not None and day == last + timedelta(days=1):
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last


def _months(spans: Iterable[Span]) -> Iterator[Span]:
    for first, last in spans:
        while first <= last:
            until = min(last, first + timedelta(days=DAYS_AT_ONCE - 1))
            yield first, until
            first = until + timedelta(days=1)
