"""`manage.py move_tenant`: what it prints, the time that the shop was closed among it, and what it refuses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_core.fleet.moves.models import Move
from platform_core.management.operator import Refused
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.models import Customer
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.moves.conftest import MakeFullShop, SecondServer

pytestmark = pytest.mark.slow


def run(*arguments: str) -> tuple[dict[str, Any], str]:
    """The document that the command writes to stdout, and what it writes to stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command("move_tenant", *arguments, "--json", stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def seconds(move: Move) -> float:
    assert move.frozen_at is not None
    assert move.finished_at is not None
    return round((move.finished_at - move.frozen_at).total_seconds(), 3)


@pytest.mark.parametrize("how", [(), ("--dump",)])
def test_the_time_that_the_shop_was_closed_is_measured_and_printed(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, how: tuple[str, ...]
) -> None:
    make_full_shop("acme")

    answer, said = run("acme", "--to", "second", *how)

    move = Move.objects.get()
    assert (answer["state"], answer["server"], answer["method"]) == ("succeeded", "second", move.method)
    assert answer["closed_seconds"] == seconds(move) > 0
    assert answer["took_seconds"] > answer["closed_seconds"]
    assert f"closing acme {'while it is copied' if how else 'for the change-over'}" in said
    out = io.StringIO()
    call_command("move_tenant", "acme", "--undo", stdout=out, stderr=io.StringIO())
    assert f"closed_seconds  {seconds(Move.objects.first())}" in " ".join(out.getvalue().split(" ")).replace("│", "")


def test_what_makes_no_sense_is_refused_and_moves_nothing(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop
) -> None:
    shop = make_full_shop("acme")
    for arguments, why in (
        (("acme", "--resume"), "No move of acme was interrupted"),
        (("acme", "--undo"), "was not moved"),
        (("acme", "--to", "primary"), "is on primary already"),
        (("acme", "--to", "second", "--discard"), "--discard with --undo"),
        (("nobody", "--to", "second"), "nobody"),
    ):
        with pytest.raises(CommandError, match=why):
            run(*arguments)
    run("acme", "--to", "second")
    with tenant_context(directory.by_slug("acme")):
        Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")
    with pytest.raises(CommandError, match="say --yes where nobody can answer") as unsaid:
        run("acme", "--undo", "--discard")
    assert unsaid.value.returncode == 2
    with pytest.raises(Refused, match="something was written since"):
        run("acme", "--undo")
    now = directory.by_slug("acme")
    assert (now.server, now.epoch) == ("second", shop.epoch + 1)
    assert run("acme", "--undo", "--discard", "--yes")[0]["server"] == "primary"
