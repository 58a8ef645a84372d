"""Archives of shops: whole, signed links that expire, one at a time, and none that a kill left half-made."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import signal
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from platform_core.accounts.grant_access import grant_access
from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.fleet.backups.errors import DumpFailed
from platform_core.fleet.copies.archive import ArchiveManifest
from platform_core.fleet.copies.errors import ExportGone, ExportUnderWay
from platform_core.fleet.copies.export import (
    ask_for_export,
    downloadable,
    export_upkeep,
    link_token,
    read_token,
    run_export,
)
from platform_core.fleet.copies.models import ShopExport
from platform_core.fleet.databases import drop_database_in_use
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.servers import owner_connection
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant
from tests.people import log_in, make_user
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.children import die_instead, in_child
from tests.platform_core.fleet.conftest import Fleet

COPIES = "platform_core.fleet.copies"


def stored(backups: Path) -> list[str]:
    return sorted(str(path.relative_to(backups)) for path in backups.rglob("*") if path.is_file())


def actions() -> list[str]:
    with platform_scope():
        return list(AuditLog.objects.order_by("created_at").values_list("action", flat=True))


def test_an_archive_holds_every_row_and_file_and_says_so(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")

    export = run_export(ask_for_export(shop.id).pk)

    path = backups / export.location
    assert export.state == "ready"
    assert (export.size, export.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert export.expires_at is not None
    assert timedelta(days=6) < export.expires_at - timezone.now() <= timedelta(days=7)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        manifest = ArchiveManifest.read(archive.read("manifest.json"))
        assert archive.namelist()[-1] == "manifest.json"
        assert sorted(archive.namelist()) == sorted([*manifest.files, "manifest.json"])
        for name, file in manifest.files.items():
            content = archive.read(name)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
        customers = list(csv.DictReader(io.StringIO(archive.read("rows/customers.csv").decode())))
        assert archive.read("files/pictures/one.jpg") == b"picture of acme"
        assert archive.read("database.dump").startswith(b"PGDMP")
    assert [(row["email"], row["first_name"], row["phone"]) for row in customers] == [
        (f"c{number}@acme.example", "Ünal", "") for number in range(3)
    ]
    assert manifest.tables["customers"].rows == 3
    assert (manifest.shop.id, manifest.shop.slug, manifest.schema_version) == (
        shop.id, "acme", shop_hooks.schema_version,
    )  # fmt: skip
    assert not {"tenant_sentinel", "django_session", "django_migrations"} & manifest.tables.keys()
    assert stored(backups) == [export.location]
    assert actions() == ["export_tenant", "finish_export"]


def test_a_link_downloads_until_it_expires_and_no_other_does(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme", customers=1)
    export = run_export(ask_for_export(shop.id).pk)
    token = link_token(export)
    platform = Client(headers={"host": "localhost"})

    answer = platform.get(f"/exports/{token}/")

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer.status_code, hashlib.sha256(content).hexdigest()) == (200, export.sha256)
    assert answer["Content-Disposition"] == f'attachment; filename="acme-{export.started_at:%Y-%m-%d}.zip"'
    assert "no-store" in answer["Cache-Control"]
    with platform_scope():
        entry = AuditLog.objects.get(action="download_export")
    assert (entry.metadata["export"], entry.ip_address) == (str(export.pk), "127.0.0.1")
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), "nothing", str(export.pk)):
        assert platform.get(f"/exports/{forged}/").status_code == 404
    assert platform.post(f"/exports/{token}/").status_code == 405
    assert Client(headers={"host": "acme.localhost"}).get(f"/exports/{token}/").status_code == 404

    ShopExport.objects.update(expires_at=timezone.now())
    assert platform.get(f"/exports/{token}/").status_code == 404
    assert export_upkeep() == 1
    assert stored(backups) == []
    assert ShopExport.objects.get().state == "gone"
    assert export_upkeep() == 0


def test_another_shop_has_no_part_in_it(make_full_shop: MakeFullShop) -> None:
    acme, globex = make_full_shop("acme", customers=0), make_full_shop("globex", customers=0)
    export = run_export(ask_for_export(acme.id).pk)
    assert downloadable(export.pk, acme.id) == export
    with pytest.raises(ExportGone):
        downloadable(export.pk, globex.id)
    assert read_token(link_token(export)) == export


def test_one_at_a_time_and_none_of_a_shop_in_preparation_or_about_to_be_dropped(make_full_shop: MakeFullShop) -> None:
    shop = make_full_shop("acme", customers=0)
    first = ask_for_export(shop.id)
    with pytest.raises(ExportUnderWay):
        ask_for_export(shop.id)
    assert list(ShopExport.objects.all()) == [first]
    pending = make_full_shop("globex", customers=0)
    type(first.tenant).objects.filter(pk=pending.id).update(status="pending_setup")
    with pytest.raises(StandingRefused):
        ask_for_export(pending.id)


@pytest.mark.slow
def test_a_cancelled_shop_can_be_exported_until_it_is_to_be_dropped(make_full_shop: MakeFullShop) -> None:
    from platform_core.fleet.drop import drop_shop

    shop = make_full_shop("acme", customers=0)
    cancel_tenant(shop.id, reason="")
    with pytest.raises(CommandError, match="No archive of acme was interrupted"):
        call_command("tenant", "export", "acme", "--resume")
    assert not ShopExport.objects.exists()
    out = io.StringIO()
    call_command("tenant", "export", "acme", "--json", stdout=out)
    told = json.loads(out.getvalue())
    link = told["link"].partition("/exports/")[2]
    assert read_token(link.rstrip("/")).pk.__str__() == told["export"]
    drop_shop(shop.id, reason="")
    with pytest.raises(StandingRefused):
        ask_for_export(shop.id)


def test_owners_take_a_closed_shop_along_from_the_platforms_page(make_full_shop: MakeFullShop, settings: Any) -> None:
    shop = make_full_shop("acme", customers=0)
    browsers = {}
    for role in (AccessRole.OWNER, AccessRole.ADMIN):
        user = make_user(f"{role}@acme.example")
        grant_access(user_id=user.pk, tenant_id=shop.id, role=role)
        browsers[role] = Client(headers={"host": "localhost"})
        log_in(browsers[role], user)
    owner, admin = browsers[AccessRole.OWNER], browsers[AccessRole.ADMIN]
    assert owner.post("/shops/acme/archive/").status_code == 404  # it is open: it has a page of its own
    cancel_tenant(shop.id, reason="closed down")

    assert "Make an archive" in owner.get("/shops/").content.decode()
    assert "kept until" not in owner.get("/shops/").content.decode()
    settings.EXPORT_WINDOW_DAYS = 30
    until = timezone.now() + timedelta(days=30)
    assert f"kept until {until:%-d %B %Y} at least" in owner.get("/shops/").content.decode()
    assert "Closed shops" not in admin.get("/shops/").content.decode()
    assert admin.post("/shops/acme/archive/").status_code == 404
    assert Client(headers={"host": "localhost"}).post("/shops/acme/archive/")["Location"].startswith("/login/")
    assert not ShopExport.objects.exists()
    for _ in range(2):
        assert owner.post("/shops/acme/archive/").status_code == 302
    export = run_export(ShopExport.objects.get().pk)
    link = f"/exports/{link_token(export)}/"
    assert link in owner.get("/shops/").content.decode()
    assert owner.get(link).status_code == 200
    TenantAccess.objects.filter(role=AccessRole.OWNER).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert link not in owner.get("/shops/").content.decode()
    with platform_scope():
        assert AuditLog.objects.get(action="download_export").user_id == export.asked_by


def test_what_was_dropped_is_not_offered_and_an_ended_sandbox_is_no_shop(
    make_full_shop: MakeFullShop, fleet: Fleet
) -> None:
    shop, sandbox = make_full_shop("acme", customers=0), make_full_shop("globex", customers=0)
    user = make_user("owner@acme.example")
    for each in (shop, sandbox):
        grant_access(user_id=user.pk, tenant_id=each.id, role=AccessRole.OWNER)
        cancel_tenant(each.id, reason="")
    Tenant.objects.filter(pk=sandbox.id).update(sandbox_of=shop.id, name="Globex sandbox")
    owner = Client(headers={"host": "localhost"})
    log_in(owner, user)
    page = owner.get("/shops/").content.decode()
    assert "Make an archive" in page
    assert "Globex sandbox" not in page
    with owner_connection(shop.server) as connection:
        drop_database_in_use(connection, shop.database_name)
    # The row that kept it goes when it does: see fleet.restores.kept.
    page = owner.get("/shops/").content.decode()
    assert ("Make an archive" in page, "Deleted" in page) == (False, True)
    assert owner.post("/shops/acme/archive/").status_code == 404
    assert not ShopExport.objects.exists()


def test_one_that_fails_leaves_no_file_and_says_why(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme", customers=0)
    asked = ask_for_export(shop.id)
    with (
        mock.patch(f"{COPIES}.write.dump_as_of", side_effect=DumpFailed("acme", "the disk is full")),
        pytest.raises(DumpFailed),
    ):
        run_export(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("failed", "DumpFailed: acme could not be backed up: the disk is full")
    assert stored(backups) == []
    assert run_export(asked.pk).state == "failed"
    assert ask_for_export(shop.id).state == "running"


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("write.read_rows", marks=pytest.mark.slow),
        pytest.param("write.dump_as_of", marks=pytest.mark.slow),
        pytest.param("write.file_names", marks=pytest.mark.slow),
        "export.put",
        pytest.param("export.timedelta", marks=pytest.mark.slow),
    ],
)
def test_a_kill_anywhere_is_taken_on_and_leaves_one_archive(
    make_full_shop: MakeFullShop, backups: Path, target: str
) -> None:
    shop = make_full_shop("acme", customers=2)
    asked = ask_for_export(shop.id)

    def work() -> None:
        with mock.patch(f"{COPIES}.{target}", side_effect=die_instead):
            run_export(asked.pk)

    assert in_child(work) == signal.SIGKILL
    asked.refresh_from_db()
    assert asked.state == "running"
    assert export_upkeep() == 0  # it is young: somebody may be at it
    ShopExport.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=3))
    assert export_upkeep() == 1
    asked.refresh_from_db()
    assert asked.state == "ready"
    assert stored(backups) == [asked.location]
    assert hashlib.sha256((backups / asked.location).read_bytes()).hexdigest() == asked.sha256
    assert reconcile().findings == []


def test_a_task_makes_it(make_full_shop: MakeFullShop) -> None:
    from platform_core.fleet.copies.export import export_task

    asked = ask_for_export(make_full_shop("acme", customers=0).id)
    export_task(str(asked.pk))
    asked.refresh_from_db()
    assert asked.state == "ready"
