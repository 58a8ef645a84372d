"""A restore killed at any point: a rerun, or the reconciler, ends with one database for the shop and none left over."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.errors import RestoreRefused
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores import change_over, load
from platform_core.fleet.restores.kept import drop_kept, work_of
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.restores.restore import restore_shop, run_restore, undo_restore
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.models import Customer
from tests.databases import PREFIX
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet

ROOM = "platform_core.fleet.restores"
# Function → whether it does its work before the process is killed.
POINTS = [
    ("restore.drop_database_in_use", False),
    ("load.lock_down_database", False),
    ("load._run", False),
    ("load._feed", True),
    ("load.compare", True),
    ("restore.put_media_back", False),
    ("restore.put_media_back", True),
    ("restore.bring_up_to_date", True),
    ("change_over._close_shop", True),
    ("change_over.close_database", True),
    ("change_over.lock_down_database", True),
    ("change_over._swap", False),
    ("change_over.record", True),
]
FEW = {"change_over.record"}


def dying(target: str, *, after: bool) -> Any:
    module, _, name = target.partition(".")
    original = getattr(__import__(f"{ROOM}.{module}", fromlist=[name]), name)

    def work(*args: Any, **kwargs: Any) -> None:
        if after:
            original(*args, **kwargs)
        die()

    return mock.patch(f"{ROOM}.{target}", work)


def emails(slug: str = "acme") -> list[str]:
    with tenant_context(directory.by_slug(slug)):
        return sorted(Customer.objects.values_list("email", flat=True))


@pytest.mark.parametrize(
    ("target", "after"),
    [pytest.param(*point, marks=() if point[0] in FEW else pytest.mark.slow) for point in POINTS],
)
def test_a_killed_restore_is_carried_on(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, target: str, after: bool
) -> None:
    shop = make_full_shop("acme", customers=1)
    backup = back_up_shop(shop.id)
    with tenant_context(shop):
        Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")

    def work() -> None:
        with dying(target, after=after):
            restore_shop(shop.id, backup)

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    restore = Restore.objects.get()
    assert restore.state == "running"
    assert directory.read_now(shop.id).database_name == shop.database_name
    with pytest.raises(RestoreRefused, match=r"is under way; .manage.py restore --tenant acme --resume. finishes it"):
        restore_shop(shop.id, backup)
    assert reconcile().findings == []  # it is young, and what it made is its own
    Restore.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))

    assert [(found.kind.value, found.fixed) for found in reconcile(fix=True).findings] == [("stuck_restore", True)]

    now = directory.by_slug("acme")
    assert (now.epoch, now.availability, now.database_name) == (2, "open", restore.new_database)
    assert emails() == ["c0@acme.example"]
    assert fleet.names() == {"acme", restore.new_database.removeprefix(PREFIX)}
    assert [kept.name for kept in KeptDatabase.objects.all()] == [shop.database_name]
    assert reconcile(fix=True).findings == []
    undo_restore(shop.id)
    assert emails() == ["c0@acme.example", "late@acme.example"]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["change_over._close_shop", "change_over.close_database", "change_over.record"])
def test_a_killed_way_back_is_carried_on(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, target: str
) -> None:
    shop = make_full_shop("acme", customers=1)
    restored = restore_shop(shop.id, back_up_shop(shop.id))

    def work() -> None:
        with dying(target, after=True):
            undo_restore(shop.id)

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    run_restore(Restore.objects.get(state="running").pk)

    now = directory.by_slug("acme")
    assert (now.epoch, now.availability, now.database_name) == (3, "open", shop.database_name)
    assert [kept.name for kept in KeptDatabase.objects.all()] == [restored.new_database]
    assert reconcile(fix=True).findings == []


@pytest.mark.slow
def test_a_restore_that_ends_after_its_swap_is_not_done_twice(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    done = restore_shop(shop.id, back_up_shop(shop.id))
    assert run_restore(done.pk).state == "succeeded"
    assert directory.by_slug("acme").epoch == 2


@pytest.mark.slow
def test_a_change_over_that_fails_leaves_the_shop_open_with_what_it_had(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)

    with mock.patch.object(change_over, "_swap", side_effect=OSError("no")), pytest.raises(OSError, match="no"):
        restore_shop(shop.id, backup)

    directory.clear()
    assert directory.by_slug("acme") == shop
    assert len(emails()) == 3
    assert fleet.names() == {"acme"}
    assert (Restore.objects.get().state, Restore.objects.get().error) == ("failed", "OSError: no")
    assert reconcile(fix=True).findings == []
    restore_shop(shop.id, backup)
    assert directory.by_slug("acme").epoch == 2


@pytest.mark.slow
def test_ctrl_c_gives_a_restore_up_and_no_worker_finishes_it(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme", customers=1)
    backup = back_up_shop(shop.id)

    with mock.patch(f"{ROOM}.change_over._swap", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        restore_shop(shop.id, backup)

    assert directory.read_now(shop.id) == shop
    assert emails() == ["c0@acme.example"]
    assert [(found.state, found.error) for found in Restore.objects.all()] == [("failed", "stopped by the operator")]
    assert (fleet.names(), reconcile(fix=True).findings) == ({"acme"}, [])


@pytest.mark.slow
@pytest.mark.usefixtures("refusing_at_once")
def test_two_do_not_restore_one_shop_at_once(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    with owner_connection("primary") as other, only_one(other, work_of(shop.id)), pytest.raises(FleetBusy):
        restore_shop(shop.id, backup)
    [running] = Restore.objects.filter(state="running")
    assert run_restore(running.pk).state == "succeeded"


@pytest.mark.slow
def test_a_killed_verification_leaves_a_scratch_that_the_reconciler_drops(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    backup = back_up_shop(make_full_shop("acme").id)

    def work() -> None:
        with mock.patch.object(load, "compare", side_effect=lambda *args, **kwargs: die()):
            verify_backup(backup)

    assert in_child(work) == signal.SIGKILL
    [scratch] = fleet.names() - {"acme"}
    [finding] = reconcile(fix=True).findings
    assert (finding.kind.value, finding.fixed) == ("scratch_leftover", True)
    assert scratch.startswith("_scratch_")
    assert fleet.names() == {"acme"}


@pytest.mark.slow
@pytest.mark.usefixtures("refusing_at_once")
def test_a_kept_database_is_not_dropped_while_the_shop_goes_back_to_it(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme")
    restore_shop(shop.id, back_up_shop(shop.id))
    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    swap = change_over._swap
    refused: list[str] = []

    def try_to_drop(*args: Any, **kwargs: Any) -> None:
        with pytest.raises(FleetBusy):
            drop_kept(shop.database_name)
        refused.append(shop.database_name)
        swap(*args, **kwargs)

    with mock.patch.object(change_over, "_swap", try_to_drop):
        undo_restore(shop.id)

    assert refused == [shop.database_name]
    assert len(emails()) == 3
    assert shop.database_name not in KeptDatabase.objects.values_list("name", flat=True)
