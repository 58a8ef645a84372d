"""A backup is proven by becoming a database again; what was damaged is found, and nothing is left behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from platform_core.fleet.backups.back_up import back_up_platform, back_up_shop
from platform_core.fleet.backups.errors import BackupTooNew, BackupUnusable
from platform_core.fleet.backups.models import Backup, BackupState, BackupTurn
from platform_core.fleet.backups.nightly import back_up_due
from platform_core.fleet.restores.verify import verify_backup
from platform_core.tenancy.hooks import shop_hooks
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.conftest import Fleet
from tests.together import together


@pytest.mark.slow
def test_the_newest_of_each_is_proven_and_the_scratch_is_gone(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, capsys: Any
) -> None:
    shop = make_full_shop("acme")
    before = back_up_shop(shop.id)
    newest = back_up_shop(shop.id)
    platform = back_up_platform()

    call_command("backup_verify", "--all", "--json")

    assert [(line["tenant"], line["backup"], line["error"]) for line in json.loads(capsys.readouterr().out)] == [
        ("acme", str(newest.pk), None),
        (None, str(platform.pk), None),
    ]
    assert Backup.objects.get(pk=newest.pk).verified_at is not None
    assert Backup.objects.get(pk=before.pk).verified_at is None
    assert fleet.names() == {"acme"}


@pytest.mark.slow
def test_two_operators_prove_one_backup_at_once_each_in_a_scratch_of_their_own(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    taken = back_up_shop(make_full_shop("acme").id)
    proofs = together(*[lambda: verify_backup(Backup.objects.get(pk=taken.pk)).id] * 2)
    assert proofs == [taken.pk, taken.pk]
    proven = Backup.objects.get()
    assert (proven.state, proven.verified_at is not None) == (BackupState.COMPLETE, True)
    assert fleet.names() == {"acme"}


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def overwrite(path: Path) -> None:
    """Of the same length, and another."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def half(path: Path) -> None:
    path.write_text(path.read_text()[: len(path.read_text()) // 2])


def other_rows(path: Path) -> None:
    manifest = json.loads(path.read_text())
    manifest["tables"]["public.customers"]["checksum"] = "1"
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("file", "damage", "said"),
    [
        pytest.param("database.dump", shorten, r"its dump has \d+ of \d+ bytes", marks=pytest.mark.slow),
        ("database.dump", overwrite, "its dump is not the one that was stored"),
        pytest.param("database.dump", Path.unlink, "its dump is missing", marks=pytest.mark.slow),
        pytest.param("manifest.json", half, "its manifest cannot be read", marks=pytest.mark.slow),
        pytest.param("manifest.json", Path.unlink, "it has no manifest", marks=pytest.mark.slow),
        pytest.param("manifest.json", other_rows, "public.customers has other rows", marks=pytest.mark.slow),
        pytest.param("media.json", half, "its list of files is not the one that was written", marks=pytest.mark.slow),
        pytest.param("media.json", Path.unlink, "its list of files is missing", marks=pytest.mark.slow),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)[:20]),
)
def test_a_damaged_backup_counts_as_failed_and_the_next_is_due(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, file: str, damage: Any, said: str
) -> None:
    shop = make_full_shop("acme")
    back_up_due()
    backup = Backup.objects.get(tenant_id=shop.id)
    due_before = BackupTurn.objects.get(tenant_id=shop.id).due_at
    damage(backups / backup.location / file)

    with pytest.raises(BackupUnusable, match=said):
        verify_backup(backup)

    backup.refresh_from_db()
    assert (backup.state, backup.verified_at) == ("failed", None)
    assert backup.error.startswith("found damaged: ")
    assert BackupTurn.objects.get(tenant_id=shop.id).due_at < due_before
    assert fleet.names() == {"acme"}


@pytest.mark.slow
def test_a_damaged_file_of_a_shop_is_found(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    [stored] = [path for path in (backups / f"shops/{shop.id.hex}/media").rglob("*") if path.stat().st_size == 15]
    overwrite(stored)

    with pytest.raises(BackupUnusable, match=f"its file {stored.name} is not what was stored"):
        verify_backup(backup)
    assert fleet.names() == {"acme"}


def test_a_backup_of_a_later_release_is_refused_and_stays_good(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up_shop(make_full_shop("acme").id)
    monkeypatch.setattr(shop_hooks, "schema_version", "0001_initial")

    with pytest.raises(BackupTooNew):
        verify_backup(backup)

    backup.refresh_from_db()
    assert backup.state == "complete"
    assert fleet.names() == {"acme"}
