"""Two operators start the same command at the same moment: what is done is done once, and nobody meets half of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.copies.errors import ExportUnderWay
from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.copies.models import ShopExport
from platform_core.fleet.copies.sandbox import ask_for_sandbox, end_sandbox, sandbox_of
from platform_core.fleet.drop import drop_shop, keep_shop
from platform_core.fleet.erasures.erase import erase_shop
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.fleet.migrate.models import MigrationRun
from platform_core.fleet.migrate.run import migrate_shops, resume_run
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.kept import drop_kept
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.restores.restore import restore_shop, undo_restore
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.spares import refill_spares
from platform_core.tenancy import directory
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tests.platform_core.fleet.backups.conftest import MakeFullShop, backups, make_full_shop
from tests.platform_core.fleet.conftest import Ask, Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, Release, order, release
from tests.platform_core.fleet.twice import twice

__all__ = ["backups", "make_full_shop", "release"]

pytestmark = pytest.mark.slow


def test_backups_are_taken_one_after_the_other(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    assert twice(lambda: back_up_shop(shop.id)) == ["done", "done"]
    assert list(Backup.objects.values_list("state", flat=True)) == ["complete", "complete"]
    backup = Backup.objects.first()
    assert backup is not None
    assert twice(lambda: verify_backup(Backup.objects.get(pk=backup.pk))) == ["done", "done"]
    assert reconcile().findings == []


def test_a_shop_is_restored_once_and_goes_back_once(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    assert twice(lambda: restore_shop(shop.id, backup)) == ["RestoreRefused", "done"]
    assert (Restore.objects.get().state, directory.by_slug("acme").epoch) == ("succeeded", 2)
    assert twice(lambda: undo_restore(shop.id)) == ["RestoreRefused", "done"]
    now = directory.by_slug("acme")
    assert (now.epoch, now.database_name, now.availability) == (3, shop.database_name, "open")
    [kept] = KeptDatabase.objects.all()
    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    assert twice(lambda: drop_kept(kept.name)).count("done") >= 1
    assert fleet.names() == {"acme"}
    assert reconcile().findings == []


def test_a_shop_is_dropped_once_and_kept_once(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    assert twice(lambda: cancel_tenant(shop.id, reason="closed")) == ["StandingRefused", "done"]
    assert twice(lambda: drop_shop(shop.id, reason="closed")) == ["done", "done"]
    assert KeptDatabase.objects.count() == 1
    assert Backup.objects.get().reason == "final"
    assert twice(lambda: keep_shop(shop.id, reason="not yet")) == ["StandingRefused", "done"]
    assert not KeptDatabase.objects.exists()
    assert fleet.names() == {"acme"}
    assert reconcile().findings == []


def test_a_shop_is_erased_once_with_one_certificate(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    back_up_shop(shop.id)
    cancel_tenant(shop.id, reason="closed")
    assert twice(lambda: erase_shop(shop.id, reason="asked for")) == ["done", "done"]
    assert ErasureCertificate.objects.count() == 1
    assert fleet.names() == set()


def test_a_shop_is_exported_once(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    assert twice(lambda: ask_for_export(shop.id)) == [ExportUnderWay.__name__, "done"]
    export = ShopExport.objects.get()
    assert twice(lambda: run_export(export.pk)) == ["done", "done"]
    assert ShopExport.objects.get().state == "ready"
    assert len([path for path in backups.rglob("*") if path.is_file()]) == 1


def test_a_shop_gets_one_sandbox_and_it_ends_once(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    # The same request of both is one; should they have chosen different addresses, one is refused.
    assert twice(lambda: ask_for_sandbox(shop.id, anonymise=True))[1] == "done"
    assert Tenant.objects.filter(sandbox_of=shop.id).count() == 1
    copy = sandbox_of(shop.id)
    assert copy is not None
    run = copy.provisioning_runs.get()
    assert twice(lambda: run_provisioning(run.pk)) == ["done", "done"]
    assert directory.by_slug("acme-sandbox").status == "active"
    assert twice(lambda: end_sandbox(copy.pk, reason="done with")) == ["done", "done"]
    assert KeptDatabase.objects.count() == 1
    assert reconcile().findings == []


def test_a_shop_is_made_once_and_spares_do_not_overshoot(fleet: Fleet, ask: Ask) -> None:
    assert twice(lambda: refill_spares("primary", wanted=2)) == ["done", "done"]
    run_id = request_shop(ask("acme")).run_id
    assert twice(lambda: run_provisioning(run_id)) == ["done", "done"]
    assert Tenant.objects.get().status == "active"
    assert len(fleet.names()) == 2  # the shop, and the spare that it did not take
    assert twice(lambda: reconcile(fix=True)) == ["done", "done"]
    assert reconcile().findings == []


def test_shops_are_migrated_by_one_of_them(fleet: Fleet, release: Release) -> None:
    for slug in ("acme", "brick"):
        fleet.databases.make_shop(slug)
    release(COLUMN)
    outcomes = twice(lambda: migrate_shops(order()))
    assert set(outcomes) <= {"done", "MigrationBusy"}
    assert "done" in outcomes
    assert set(MigrationRun.objects.values_list("state", flat=True)) == {"succeeded"}
    twice(lambda: resume_run("last"))
    for slug in ("acme", "brick"):
        assert fleet.execute(slug, "SELECT count(*) FROM schema_versions WHERE version = '9001'") == [(1,)]
