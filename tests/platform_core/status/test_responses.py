"""How long requests took is told by every process and kept once, and no word of it is waited for."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_redis import get_redis_connection

from platform_core.status import responses as room
from platform_core.status.models import HealthDay
from platform_core.status.responses import Responses, keep_responses
from platform_core.tenancy.quick_redis import RedisUnavailable
from tests.people import platform_browser

pytestmark = pytest.mark.usefixtures("platform")


def forget() -> None:
    redis = get_redis_connection("default")
    for key in redis.scan_iter(f"{settings.DATABASE_PREFIX}responses:*"):
        redis.delete(key)


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    forget()


def kept() -> list[tuple[int, int, float]]:
    rows = HealthDay.objects.filter(part="responses").order_by("day")
    return list(rows.values_list("looks", "looks_well", "ms_sum"))


def test_what_two_processes_told_is_kept_once_however_often_it_is_looked_at() -> None:
    now = timezone.now()
    one, other = Responses(), Responses()
    for seconds in (0.010, 0.0205):
        one.note(seconds)
    keep_responses(now)
    assert kept() == []
    one.tell()
    other.note(0.5)
    other.tell()
    one.tell()

    for _ in range(2):
        keep_responses(now)

    assert kept() == [(3, 3, 530.5)]


def test_a_day_grows_no_smaller_when_redis_forgets() -> None:
    now, process = timezone.now(), Responses()
    for number in (3, 1):
        for _ in range(number):
            process.note(0.1)
        process.tell()
        keep_responses(now)
        forget()

    assert kept() == [(3, 3, 300.0)]


def test_while_redis_is_away_it_is_said_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*command: Any) -> None:
        raise RedisUnavailable

    process = Responses()
    process.note(0.25)
    with monkeypatch.context() as patch:
        patch.setattr(room, "ask", away)
        process.tell()
        keep_responses(timezone.now())
    assert kept() == []
    process.tell()
    keep_responses(timezone.now() + timedelta(minutes=1))

    assert kept() == [(1, 1, 250.0)]


def test_pages_are_measured_and_files_are_not(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEASURE_RESPONSES = True
    noted: list[float] = []
    monkeypatch.setattr(room.responses, "note", noted.append)

    platform_browser().get("/pricing/")
    platform_browser().get("/static/images/smartseller.svg")

    assert len(noted) == 1
    assert 0 < noted[0] < 60
