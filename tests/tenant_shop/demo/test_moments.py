"""The rhythm of the made-up orders."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tenant_shop.demo.history.moments import HISTORY_DAYS, history_start, id_at, order_moments
from tenant_shop.demo.shops import Trade

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
TRADE = Trade(orders_a_day=[20, 60], weekdays=[0.5, 1, 1, 1, 1, 1, 2], guests=0, cash_on_delivery=0)


def moments() -> list[datetime]:
    return list(order_moments(TRADE, now=NOW, zone=BERLIN, random=Random(1)))


def test_orders_come_in_order_from_ninety_days_ago_until_now() -> None:
    found = moments()

    assert found == sorted(found)
    # Midnight in winter, although it is summer time now.
    assert history_start(NOW, BERLIN) == datetime(2025, 12, 30, 23, tzinfo=UTC)
    assert history_start(NOW, BERLIN) <= found[0]
    assert found[-1] < NOW
    assert {(moment.astimezone(BERLIN).date() - found[0].astimezone(BERLIN).date()).days for moment in found} == set(
        range(HISTORY_DAYS + 1)
    )


def test_trade_grows_and_follows_the_week_and_the_day() -> None:
    found = [moment.astimezone(BERLIN) for moment in moments()]
    middle = history_start(NOW, BERLIN) + timedelta(days=HISTORY_DAYS / 2)
    weekdays = Counter(moment.weekday() for moment in found)
    evening, night = (sum(moment.hour in hours for moment in found) for hours in (range(18, 22), range(1, 5)))

    assert sum(moment > middle for moment in found) > 1.3 * sum(moment <= middle for moment in found)
    assert weekdays[6] > 2 * weekdays[0]
    assert evening > 10 * night


def test_the_same_seed_gives_the_same_moments() -> None:
    assert moments() == moments()


def test_ids_sort_by_the_moment_they_stand_for() -> None:
    earlier, later = id_at(NOW - timedelta(milliseconds=1)), id_at(NOW)

    assert earlier < later
    assert (later.version, later.variant) == (7, "specified in RFC 4122")
    assert later.int >> 80 == int(NOW.timestamp() * 1000)
