"""Merchants are written to when programs make most of an hour's calls, and all of them: by day and by month, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from platform_core.mails.models import PlatformMail
from platform_core.mails.send import send_waiting
from platform_core.metrics import warn_calls
from platform_core.metrics.warn_calls import note_calls, warn_of_calls
from platform_core.tenancy.context import TenantInfo, tenant_context

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a worker was told, in the order of it."""
    levels: list[int] = []
    monkeypatch.setattr(warn_calls, "_noted", {})
    monkeypatch.setattr(warn_calls.warn_of_calls_task, "delay", levels.append)
    return levels


def test_a_worker_is_told_at_eighty_and_at_a_hundred_and_once_a_day(shop: TenantInfo, told: list[int]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for used in (1, 79, 80, 81, 99, 100, 80):
            note_calls(used, 100)
        assert told == [80, 100]
        clock.move_to(NOON + timedelta(hours=10, minutes=59))  # a minute to midnight in Berlin
        note_calls(100, 100)
        assert told == [80, 100]
        clock.move_to(NOON + timedelta(hours=11))
        note_calls(90, 100)
        note_calls(100, 100)
    assert told == [80, 100, 80, 100]


def test_shops_are_told_apart_and_no_program_waits_for_a_broker_that_is_away(
    shop: TenantInfo, told: list[int], make_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_calls(80, 100)
    with tenant_context(make_shop("bolt")):
        note_calls(80, 100)
    assert told == [80, 80]

    def away(level: int) -> None:
        raise OSError

    monkeypatch.setattr(warn_calls.warn_of_calls_task, "delay", away)
    note_calls(100, 100)


def test_most_of_them_is_a_mail_a_month_and_all_of_them_a_mail_a_day(shop: TenantInfo) -> None:
    later, april = NOON + timedelta(days=1), NOON + timedelta(days=30)
    assert [warn_of_calls(shop, 80, at) for at in (NOON, later, april)] == [True, False, True]
    assert [warn_of_calls(shop, 100, at) for at in (NOON, NOON, later)] == [True, False, True]

    send_waiting(timezone.now())
    subjects = sorted(message.subject for message in mail.outbox)
    assert (
        subjects == ["Acme has nearly used up an hour's API calls"] * 2 + ["Acme has used up an hour's API calls"] * 2
    )
    full = next(message.body for message in mail.outbox if "has used up" in message.subject)
    assert "The plan Premium includes 5,000 API calls an hour" in full
    assert "once a day at most" in full


def test_a_sandbox_is_not_written_to(shop: TenantInfo) -> None:
    assert not warn_of_calls(replace(shop, sandbox_of=shop.id), 100, NOON)
    assert not PlatformMail.objects.exists()
