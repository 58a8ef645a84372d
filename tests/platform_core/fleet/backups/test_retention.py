"""What the rules keep: the newest of days, weeks and months, and never nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.backups.retention import Rules, remove_outdated, to_be_kept
from tests.platform_core.fleet.backups.conftest import MakeFullShop

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
RULES = Rules(daily=7, weekly=5, monthly=12)


@dataclass(frozen=True)
class Taken:
    started_at: datetime
    verified_at: datetime | None = None
    reason: str = "nightly"
    pk: UUID = field(default_factory=uuid4)


def days_kept(backups: list[Taken], rules: Rules = RULES, now: datetime = NOW) -> list[str]:
    kept = to_be_kept(backups, now=now, rules=rules)
    return [f"{backup.started_at:%Y-%m-%d}" for backup in backups if backup.pk in kept]


def test_a_year_of_nights_leaves_seven_days_five_weeks_and_twelve_months() -> None:
    nights = [Taken(NOW.replace(hour=2) - timedelta(days=number)) for number in range(400)]
    assert days_kept(nights) == [
        "2026-11-26", "2026-11-25", "2026-11-24", "2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20",
        "2026-11-15", "2026-11-08", "2026-11-01", "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31",
        "2026-06-30", "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28", "2026-01-31", "2025-12-31",
    ]  # fmt: skip


def test_the_last_one_stays_however_old_and_under_any_rules() -> None:
    nothing = Rules(daily=0, weekly=0, monthly=0)
    old = [Taken(NOW - timedelta(days=900)), Taken(NOW - timedelta(days=901))]
    assert days_kept(old, nothing) == ["2024-06-09"]


def test_the_last_that_was_proven_stays_and_so_does_a_closed_shops() -> None:
    nothing = Rules(daily=0, weekly=0, monthly=0)
    backups = [
        Taken(NOW - timedelta(days=10)),
        Taken(NOW - timedelta(days=20), verified_at=NOW),
        Taken(NOW - timedelta(days=30), verified_at=NOW),
        Taken(NOW - timedelta(days=40), reason="final"),
    ]
    assert days_kept(backups, nothing) == ["2026-11-16", "2026-11-06", "2026-10-17"]


def test_every_one_of_today_and_yesterday_stays() -> None:
    backups = [Taken(NOW - timedelta(hours=hours)) for hours in (1, 2, 3, 47, 49, 50)]
    assert len(days_kept(backups, Rules(daily=1, weekly=1, monthly=1))) == 4


@given(
    st.lists(st.integers(min_value=0, max_value=2000), min_size=1, max_size=60),
    st.integers(min_value=0, max_value=9),
    st.integers(min_value=0, max_value=9),
    st.integers(min_value=0, max_value=9),
)
def test_something_is_always_kept_and_rules_only_ever_thin_out(
    hours: list[int], daily: int, weekly: int, monthly: int
) -> None:
    rules = Rules(daily=daily, weekly=weekly, monthly=monthly)
    backups = [Taken(NOW - timedelta(hours=hour)) for hour in hours]
    kept = to_be_kept(backups, now=NOW, rules=rules)
    newest = max(backups, key=lambda backup: (backup.started_at, backup.pk))
    assert newest.pk in kept
    left = [backup for backup in backups if backup.pk in kept]
    assert to_be_kept(left, now=NOW, rules=rules) == kept  # looking again removes nothing more
    old = [backup for backup in left if backup.started_at <= NOW - timedelta(hours=48)]
    assert len(old) <= daily + weekly + monthly + 1


@pytest.fixture
def only_one_day(settings: Any) -> None:
    settings.BACKUP_KEEP_DAILY, settings.BACKUP_KEEP_WEEKLY, settings.BACKUP_KEEP_MONTHLY = 1, 0, 0


def test_what_is_outdated_goes_with_the_files_that_only_it_had(
    make_full_shop: MakeFullShop, backups: Path, only_one_day: None
) -> None:
    from django.core.files.storage import default_storage

    from platform_core.tenancy.context import tenant_context

    shop = make_full_shop("acme")
    old = back_up_shop(shop.id)
    Backup.objects.filter(pk=old.pk).update(started_at=timezone.now() - timedelta(days=5))
    with tenant_context(shop):
        default_storage.delete("pictures/one.jpg")
    newest = back_up_shop(shop.id)
    media = backups / f"shops/{shop.id.hex}/media"
    assert sorted(path.stat().st_size for path in media.rglob("*") if path.is_file()) == [15, 3000]

    assert remove_outdated("primary", shop.id) == 1

    assert list(Backup.objects.values_list("pk", flat=True)) == [newest.pk]
    assert not (backups / old.location).exists()
    assert (backups / newest.location / "manifest.json").exists()
    assert [path.stat().st_size for path in media.rglob("*") if path.is_file()] == [3000]
    assert remove_outdated("primary", shop.id) == 0


@pytest.mark.slow
def test_files_stay_while_one_list_of_them_cannot_be_read(
    make_full_shop: MakeFullShop, backups: Path, only_one_day: None
) -> None:
    shop = make_full_shop("acme")
    old = back_up_shop(shop.id)
    Backup.objects.filter(pk=old.pk).update(started_at=timezone.now() - timedelta(days=5))
    newest = back_up_shop(shop.id)
    (backups / newest.location / "media.json").unlink()

    assert remove_outdated("primary", shop.id) == 1

    media = backups / f"shops/{shop.id.hex}/media"
    assert sorted(path.stat().st_size for path in media.rglob("*") if path.is_file()) == [15, 3000]
