"""A move killed at any point: a rerun, or the reconciler, ends with the shop on one server and nothing left over."""

from __future__ import annotations

import signal
from contextlib import closing
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from platform_core.fleet.doctor.databases import examine_server
from platform_core.fleet.drop import drop_shop
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.moves import run
from platform_core.fleet.moves.errors import MoveRefused
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import move_shop, undo_move
from platform_core.fleet.moves.run import run_move
from platform_core.fleet.reconcile import Reconciliation, reconcile
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant
from tenant_shop.models import Customer
from tests.databases import PREFIX, owner
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.moves.conftest import Left, MakeFullShop, SecondServer
from tests.second_server import NO_TEMPLATE
from tests.shopper import Shopper

ROOM = "platform_core.fleet.moves"
# Function → whether it does its work before the process is killed.
POINTS = [
    ("run.published", False),
    ("run.make_target", False),
    ("run.make_target", True),
    ("run.copy_database", True),
    ("run.subscribe", True),
    ("run.wait_until_caught_up", True),
    ("freeze.close_shop", True),
    ("freeze._shut_out", True),
    ("freeze._hold", True),
    ("settle._set_sequences", True),
    ("run.settle", True),
    ("run.prove", True),
    ("follow.drop_subscription", True),
    ("follow.drop_slot", True),
    ("run.stop_following", True),
    ("run.close_database", True),
    ("swap.record", True),
    ("run.swap", True),
]
BY_DUMP = [
    ("run.make_target", True),
    ("run.copy_database", True),
    ("run.prove", True),
    ("run.close_database", True),
    ("swap.record", True),
]

pytestmark = pytest.mark.slow


def dying(target: str, *, after: bool) -> Any:
    module, _, name = target.partition(".")
    original = getattr(__import__(f"{ROOM}.{module}", fromlist=[name]), name)

    def work(*args: Any, **kwargs: Any) -> None:
        if after:
            original(*args, **kwargs)
        die()

    return mock.patch(f"{ROOM}.{target}", work)


def add_customer(email: str) -> None:
    with tenant_context(directory.by_slug("acme")):
        Customer.objects.create(email=email, first_name="L", last_name="L")


def emails() -> list[str]:
    with tenant_context(directory.by_slug("acme")):
        return sorted(Customer.objects.values_list("email", flat=True))


def findings(result: Reconciliation) -> list[tuple[str, bool]]:
    return [(found.kind.value, found.fixed) for found in result.findings]


@pytest.mark.parametrize(
    ("target", "after", "by_dump"), [*((*point, False) for point in POINTS), *((*point, True) for point in BY_DUMP)]
)
def test_a_killed_move_is_carried_on(
    fleet: Fleet,
    second: SecondServer,
    make_full_shop: MakeFullShop,
    left_behind: Left,
    target: str,
    after: bool,
    by_dump: bool,
) -> None:
    shop = make_full_shop("acme", customers=1)

    def work() -> None:
        with dying(target, after=after):
            move_shop(shop.id, to="second", by_dump=by_dump)

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    move = Move.objects.get()
    if move.state == "running":
        tenant = directory.read_now(shop.id)
        assert (tenant.server, tenant.epoch) == ("primary", 1)
        if tenant.availability == "open":
            add_customer("late@acme.example")
        with pytest.raises(MoveRefused, match="is under way"):
            move_shop(shop.id, to="second")
        assert findings(reconcile()) == []  # it is young, and what it made is its own
        Move.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
        late = ["late@acme.example"] if tenant.availability == "open" else []

        assert findings(reconcile(fix=True)) == [("stuck_move", True)]
    else:
        late = []

    move.refresh_from_db()
    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.availability, now.database_name) == ("second", 2, "open", move.new_database)
    assert emails() == ["c0@acme.example", *late]
    assert left_behind() == []
    assert fleet.names() == {"acme"}
    assert second.names() - {NO_TEMPLATE} == {move.new_database.removeprefix(PREFIX)}
    assert [(kept.server, kept.name) for kept in KeptDatabase.objects.all()] == [("primary", shop.database_name)]
    assert findings(reconcile(fix=True)) == []
    assert Shopper("acme.localhost").get("/").status_code == 200


@pytest.mark.parametrize("target", ["freeze.close_shop", "run.close_database", "swap.record"])
def test_a_killed_way_back_is_carried_on(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, target: str
) -> None:
    shop = make_full_shop("acme", customers=1)
    moved = move_shop(shop.id, to="second")

    def work() -> None:
        with dying(target, after=True):
            undo_move(shop.id)

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    run_move(Move.objects.get(state="running").pk)

    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.availability) == ("primary", 3, "open")
    assert emails() == ["c0@acme.example"]
    assert [(kept.server, kept.name) for kept in KeptDatabase.objects.all()] == [("second", moved.new_database)]
    assert findings(reconcile(fix=True)) == []


@pytest.mark.parametrize("after_freeze", [False, True])
def test_a_move_whose_new_server_is_lost_opens_the_shop_again_and_is_tidied_when_it_returns(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left, after_freeze: bool
) -> None:
    shop = make_full_shop("acme", customers=1)
    target = "prove" if after_freeze else "subscribe"
    original = getattr(run, target)

    def lose(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        second.stop()

    with mock.patch.object(run, target, lose), pytest.raises(Exception):  # noqa: B017, PT011 - any of several
        move_shop(shop.id, to="second")

    directory.clear()
    assert directory.by_slug("acme") == shop
    add_customer("late@acme.example")
    assert Shopper("acme.localhost").get("/").status_code == 200
    assert Move.objects.get().state == "failed"
    second.start()
    assert {kind for kind, _ in findings(reconcile())} == {"move_leftover"}
    examined = list(examine_server(DatabaseServer.objects.get(key="second")))
    assert "manage.py reconcile --fix" in {found.mend for found in examined}

    assert all(fixed for _, fixed in findings(reconcile(fix=True)))

    assert second.names() - {NO_TEMPLATE} == set()
    assert left_behind() == []
    assert findings(reconcile()) == []
    move_shop(shop.id, to="second")
    assert emails() == ["c0@acme.example", "late@acme.example"]


def test_a_move_whose_old_server_cannot_be_followed_any_more_begins_anew(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left
) -> None:
    shop = make_full_shop("acme", customers=1)

    def work() -> None:
        with dying("run.subscribe", after=True):
            move_shop(shop.id, to="second")

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    with closing(owner()) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE active AND slot_name ^@ %s",
            (PREFIX,),
        )
        connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ^@ %s", (PREFIX,)
        )
    add_customer("late@acme.example")

    run_move(Move.objects.get().pk)

    assert emails() == ["c0@acme.example", "late@acme.example"]
    assert directory.by_slug("acme").server == "second"
    assert left_behind() == []


@pytest.mark.usefixtures("refusing_at_once")
def test_two_do_not_move_one_shop_at_once_and_nobody_drops_it_meanwhile(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop
) -> None:
    shop = make_full_shop("acme")
    with (
        owner_connection("primary") as other,
        only_one(other, work_of(shop.id)),
        pytest.raises(FleetBusy),
    ):
        move_shop(shop.id, to="second")
    Tenant.objects.update(status="cancelled")
    with pytest.raises(StandingRefused, match="being moved"):
        drop_shop(shop.id, reason="no")
    assert run_move(Move.objects.get().pk).state == "succeeded"
