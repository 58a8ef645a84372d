"""A second cluster that holds nothing: the platform and every shop come back from the storage of backups alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from platform_core.audit.record import record
from platform_core.fleet.backups.back_up import back_up_platform, back_up_shop
from platform_core.fleet.backups.errors import NoBackup, RebuildRefused
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.restores.rebuild import rebuild_platform
from platform_core.fleet.servers import PLATFORM_SERVER, only_one, owner_connection
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant
from smartseller import embedded
from tenant_shop.models import Customer
from tests.databases import PREFIX
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.conftest import Fleet

ROOT = Path(__file__).resolve().parents[4]
DIES = """
import os, signal, django
django.setup()
from unittest import mock
from django.core.management import call_command
with mock.patch({target!r}, side_effect=lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)):
    call_command("restore_platform", parallel=1)
"""
VISIT = """
from django.test.utils import setup_test_environment
setup_test_environment()
from tests.shopper import Shopper
print([Shopper(f"{slug}.localhost").get("/").status_code for slug in ("acme", "bean")])
"""


class Second:
    """The other cluster, with the two roles and an empty platform database, and its own data folder."""

    def __init__(self, folder: Path, backups: Path) -> None:
        self.servers = embedded.Embedded(folder, durable=False)
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "smartseller.settings.test",
            "SMARTSELLER_DATA_DIR": str(folder),
            "BACKUP_FOLDER": str(backups),
            "FLEET_SPARES": "1",
        }

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def manage(self, *arguments: str) -> Any:
        done = self.python("manage.py", *arguments)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def rows(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.servers.conninfo(embedded.SUPERUSER, f"{PREFIX}{database}")) as connection:
            return connection.execute(statement.encode()).fetchall()


@contextmanager
def second_cluster(folder: Path, backups: Path) -> Iterator[Second]:
    second = Second(folder, backups)
    embedded.ensure_running(second.servers)
    try:
        with psycopg.connect(second.servers.conninfo(embedded.SUPERUSER, "postgres"), autocommit=True) as connection:
            name = sql.Identifier(f"{PREFIX}platform")
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER smartseller_owner").format(name))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO smartseller_app").format(name))
        yield second
    finally:
        embedded.stop_if_unused(second.servers)


@pytest.mark.slow
def test_everything_comes_back_on_an_empty_server_however_often_it_is_killed(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, tmp_path: Path
) -> None:
    acme, bean = make_full_shop("acme", customers=2), make_full_shop("bean", customers=1)
    gone = make_full_shop("gone", customers=1)
    never = make_full_shop("never", customers=1)
    Tenant.objects.filter(pk=gone.id).update(status="cancelled")
    record("looked", resource_type="tenant", tenant_id=acme.id)
    old = back_up_shop(acme.id)
    back_up_shop(bean.id)
    platform = back_up_platform()
    with tenant_context(acme):
        Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")
    newest = back_up_shop(acme.id)
    half = backups / "platform" / "99991231T000000Z-0123"
    half.mkdir()
    (half / "database.dump").write_bytes(b"PGDMP half of it")

    with second_cluster(tmp_path / "second", backups) as second:
        for target in (
            "platform_core.fleet.restores.load.compare",
            "platform_core.fleet.restores.rebuild._forget_the_old_servers",
            "platform_core.fleet.restores.rebuild_shop.rename_database",
            "platform_core.fleet.restores.rebuild.set_up_platform",
        ):
            killed = second.python("-c", DIES.format(target=target))
            assert killed.returncode == -signal.SIGKILL, killed.stderr[-3000:]

        done = second.python("manage.py", "restore_platform", "--json")

        assert done.returncode == 1, done.stderr[-3000:]
        assert "1 of 3 shops could not be brought back: never." in done.stderr
        answer = json.loads(done.stdout)
        assert answer["platform_backup"] == str(platform.pk)
        assert [(shop["slug"], shop["problem"]) for shop in answer["shops"]] == [
            ("acme", ""), ("bean", ""), ("never", "There is no complete backup of never."),
        ]  # fmt: skip
        assert second.rows("platform", "SELECT slug, status, epoch FROM tenants ORDER BY slug") == [
            ("acme", "active", 1), ("bean", "active", 1), ("gone", "cancelled", 1), ("never", "active", 1),
        ]  # fmt: skip
        assert second.rows("acme", "SELECT email FROM customers ORDER BY email") == [
            ("c0@acme.example",), ("c1@acme.example",), ("late@acme.example",),
        ]  # fmt: skip
        assert second.rows("bean", "SELECT email FROM customers") == [("c0@bean.example",)]
        assert second.rows("platform", "SELECT action FROM platform_audit_log") == [("looked",)]
        known = second.rows("platform", "SELECT id FROM backups WHERE state = 'complete' AND slug = 'acme' ORDER BY 1")
        assert known == [(old.pk,), (newest.pk,)]
        picture = tmp_path / "second" / "media" / acme.id.hex / "pictures" / "one.jpg"
        assert picture.read_bytes() == b"picture of acme"
        names = {row[0] for row in second.rows("platform", "SELECT datname FROM pg_database")}
        assert {name.removeprefix(PREFIX) for name in names if not name.startswith(f"{PREFIX}spare_")} >= {
            "platform", "tenant_template", "acme", "bean",
        }  # fmt: skip
        assert not [name for name in names if "__" in name]
        assert second.rows("platform", f"SELECT has_database_privilege('public', '{PREFIX}acme', 'CONNECT')") == [
            (False,)
        ]
        findings = json.loads(second.python("manage.py", "reconcile", "--fix", "--json").stdout)["findings"]
        assert [(found["kind"], found["tenant"]) for found in findings] == [("missing_database", "never")]
        assert second.manage("shell", "--verbosity", "0", "--command", VISIT).strip() == "[200, 200]"

        again = second.python("manage.py", "restore_platform")
        assert again.returncode == 1
        assert "is not empty; this command never overwrites a platform" in again.stderr
    assert never.slug == "never"


def test_a_platform_that_is_there_is_never_overwritten(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    make_full_shop("acme")
    with pytest.raises(NoBackup):
        rebuild_platform()
    back_up_platform()
    with pytest.raises(RebuildRefused, match=f"the database {settings.DATABASES['default']['NAME']} is not empty"):
        rebuild_platform()
    assert Tenant.objects.get().slug == "acme"


@pytest.mark.usefixtures("refusing_at_once")
def test_a_second_operator_who_rebuilds_is_told_that_somebody_does(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    make_full_shop("acme")
    back_up_platform()
    somebody = "rebuilding the platform"
    with (
        owner_connection(PLATFORM_SERVER) as theirs,
        only_one(theirs, somebody),
        pytest.raises(FleetBusy, match=somebody),
    ):
        rebuild_platform()
    assert (Tenant.objects.get().slug, fleet.names()) == ("acme", {"acme"})
