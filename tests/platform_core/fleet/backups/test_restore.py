"""A shop becomes what a backup holds, and can change back; whatever is refused changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.fleet.backups.back_up import back_up_platform, back_up_shop
from platform_core.fleet.backups.errors import BackupTooNew, BackupUnusable, RestoreRefused
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.restores.restore import restore_shop, undo_restore
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.connections import owner_alias, shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tenant_shop.models import ApiKey, Customer
from tests.databases import PREFIX, owner
from tests.people import staff_browser
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.conftest import Fleet
from tests.programs import client_with, key_of
from tests.shopper import Shopper


def emails(shop: TenantInfo) -> list[str]:
    with tenant_context(shop):
        return sorted(Customer.objects.values_list("email", flat=True))


def add_customer(shop: TenantInfo, email: str) -> None:
    with tenant_context(shop):
        Customer.objects.create(email=email, first_name="L", last_name="L")


def restored_names(fleet: Fleet) -> list[str]:
    return sorted(name for name in fleet.names() if "__" in name)


def test_a_restored_shop_is_what_it_was_and_every_process_follows(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme", customers=2)
    assert Shopper("acme.localhost").get("/").status_code == 200
    backup = back_up_shop(shop.id)
    add_customer(shop, "late@acme.example")
    with tenant_context(shop):
        default_storage.delete("pictures/one.jpg")
        default_storage.save("pictures/late.jpg", ContentFile(b"late"))

    restore = restore_shop(shop.id, backup)

    now = directory.by_slug("acme")
    assert (now.epoch, now.availability, now.database_name) == (2, "open", restore.new_database)
    assert now.database_name.startswith(f"{PREFIX}acme__")
    assert emails(now) == ["c0@acme.example", "c1@acme.example"]
    with tenant_context(now), shop_connection().cursor() as cursor:
        cursor.execute("SELECT current_database(), database_name FROM tenant_sentinel")
        assert cursor.fetchone() == (now.database_name, now.database_name)
        assert default_storage.open("pictures/one.jpg").read() == b"picture of acme"
        assert default_storage.exists("pictures/late.jpg")
    assert Shopper("acme.localhost").get("/").status_code == 200
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        owner(shop.database_name)
    kept = KeptDatabase.objects.get()
    assert kept.name == shop.database_name
    assert timedelta(hours=71) < kept.kept_until - timezone.now() <= timedelta(hours=72)
    with platform_scope():
        entry = AuditLog.objects.get(action="restore_tenant")
    assert (entry.old_values, entry.new_values, entry.metadata["backup"]) == (
        {"server": "primary", "database_name": shop.database_name, "epoch": 1},
        {"server": "primary", "database_name": now.database_name, "epoch": 2},
        str(backup.pk),
    )
    assert reconcile(fix=True).findings == []
    assert back_up_shop(shop.id).epoch == 2


def test_a_key_that_was_ended_since_the_backup_opens_nothing_again(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme", customers=1)
    keys = {name: key_of(shop, "read_products", name=name) for name in ("kept", "revoked", "rolled")}
    backup = back_up_shop(shop.id)
    browser = staff_browser(shop)
    page = "/admin/settings/keys/"
    assert browser.post(f"{page}{keys['revoked'].key.pk}/revoke/").status_code == 302
    assert browser.post(f"{page}{keys['rolled'].key.pk}/roll/", {"overlap": "0"}).status_code == 200

    restore_shop(shop.id, backup)

    answers = {name: client_with(shop, made.secret).get("/api/v1/products/").status_code for name, made in keys.items()}
    assert answers == {"kept": 200, "revoked": 401, "rolled": 401}
    with tenant_context(directory.by_slug("acme")):
        assert ApiKey.objects.count() == 3  # the one that followed came after the backup


@pytest.mark.slow
def test_a_restore_is_undone_and_redone(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme", customers=1)
    backup = back_up_shop(shop.id)
    add_customer(shop, "late@acme.example")
    restore_shop(shop.id, backup)

    undo_restore(shop.id)

    now = directory.by_slug("acme")
    assert (now.epoch, now.database_name, now.availability) == (3, shop.database_name, "open")
    assert emails(now) == ["c0@acme.example", "late@acme.example"]
    assert [kept.name for kept in KeptDatabase.objects.all()] == [f"{PREFIX}{name}" for name in restored_names(fleet)]
    assert reconcile(fix=True).findings == []

    undo_restore(shop.id)

    assert emails(directory.by_slug("acme")) == ["c0@acme.example"]
    assert directory.by_slug("acme").epoch == 4
    assert reconcile(fix=True).findings == []


@pytest.mark.slow
def test_a_kept_database_goes_when_its_time_is_over_and_then_nothing_is_undone(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    restore_shop(shop.id, back_up_shop(shop.id))
    assert len(fleet.names()) == 2
    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(minutes=1))

    [finding] = reconcile(fix=True).findings

    assert (finding.kind.value, finding.database, finding.fixed) == ("kept_long_enough", shop.database_name, True)
    assert fleet.names() == set(restored_names(fleet))
    assert not KeptDatabase.objects.exists()
    with pytest.raises(RestoreRefused, match="no database from before a restore is kept"):
        undo_restore(shop.id)
    assert directory.by_slug("acme").epoch == 2


@pytest.mark.slow
def test_a_machine_whose_clock_is_wrong_drops_nothing_early_and_takes_nothing_from_one_that_works(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, other = make_full_shop("acme"), make_full_shop("bolt")
    backup = back_up_shop(shop.id)
    restore_shop(shop.id, backup)
    there = fleet.names()
    restore = Restore.objects.create(
        tenant_id=other.id, server="primary", new_database=f"{PREFIX}bolt__1f2e3d4c", old_database=other.database_name
    )
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=100))

    with owner_connection("primary") as working, only_one(working, work_of(other.id)):
        findings = reconcile(fix=True).findings

    assert [(found.kind.value, found.fixed) for found in findings] == [("stuck_restore", False)]
    assert fleet.names() == there
    restore.refresh_from_db()
    assert restore.state == "running"
    monkeypatch.undo()
    assert undo_restore(shop.id).state == "succeeded"


def test_a_shops_database_is_never_dropped_whatever_a_row_says(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    KeptDatabase.objects.create(
        tenant_id=shop.id, server="primary", name=shop.database_name, kept_until=timezone.now() - timedelta(days=1)
    )
    [finding] = reconcile(fix=True).findings
    assert finding.fixed is False
    assert len(emails(shop)) == 3


def check_unchanged(fleet: Fleet, shop: TenantInfo) -> None:
    now = directory.read_now(shop.id)
    assert now == shop
    assert len(emails(now)) == 3
    assert fleet.names() == {"acme", "bean"}
    assert not KeptDatabase.objects.exists()
    assert not Restore.objects.filter(state="running").exists()
    assert reconcile(fix=True).findings == []


@pytest.mark.slow
def test_what_cannot_be_used_is_refused_and_nothing_moves(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, other = make_full_shop("acme"), make_full_shop("bean")
    mine, another, platform = back_up_shop(shop.id), back_up_shop(other.id), back_up_platform()

    with pytest.raises(BackupUnusable, match="it is of bean, not of acme"):
        restore_shop(shop.id, another)
    check_unchanged(fleet, shop)
    with pytest.raises(BackupUnusable, match="it is of the platform, not of acme"):
        restore_shop(shop.id, platform)
    check_unchanged(fleet, shop)

    # The files of another shop in the place of this one's.
    exchanged = back_up_shop(shop.id)
    for name in ("manifest.json", "database.dump", "media.json"):
        (backups / exchanged.location / name).write_bytes((backups / another.location / name).read_bytes())
    with pytest.raises(BackupUnusable, match="the manifest in its place is of bean"):
        restore_shop(shop.id, exchanged)
    check_unchanged(fleet, shop)

    # Its own manifest, but for the dump: of another shop, with a digest that fits.
    text = json.loads((backups / another.location / "manifest.json").read_text())
    forged = {**text, "id": str(exchanged.pk), "tenant_id": str(shop.id)}
    (backups / exchanged.location / "manifest.json").write_text(json.dumps(forged))
    with pytest.raises(BackupUnusable, match=f"the database in it is of the shop {other.id}"):
        restore_shop(shop.id, exchanged)
    check_unchanged(fleet, shop)

    dump = backups / mine.location / "database.dump"
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1000])
    with pytest.raises(BackupUnusable, match="its dump has"):
        restore_shop(shop.id, mine)
    check_unchanged(fleet, shop)
    dump.write_bytes(whole[:-1000] + b"\0" * 1000)
    with pytest.raises(BackupUnusable, match="its dump is not the one that was stored"):
        restore_shop(shop.id, mine)
    check_unchanged(fleet, shop)
    dump.write_bytes(whole)

    monkeypatch.setattr(shop_hooks, "schema_version", "0001_initial")
    with pytest.raises(BackupTooNew):
        restore_shop(shop.id, mine)
    monkeypatch.undo()
    Backup.objects.filter(pk=mine.pk).update(state="failed")
    mine.refresh_from_db()
    with pytest.raises(BackupUnusable, match="it is failed"):
        restore_shop(shop.id, mine)
    cancel_tenant(shop.id, reason="")
    with pytest.raises(RestoreRefused, match="it is cancelled"):
        restore_shop(shop.id, back_up_shop(shop.id))
    assert fleet.names() == {"acme", "bean"}


@pytest.mark.slow
def test_a_shop_whose_database_is_gone_comes_back(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    from tests.databases import drop_database

    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    drop_database(shop.database_name)

    restore_shop(shop.id, backup)

    assert len(emails(directory.by_slug("acme"))) == 3
    assert not KeptDatabase.objects.exists()
    assert reconcile(fix=True).findings == []


@pytest.mark.slow
def test_a_shop_that_was_closed_or_suspended_stays_so(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    Tenant.objects.update(availability="maintenance", status="suspended")

    restore_shop(shop.id, backup)

    now = directory.read_now(shop.id)
    assert (now.availability, now.status, now.epoch) == ("maintenance", "suspended", 2)


@pytest.mark.slow
def test_the_command_asks_and_answers(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, capsys: Any) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    with pytest.raises(CommandError, match="say --yes where nobody can answer") as unsaid:
        call_command("restore", "--tenant", "acme", "--latest")
    assert unsaid.value.returncode == 2
    assert directory.read_now(shop.id) == shop

    call_command("restore", "--tenant", "acme", "--backup", str(backup.pk), "--yes", "--json")

    answer = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["epoch"], answer["kept_database"]) == ("succeeded", 2, shop.database_name)
    call_command("restore", "--tenant", "acme", "--undo", "--yes", "--json")
    assert json.loads(capsys.readouterr().out)["database_name"] == shop.database_name


@pytest.mark.slow
def test_a_backup_of_an_earlier_release_is_brought_to_this_ones_schema(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme", customers=1)
    newest = shop.schema_version
    with owner_alias("primary", shop.database_name) as alias:
        executor = MigrationExecutor(connections[alias])
        before = sorted(name for app, name in executor.loader.graph.nodes if app == "tenant_shop")[-2]
        executor.migrate([("tenant_shop", before)])
        connections[alias].close()
    backup = back_up_shop(shop.id)
    assert backup.schema_version == before

    restore_shop(shop.id, backup)

    now = directory.by_slug("acme")
    assert now.schema_version == newest
    with tenant_context(now), shop_connection().cursor() as cursor:
        cursor.execute("SELECT max(name) FROM django_migrations WHERE app = 'tenant_shop'")
        assert cursor.fetchone() == (newest,)
    assert emails(now) == ["c0@acme.example"]
