"""Backups are proven by turns."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.errors import BackupUnusable
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.restores.prove_next import PROVE_EVERY, longest_unproven, prove_next
from platform_core.tenancy import directory
from tests.platform_core.fleet.backups.conftest import MakeFullShop

MOMENT = timedelta(minutes=1)


@pytest.mark.slow
def test_each_shops_backup_is_proven_once_and_again_after_thirty_days(
    make_full_shop: MakeFullShop, backups: Path
) -> None:
    shops = {make_full_shop(slug).id for slug in ("acme", "brick")}
    for shop in shops:
        back_up_shop(shop)
    now = timezone.now()

    proven = [prove_next(now), prove_next(now)]

    assert {backup and backup.tenant_id for backup in proven} == shops
    assert prove_next(now) is None
    assert not Backup.objects.filter(verified_at=None).exists()
    assert longest_unproven(timezone.now()) < MOMENT
    again = prove_next(timezone.now() + PROVE_EVERY)
    assert again is not None
    assert again.tenant_id in shops


def test_a_newer_backup_is_not_due_while_an_earlier_one_was_proven_lately(
    make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    back_up_shop(shop.id)
    assert prove_next(timezone.now()) is not None
    back_up_shop(shop.id)
    assert prove_next(timezone.now()) is None


def test_one_that_is_damaged_counts_as_failed_and_is_not_proven_again(
    make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    dump = backups / backup.location / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-100])

    with pytest.raises(BackupUnusable):
        prove_next(timezone.now())

    backup.refresh_from_db()
    assert (backup.state, backup.verified_at) == ("failed", None)
    assert prove_next(timezone.now()) is None
    assert directory.by_slug("acme").status == "active"
