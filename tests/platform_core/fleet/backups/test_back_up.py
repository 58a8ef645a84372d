"""A backup is whole, or it is none; who reads the ledger reads what is in the storage."""

from __future__ import annotations

import errno
import hashlib
import json
import secrets
import signal
import stat
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone

from platform_core.accounts.models import PlatformRole
from platform_core.audit.record import record
from platform_core.fleet.backups import programs, store
from platform_core.fleet.backups.ask import ask_for_backup
from platform_core.fleet.backups.back_up import back_up_platform, back_up_shop, turn_of
from platform_core.fleet.backups.errors import ClientProgramMissing, DumpFailed
from platform_core.fleet.backups.manifest import read_manifest
from platform_core.fleet.backups.media import media_of
from platform_core.fleet.backups.models import Backup, BackupTurn
from platform_core.fleet.backups.nightly import back_up_due
from platform_core.fleet.backups.turns import finish, longest_without_backup, next_due, overdue, take_due
from platform_core.fleet.errors import FleetBusy
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.models import Page
from tests.people import make_user
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.children import die, in_child


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_backup_of_a_shop_is_what_its_manifest_says(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme", customers=3)

    backup = back_up_shop(shop.id)

    folder = backups / backup.location
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "database.dump", "media.json"}
    dump = (folder / "database.dump").read_bytes()
    assert dump[:5] == b"PGDMP"
    manifest = read_manifest(backup.location)
    assert manifest.dump.size == len(dump)
    assert manifest.dump.sha256 == hashlib.sha256(dump).hexdigest() == backup.dump_sha256
    assert (manifest.tenant_id, manifest.slug, manifest.epoch) == (shop.id, "acme", 1)
    assert manifest.schema_version == shop.schema_version == backup.schema_version
    assert manifest.tables["public.customers"].rows == 3
    assert manifest.row_count == backup.row_count > 3
    assert [(file.name, file.size) for file in media_of(backup.location, manifest)] == [
        ("pictures/one.jpg", 15),
        ("pictures/more/two.jpg", 3000),
    ]
    assert (backup.state, backup.media_files, backup.media_bytes) == ("complete", 2, 3015)
    assert stat.S_IMODE((folder / "database.dump").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.slow
def test_a_file_of_a_shop_is_stored_once_for_all_backups(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop()
    first = back_up_shop(shop.id)
    stored = files_in(backups / f"shops/{shop.id.hex}/media")
    assert len(stored) == 2

    with mock.patch("platform_core.fleet.backups.media._store", side_effect=AssertionError("read again")):
        second = back_up_shop(shop.id)

    assert files_in(backups / f"shops/{shop.id.hex}/media") == stored
    assert (first.media_files, second.media_files) == (2, 2)


def test_the_platforms_backup_has_the_audit_log_of_every_shop(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop()
    record("looked", resource_type="tenant", tenant_id=shop.id)
    record("looked", resource_type="platform")

    backup = back_up_platform()

    tables = read_manifest(backup.location).tables
    assert tables["public.platform_audit_log"].rows == 2
    assert tables["public.tenants"].rows == 1
    assert (backup.kind, backup.tenant, backup.state) == ("platform", None, "complete")


def test_what_pg_dump_breaks_off_is_no_backup(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop()
    with tenant_context(shop):  # more than a pipe holds: pg_dump cannot have ended before anybody reads
        Page.objects.update(body=secrets.token_hex(200_000))

    def cut_off(*arguments: Any, **options: Any) -> None:
        with psycopg.connect(_superuser(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'smartseller-backup'"
            )

    with (
        mock.patch("platform_core.fleet.backups.dump.LOCK_WAIT", "0"),
        mock.patch.object(store.Measured, "read", _failing_read(cut_off)),
        pytest.raises(DumpFailed),
    ):
        back_up_shop(shop.id)

    backup = Backup.objects.get()
    assert backup.state == "failed"
    assert backup.error.startswith("DumpFailed: ")
    assert files_in(backups) == set()


def _superuser() -> str:
    from django.conf import settings

    from smartseller import embedded

    assert settings.EMBEDDED is not None
    return settings.EMBEDDED.conninfo(embedded.SUPERUSER, "postgres")


def _failing_read(cut_off: Any) -> Any:
    original = store.Measured.read

    def read(self: store.Measured, size: int = -1) -> bytes:
        cut_off()
        return original(self, size)

    return read


def test_a_full_disk_is_no_backup_and_says_so(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop()
    original = store.Measured.read

    def read(self: store.Measured, size: int = -1) -> bytes:
        if self.size > 4096:
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(self, 4096)

    with mock.patch.object(store.Measured, "read", read), pytest.raises(DumpFailed, match="No space left on device"):
        back_up_shop(shop.id)

    assert Backup.objects.get().state == "failed"
    assert files_in(backups) == set()
    assert back_up_shop(shop.id).state == "complete"


@pytest.mark.slow
def test_a_disk_that_is_really_full_is_no_backup(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop()
    backups.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(backups)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        with pytest.raises(DumpFailed, match="No space left on device"):
            back_up_shop(shop.id)
        assert Backup.objects.get().state == "failed"
        assert files_in(backups) == set()
    finally:
        subprocess.run(["umount", str(backups)], check=True)


@pytest.mark.slow
def test_a_shop_whose_database_is_gone_fails_alone(make_full_shop: MakeFullShop, backups: Path, capsys: Any) -> None:
    make_full_shop("acme")
    broken = make_full_shop("bean")
    from tests.databases import drop_database

    drop_database(broken.database_name)

    with pytest.raises(Exception, match=r"1 of 3 could not be backed up: bean\."):
        call_command("backup", "--all", "--json")

    document = {line["tenant"]: line for line in json.loads(capsys.readouterr().out)}
    assert document["bean"]["error"] is not None
    assert (document["acme"]["error"], document["acme"]["media_files"]) == (None, 2)
    assert document[None]["rows"] > 0
    assert sorted(Backup.objects.values_list("slug", "state")) == [
        ("", "complete"), ("acme", "complete"), ("bean", "failed"),
    ]  # fmt: skip


@pytest.mark.usefixtures("refusing_at_once")
def test_two_do_not_back_up_one_shop_at_once(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop()
    with turn_of("primary", shop.id), pytest.raises(FleetBusy):
        back_up_shop(shop.id)
    assert not Backup.objects.exists()


POINTS = {
    "before the dump": "platform_core.fleet.backups.dump.program",
    "within the dump": "platform_core.fleet.backups.store.Measured.read",
    "before the files": "platform_core.fleet.backups.back_up.copy_media",
    "before the manifest": "platform_core.fleet.backups.back_up.write_manifest",
}


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(target, id=name, marks=() if name == "before the manifest" else pytest.mark.slow)
        for name, target in POINTS.items()
    ],
)
def test_a_killed_backup_is_none_and_the_next_tidies_it_away(
    make_full_shop: MakeFullShop, backups: Path, target: str
) -> None:
    shop = make_full_shop()

    def work() -> None:
        with mock.patch(target, side_effect=lambda *args, **kwargs: die()):
            back_up_shop(shop.id)

    assert in_child(work) == signal.SIGKILL
    left = Backup.objects.get()
    assert left.state == "running"
    assert not (backups / left.location / "manifest.json").exists()

    done = back_up_shop(shop.id)

    assert sorted(Backup.objects.values_list("state", "error")) == [
        ("complete", ""), ("failed", "the process that took it was stopped"),
    ]  # fmt: skip
    assert {name.split("/")[2] for name in files_in(backups)} == {"media", done.location.rpartition("/")[2]}


@pytest.mark.slow
def test_a_backup_killed_after_its_manifest_is_found_complete_again(
    make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop()

    def work() -> None:
        with mock.patch("platform_core.fleet.backups.back_up.enter_in_ledger", side_effect=lambda *args: die()):
            back_up_shop(shop.id)

    assert in_child(work) == signal.SIGKILL
    back_up_shop(shop.id)
    assert list(Backup.objects.values_list("state", flat=True)) == ["complete", "complete"]


def test_a_client_that_is_older_than_the_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ((15, Path("/fifteen")), (17, Path("/seventeen")), (18, Path("/eighteen")))
    monkeypatch.setattr(programs, "installed", lambda name: found)
    assert programs.program("pg_dump", at_least=16) == Path("/seventeen")
    assert programs.program("pg_dump", at_least=15) == Path("/fifteen")
    with pytest.raises(ClientProgramMissing) as refusal:
        programs.program("pg_dump", at_least=19)
    assert str(refusal.value) == (
        "pg_dump of PostgreSQL 19 or newer is needed, and only 15, 17, 18 is installed here;"
        " install the package postgresql-client-19."
    )


def test_every_shop_and_the_platform_are_due_once_a_night(make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    make_full_shop("bean")

    taken = back_up_due()

    assert sorted((backup.slug, backup.reason) for backup in taken) == [
        ("", "nightly"), ("acme", "nightly"), ("bean", "nightly"),
    ]  # fmt: skip
    assert back_up_due() == []
    due = BackupTurn.objects.get(tenant_id=shop.id).due_at
    assert timedelta(0) < due - timezone.now() <= timedelta(hours=27)
    assert (due.hour, due.minute) in {(hour, minute) for hour in (1, 2, 3) for minute in range(60)}
    assert due == next_due(shop.id, due - timedelta(seconds=1))
    assert overdue() == []


def test_one_that_somebody_asked_for_says_so_and_one_asked_for_meanwhile_is_taken_after_it(
    make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop, who = make_full_shop("acme"), make_user("op@smartseller.example", role=PlatformRole.ADMIN).pk
    now = timezone.now()
    BackupTurn.objects.create(tenant=None, due_at=now + timedelta(days=1))
    BackupTurn.objects.create(tenant_id=shop.id, due_at=now + timedelta(days=1))
    ask_for_backup(shop.id, reason="Before the sale", actor_id=who)

    assert [(backup.slug, backup.reason, backup.get_reason_display()) for backup in back_up_due()] == [
        ("acme", "manual", "On request")
    ]
    assert (BackupTurn.objects.get(tenant_id=shop.id).is_asked, back_up_due()) == (False, [])

    BackupTurn.objects.filter(tenant_id=shop.id).update(due_at=now)
    under_way = take_due(now)
    assert under_way is not None
    assert not under_way.is_asked
    ask_for_backup(shop.id, reason="Before the sale", actor_id=who)
    finish(under_way, timezone.now())
    again = take_due(timezone.now())
    assert again is not None
    assert (again.tenant_id, again.is_asked) == (shop.id, True)


@pytest.mark.slow
def test_a_shop_that_fails_stops_nobody_and_is_due_again(make_full_shop: MakeFullShop, backups: Path) -> None:
    from tests.databases import drop_database

    make_full_shop("acme")
    broken = make_full_shop("bean")
    drop_database(broken.database_name)

    assert sorted(backup.slug for backup in back_up_due()) == ["", "acme"]

    turn = BackupTurn.objects.get(tenant_id=broken.id)
    assert (turn.failures, turn.taken_until) == (1, None)
    assert turn.due_at > timezone.now() + timedelta(minutes=4)
    assert [late.tenant_id for late in overdue()] == [broken.id]


def test_no_more_turns_than_allowed_are_taken(make_full_shop: MakeFullShop, backups: Path, settings: Any) -> None:
    settings.BACKUP_PARALLEL = 2
    for slug in ("acme", "bean", "cleo"):
        make_full_shop(slug)
    now = timezone.now()
    assert take_due(now) is not None
    assert take_due(now) is not None
    assert take_due(now) is None
    assert take_due(now + timedelta(minutes=11)) is not None


def test_a_shop_sells_on_while_it_is_backed_up(make_full_shop: MakeFullShop, backups: Path) -> None:
    from tenant_shop.models import Customer

    shop = make_full_shop("acme", customers=1)
    original = store.Measured.read
    sold: list[int] = []

    def read(self: store.Measured, size: int = -1) -> bytes:
        if not sold:
            with tenant_context(shop):
                sold.append(1)
                Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")
        return original(self, size)

    with mock.patch.object(store.Measured, "read", read):
        backup = back_up_shop(shop.id)

    assert sold == [1]
    assert read_manifest(backup.location).tables["public.customers"].rows == 1


@pytest.mark.slow
def test_the_shop_longest_without_a_backup_is_what_monitors_watch(make_full_shop: MakeFullShop, backups: Path) -> None:
    now = timezone.now()
    assert longest_without_backup(now) == timedelta(0)
    for slug, hours in (("acme", 3), ("bean", 1)):
        backup = back_up_shop(make_full_shop(slug).id)
        Backup.objects.filter(pk=backup.pk).update(started_at=now - timedelta(hours=hours))
    assert longest_without_backup(now) == timedelta(hours=3)
    Backup.objects.filter(slug="bean").update(state="failed")
    Tenant.objects.filter(slug="bean").update(created_at=now - timedelta(hours=7))
    assert longest_without_backup(now) == timedelta(hours=7)
