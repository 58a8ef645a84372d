"""Rolling up the figures of days."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import minor_units
from tenant_shop.analytics.models import RollupState
from tenant_shop.analytics.statements import FIRST_DAY, ROLL_UP, TOUCHED
from tenant_shop.configuration.settings import ShopSettings, shop_settings

# The name of the turn, among the advisory locks of the shop's own database.
TURN = "roll up"
# Days of one transaction: years of history are rolled up and kept bit by bit.
DAYS_AT_ONCE = 31
# What was written in a transaction that began before the last round may have been committed after it.
LONGEST_TRANSACTION = timedelta(hours=24)

Progress = Callable[[int], None]


def _nobody(days: int) -> None:
    """Hears nothing."""


def roll_up(first: date, last: date, *, tell: Progress = _nobody) -> int:
    """Bring the figures of every day from `first` to `last` up to date; how many days. Safe at any time, and again.

    Days are those of the shop's time zone, amounts in its currency. Rounding: sums are exact; the average value of an
    order is rounded half up to the minor unit. `tell` hears how many days are done. A month is committed at a time.
    """
    return _roll_up_days(shop_settings(), [(first, last)], tell)


def roll_up_changes(now: datetime, *, tell: Progress = _nobody) -> int:
    """Bring up to date what was written since the last time can have changed, and yesterday and today; how many days.

    All of them the first time, and when the shop has another time zone or currency since. After a kill the same call
    goes on: what was not marked as done is done again.
    """
    settings = shop_settings()
    state = RollupState.objects.first()
    today = now.astimezone(settings.zone).date()
    if state is None or (state.timezone, state.currency) != (settings.timezone, settings.currency):
        first = _first_day(settings)
        spans = [(min(first, today) if first else today, today)]
    else:
        days = {*_touched_days(settings, state.rolled_up_at), today - timedelta(days=1), today}
        spans = list(_spans(sorted(days)))
    done = _roll_up_days(settings, spans, tell)
    RollupState.objects.update_or_create(
        pk=1,
        defaults={
            "timezone": settings.timezone,
            "currency": settings.currency,
            "rolled_up_at": now - LONGEST_TRANSACTION,
        },
    )
    return done


def _roll_up_days(settings: ShopSettings, spans: Iterable[tuple[date, date]], tell: Progress) -> int:
    done = 0
    for first, last in _months(spans):
        parameters: dict[str, date | str | int] = {
            "first": first, "last": last, "zone": settings.timezone, "digits": minor_units(settings.currency),
        }  # fmt: skip
        with shop_transaction(), shop_connection().cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TURN])
            for statement in ROLL_UP:
                cursor.execute(statement, parameters)
        done += (last - first).days + 1
        tell(done)
    return done


def _first_day(settings: ShopSettings) -> date | None:
    with shop_connection().cursor() as cursor:
        cursor.execute(FIRST_DAY, {"zone": settings.timezone})
        found: date | None = cursor.fetchone()[0]
    return found


def _touched_days(settings: ShopSettings, since: datetime) -> list[date]:
    with shop_connection().cursor() as cursor:
        cursor.execute(TOUCHED, {"zone": settings.timezone, "since": since})
        return [day for (day,) in cursor.fetchall()]


def _spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
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


def _months(spans: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    for first, last in spans:
        while first <= last:
            until = min(last, first + timedelta(days=DAYS_AT_ONCE - 1))
            yield first, until
            first = until + timedelta(days=1)
