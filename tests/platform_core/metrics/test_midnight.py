"""A shop's midnight is where its own day begins, on days of 23 and of 25 hours too."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.metrics.midnight import HOUR, next_due, next_midnight, next_refresh

# Clocks are changed in the night, at midnight forward and back, by half an hour, and never.
ZONES = [
    "Europe/Berlin", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "America/Nuuk", "America/St_Johns",
    "Pacific/Auckland", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.sampled_from(ZONES), MOMENTS)
def test_the_next_midnight_is_the_first_moment_of_the_next_day(name: str, after: datetime) -> None:
    zone = ZoneInfo(name)
    midnight = next_midnight(zone, after)
    assert midnight > after
    assert midnight.astimezone(zone).date() == after.astimezone(zone).date() + timedelta(days=1)
    # Havana's clock goes back from one to midnight: no earlier moment of that day is left out.
    before = midnight - timedelta(microseconds=1)
    assert before.astimezone(zone).date() == after.astimezone(zone).date()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Tokyo", date(2026, 3, 29), 24),
    ],
)
def test_a_day_lasts_as_long_as_its_clocks_say(zone: str, day: date, hours: float) -> None:
    noon_before = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - timedelta(hours=12)
    starts = next_midnight(ZoneInfo(zone), noon_before)
    assert next_midnight(ZoneInfo(zone), starts) - starts == timedelta(hours=hours)


@given(st.uuids(), MOMENTS)
def test_a_shop_is_refreshed_once_an_hour_at_a_moment_of_its_own(tenant_id: UUID, after: datetime) -> None:
    first = next_refresh(tenant_id, after)
    assert after < first <= after + HOUR
    assert next_refresh(tenant_id, first) == first + HOUR
    assert next_refresh(tenant_id, first - timedelta(microseconds=1)) == first


def test_shops_are_spread_over_the_hour() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    minutes = {next_refresh(UUID(int=number * 61), now).minute for number in range(600)}
    assert len(minutes) == 60


@given(st.uuids(), st.sampled_from(ZONES), MOMENTS)
def test_midnight_comes_before_any_refresh_beyond_it(tenant_id: UUID, name: str, after: datetime) -> None:
    midnight, due = next_due(tenant_id, ZoneInfo(name), after)
    assert midnight == next_midnight(ZoneInfo(name), after)
    assert due == min(midnight, next_refresh(tenant_id, after))
