"""A cancelled shop ends: a last backup, proven, and its database is dropped weeks later; until then it can be kept."""

from __future__ import annotations

import json
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.fleet.backups.errors import DumpFailed
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.backups.retention import remove_outdated
from platform_core.fleet.drop import drop_shop, keep_shop
from platform_core.fleet.errors import ExportWindowOpen
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.window import window_ends
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant
from tests.databases import owner
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet


@pytest.mark.slow
def test_a_cancelled_shop_is_dropped_after_its_time_and_its_backup_stays(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, settings: Any
) -> None:
    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="closed down")

    kept = drop_shop(shop.id, reason="closed down")

    final = Backup.objects.get()
    assert (final.reason, final.state, final.verified_at is not None) == ("final", "complete", True)
    assert timedelta(days=29) < kept.kept_until - timezone.now() <= timedelta(days=30)
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        owner(shop.database_name)
    with platform_scope():
        entry = AuditLog.objects.get(action="drop_tenant")
    assert entry.metadata == {"backup": str(final.pk), "database_name": shop.database_name, "reason": "closed down"}
    assert reconcile(fix=True).findings == []
    assert fleet.names() == {"acme"}
    assert drop_shop(shop.id, reason="again") == kept
    assert Backup.objects.count() == 1

    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    assert [(found.kind.value, found.fixed) for found in reconcile(fix=True).findings] == [("kept_long_enough", True)]

    assert fleet.names() == set()
    assert reconcile(fix=True).findings == []
    settings.BACKUP_KEEP_DAILY = settings.BACKUP_KEEP_WEEKLY = settings.BACKUP_KEEP_MONTHLY = 0
    assert remove_outdated("primary", shop.id) == 0
    verify_backup(final)
    with pytest.raises(StandingRefused, match="not about to be dropped"):
        keep_shop(shop.id, reason="too late")


@pytest.mark.slow
def test_what_is_to_be_dropped_can_be_kept(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="")
    drop_shop(shop.id, reason="")

    keep_shop(shop.id, reason="the merchant asked")

    assert not KeptDatabase.objects.exists()
    with owner(shop.database_name) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (3,)
    assert reconcile(fix=True).findings == []


def test_only_a_cancelled_shop_is_dropped_and_only_once_it_was_backed_up(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    with pytest.raises(StandingRefused):
        drop_shop(shop.id, reason="")
    assert not Backup.objects.exists()
    cancel_tenant(shop.id, reason="")
    with (
        mock.patch("platform_core.fleet.backups.dump.put", side_effect=OSError("the disk is full")),
        pytest.raises(DumpFailed),
    ):
        drop_shop(shop.id, reason="")
    assert not KeptDatabase.objects.exists()
    with owner(shop.database_name) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (3,)


@pytest.mark.slow
def test_a_database_without_a_proven_final_backup_is_not_dropped_whatever_a_row_says(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="")
    drop_shop(shop.id, reason="")
    Backup.objects.update(verified_at=None)
    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    assert [(found.kind.value, found.fixed) for found in reconcile(fix=True).findings] == [("kept_long_enough", False)]
    assert fleet.names() == {"acme"}


@pytest.mark.slow
@pytest.mark.parametrize("target", ["back_up_shop", "verify_backup", "_write_down", "close_database"])
def test_a_killed_drop_is_repeated(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, target: str) -> None:
    from platform_core.fleet import drop

    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="")
    original = getattr(drop, target)

    def and_die(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        die()

    def work() -> None:
        with mock.patch.object(drop, target, and_die):
            drop_shop(shop.id, reason="")

    assert in_child(work) == signal.SIGKILL
    drop_shop(shop.id, reason="")
    assert Backup.objects.filter(state="complete", verified_at__isnull=False).count() == 1
    assert KeptDatabase.objects.get().name == shop.database_name
    assert reconcile(fix=True).findings == []
    with platform_scope():
        assert AuditLog.objects.filter(action="drop_tenant").count() == 1


@pytest.mark.slow
def test_the_address_must_be_typed(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, capsys: Any) -> None:
    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="")
    with pytest.raises(CommandError, match="say --yes where nobody can answer"):
        call_command("tenant", "drop", "acme")
    assert not Backup.objects.exists()
    call_command("tenant", "drop", "acme", "--yes", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["database_name"], answer["final_backup"]) == (shop.database_name, str(Backup.objects.get().pk))
    call_command("tenant", "keep", "acme", "--yes", "--json")
    assert json.loads(capsys.readouterr().out)["status"] == "cancelled"


@pytest.mark.slow
def test_nothing_is_closed_before_the_owners_had_their_time_to_take_it_along(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, settings: Any
) -> None:
    settings.EXPORT_WINDOW_DAYS = 30
    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="closed down")
    ends = window_ends(Tenant.objects.get())
    assert ends is not None
    assert timedelta(days=29) < ends - timezone.now() <= timedelta(days=30)

    with pytest.raises(ExportWindowOpen, match=f"can take it along until {ends:%Y-%m-%d %H:%M} UTC"):
        drop_shop(shop.id, reason="too soon")

    assert not Backup.objects.exists()
    assert not KeptDatabase.objects.exists()
    owner(shop.database_name).close()
    with mock.patch("platform_core.fleet.window.timezone.now", return_value=ends):
        drop_shop(shop.id, reason="closed down")
    with platform_scope():
        assert "early" not in AuditLog.objects.get(action="drop_tenant").metadata
    settings.EXPORT_WINDOW_DAYS = 90  # what is to be dropped stays so
    assert drop_shop(shop.id, reason="again") == KeptDatabase.objects.get()


@pytest.mark.slow
def test_an_operator_may_close_it_early_and_the_log_says_so(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, settings: Any, capsys: Any
) -> None:
    settings.EXPORT_WINDOW_DAYS = 30
    make_full_shop("acme")
    call_command("tenant", "cancel", "acme", "--yes")
    assert "Its owners can take it along until 20" in capsys.readouterr().err
    with pytest.raises(Exception, match="or with --early"):
        call_command("tenant", "drop", "acme", "--yes")
    call_command("tenant", "drop", "acme", "--yes", "--early")
    assert KeptDatabase.objects.count() == 1
    with platform_scope():
        assert AuditLog.objects.get(action="drop_tenant").metadata["early"] == "yes"


def test_a_shop_that_is_not_cancelled_or_was_without_a_word_has_no_window(make_full_shop: MakeFullShop) -> None:
    make_full_shop("acme", customers=0)
    assert window_ends(Tenant.objects.get()) is None
    Tenant.objects.update(status="cancelled")
    assert window_ends(Tenant.objects.get()) is None
