"""A shop that can be moved only by closing it is closed by who was told so, and for as long as its operator wants."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import CommandError, call_command
from django.utils import timezone

from platform_core.fleet.backups.models import Backup
from platform_core.fleet.hosting.drain import drain_server
from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.moves import run
from platform_core.fleet.moves.errors import MoveCloses
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import move_shop
from platform_core.fleet.reconcile import reconcile
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.models import Customer
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.moves.conftest import Left, MakeFullShop, SecondServer
from tests.second_server import NO_TEMPLATE
from tests.shopper import Shopper

pytestmark = pytest.mark.slow


def test_what_cannot_be_followed_is_closed_only_by_who_was_told_why_and_for_how_long(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_full_shop("acme", customers=1)
    servers = settings.DATABASE_SERVERS
    settings.DATABASE_SERVERS = {**servers, "second": {**servers["second"], "replication": ""}}
    why = "the settings have no address for replication of the server second"
    with pytest.raises(MoveCloses, match=rf"{why}\. .*, for nobody knows how long \([\d.]+.MB, never backed up\)"):
        move_shop(shop.id, to="second")
    now = timezone.now()
    Backup.objects.create(
        kind="shop", tenant_id=shop.id, slug="acme", server="primary", database_name=shop.database_name,
        location="shops/x", state="complete", started_at=now - timedelta(seconds=4), finished_at=now,
        dump_sha256="0" * 64,
    )  # fmt: skip
    said = io.StringIO()
    with pytest.raises(CommandError, match="Close acme for that\\? Nothing was done: say --yes") as unsaid:
        call_command("move_tenant", "acme", "--to", "second", stderr=said)
    assert unsaid.value.returncode == 2
    assert f"acme cannot be moved while it sells: {why}" in said.getvalue()
    assert re.search(r"for about 12 seconds \([\d.]+.MB, three times what its last backup took\)", said.getvalue())
    drained = drain_server("primary")
    assert list(drained.failed) == drained.left == ["acme"]
    assert why in drained.failed["acme"]
    assert not Move.objects.exists()
    assert directory.read_now(shop.id) == shop

    DatabaseServer.objects.update(state="open")
    terminal = io.StringIO("acme\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    call_command("move_tenant", "acme", "--to", "second", stdout=io.StringIO(), stderr=said)

    move = Move.objects.get()
    assert (move.method, move.reason, move.state) == ("dump", why, "succeeded")
    assert "Close acme for that? Type its address to confirm" in said.getvalue()
    assert "closing acme while it is copied" in said.getvalue()
    with tenant_context(directory.by_slug("acme")):
        assert [customer.email for customer in Customer.objects.all()] == ["c0@acme.example"]
    assert [shop.method for shop in drain_server("second", may_close=True).moved] == ["dump"]


TOO_LONG = "it took longer than a worker may. On a terminal nothing ends it: manage.py move_tenant acme --to second"


@pytest.mark.parametrize(
    ("target", "by_dump", "ended_by", "error"),
    [
        ("copy_database", True, KeyboardInterrupt, "stopped by the operator"),
        ("prove", False, KeyboardInterrupt, "stopped by the operator"),
        ("copy_database", True, SoftTimeLimitExceeded, TOO_LONG),
    ],
)
def test_ctrl_c_and_a_workers_time_give_a_move_up_and_the_shop_goes_on_where_it_was(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left, target: str, by_dump: bool,
    ended_by: type[BaseException], error: str,
) -> None:  # fmt: skip
    shop = make_full_shop("acme", customers=1)
    said: list[str] = []

    with mock.patch.object(run, target, side_effect=ended_by), pytest.raises(ended_by):
        move_shop(shop.id, to="second", by_dump=by_dump, say=said.append)

    assert directory.read_now(shop.id) == shop
    assert Shopper("acme.localhost").get("/").status_code == 200
    assert [(move.state, move.error) for move in Move.objects.all()] == [("failed", error)]
    assert said[-1] == "given up: acme goes on on primary"
    assert (second.names() - {NO_TEMPLATE}, left_behind(), reconcile().findings) == (set(), [], [])
