"""Moments behind the counter: one short form, in the active time zone, with the whole moment beside it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from smartseller.moments import day, moment

LATE = datetime(2026, 10, 24, 22, 30, 5, tzinfo=UTC)


def test_a_moment_is_written_in_the_active_time_zone_and_says_the_rest_in_its_title() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        written = moment(LATE)

    assert written == (
        '<time class="whitespace-nowrap" datetime="2026-10-25T00:30:05+02:00" '
        'title="Sunday, 25 October 2026, 00:30:05, Europe/Berlin (UTC+02:00)">25 Oct 2026, 00:30</time>'
    )


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        titles = [moment(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1)]

    assert ["02:30:00, Europe/Berlin (UTC+02:00)" in titles[0], "02:30:00, Europe/Berlin (UTC+01:00)" in titles[1]] == [
        True,
        True,
    ]


def test_a_day_is_that_of_the_active_time_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Kathmandu")):
        assert day(LATE).endswith('(UTC+05:45)">25 Oct 2026</time>')
        assert day(date(2026, 1, 2)) == '<time class="whitespace-nowrap" datetime="2026-01-02">2 Jan 2026</time>'
