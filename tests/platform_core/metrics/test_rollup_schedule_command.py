"""Operators see whose figures lag, and why, without opening a shop's database."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from platform_core.management.operator import Refused
from platform_core.metrics.lag import PATIENCE, lag
from platform_core.metrics.models import RollupTurn
from tests.statements import StatementCount


def answered(*options: str) -> str:
    out = StringIO()
    call_command("rollup_schedule", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_what_lags_is_listed_with_the_reason(platform: Any) -> None:
    now = timezone.now()
    for slug in ("ahead", "behind", "failing", "late", "new", "taken"):
        platform.make_shop(slug)
    platform.make_shop("closed", status="suspended")
    platform.make_shop("old", schema_version="0001_initial")
    platform.make_shop("gone", status="cancelled")
    call_command("rollup_schedule", "--run", stdout=StringIO(), stderr=StringIO())
    turns = RollupTurn.objects
    turns.filter(tenant__slug="behind").update(due_at=now - PATIENCE + timedelta(minutes=1))
    turns.filter(tenant__slug="late").update(due_at=now - PATIENCE)
    turns.filter(tenant__slug="failing").update(failures=3, last_error="OperationalError: no room")
    turns.filter(tenant__slug="taken").update(taken_until=now + timedelta(minutes=5))
    turns.filter(tenant__slug="new").delete()

    with StatementCount() as statements:
        found = lag(now)

    assert statements.count == 2
    assert found.counts == {
        "up to date": 1, "due": 1, "under way": 1, "late": 1, "failing": 1, "never rolled up": 1, "passed over": 2,
    }  # fmt: skip
    assert [(shop.slug, shop.state, shop.detail) for shop in found.lagging] == [
        ("closed", "passed over", "suspended"),
        ("failing", "failing", "OperationalError: no room"),
        ("late", "late", f"due since {now - PATIENCE:%Y-%m-%d %H:%M} UTC"),
        ("new", "never rolled up", ""),
        ("old", "passed over", "its database is at 0001_initial"),
    ]


def test_scripts_read_json_and_people_a_table(platform: Any) -> None:
    assert answered() == "no shops\n"
    platform.make_shop("acme")
    platform.make_shop("asleep", status="suspended")
    assert answered("--run").startswith("1 up to date, 1 passed over\n")
    document = json.loads(answered("--json"))
    assert document["counts"]["up to date"] == 1
    assert [(shop["slug"], shop["detail"]) for shop in document["lagging"]] == [("asleep", "suspended")]


def test_a_shop_that_cannot_be_rolled_up_is_named(platform: Any) -> None:
    broken = platform.make_shop("broken")
    platform.make_shop("well")
    with platform.unreachable(broken), pytest.raises(Refused, match="broken could not be rolled up"):
        answered("--run")
    assert lag(timezone.now()).counts["up to date"] == 1
