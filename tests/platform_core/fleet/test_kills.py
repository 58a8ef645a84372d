"""A process killed at any point of making a shop: the next attempt ends in exactly one shop with one database."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from uuid import UUID

import pytest

from platform_core.accounts.models import TenantAccess
from platform_core.billing.models import TenantSubscription
from platform_core.fleet.models import ProvisioningRun, SpareDatabase, TemplateVersion
from platform_core.fleet.provision import steps
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import create_shop, run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.template import ensure_template
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.models import Setting
from tests.platform_core.fleet.children import die, die_instead, in_child
from tests.platform_core.fleet.conftest import Ask, Fleet

NAMES = [step.name for step in steps.STEPS]
FEW = {("before", "claim_database"), ("after", "claim_database"), ("after", "write_sentinel"), ("after", "open_shop")}


@contextmanager
def killed_around(when: str, name: str) -> Iterator[None]:
    """The step kills its process before or after it does its work, and before it is recorded."""

    def wrap(step: steps.Step) -> steps.Step:
        def do(site: Any) -> None:
            if when == "before":
                die()
            step.do(site)
            die()

        return steps.Step(step.name, do) if step.name == name else step

    with mock.patch.object(steps, "STEPS", tuple(map(wrap, steps.STEPS))):
        yield


def check_one_shop(fleet: Fleet, run_id: UUID) -> None:
    tenant = directory.by_slug("acme")
    assert tenant.status == "active"
    with tenant_context(tenant):
        assert Setting.objects.get(key="currency").value == "EUR"
    assert fleet.execute("acme", "SELECT tenant_id, database_name FROM tenant_sentinel") == [
        (tenant.id, tenant.database_name)
    ]
    assert TenantSubscription.objects.count() == 1
    assert TenantAccess.objects.count() == 1
    run = ProvisioningRun.objects.get()
    assert (run.pk, run.state, run.attempt) == (run_id, "succeeded", 2)
    assert set(run.steps.values_list("state", flat=True)) == {"succeeded"}
    assert not SpareDatabase.objects.exists()
    assert fleet.names() == {"acme"}
    assert reconcile().findings == []


@pytest.mark.parametrize("spares", [1, 0], ids=["spare", "clone"])
@pytest.mark.parametrize(
    ("when", "name"),
    [
        pytest.param(when, name, marks=() if (when, name) in FEW else pytest.mark.slow)
        for name in NAMES
        for when in ("before", "after")
    ],
)
def test_a_kill_at_any_step_loses_and_doubles_nothing(
    fleet: Fleet, ask: Ask, when: str, name: str, spares: int
) -> None:
    refill_spares("primary", wanted=spares)
    requested = request_shop(ask("acme"))

    with killed_around(when, name):
        assert in_child(lambda: run_provisioning(requested.run_id)) == signal.SIGKILL

    directory.clear()
    assert ProvisioningRun.objects.get().state == "running"
    assert run_provisioning(requested.run_id).spare_used is (spares == 1)
    check_one_shop(fleet, requested.run_id)


INSIDE = {
    "spare claimed, not renamed": "platform_core.fleet.provision.steps.rename_database",
    "clone noted, not made": "platform_core.fleet.spares.clone_database",
    "request written, run not begun": "platform_core.fleet.provision.run.run_provisioning",
}


@pytest.mark.parametrize("target", INSIDE.values(), ids=INSIDE.keys())
def test_a_kill_within_a_step_loses_and_doubles_nothing(fleet: Fleet, ask: Ask, target: str) -> None:
    refill_spares("primary", wanted=0 if "clone" in target else 1)

    def work() -> None:
        with mock.patch(target, side_effect=die_instead):
            create_shop(ask("acme"))

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    assert ProvisioningRun.objects.get().state == "running"
    create_shop(ask("acme"))
    assert directory.by_slug("acme").status == "active"
    assert {name for name in fleet.names() if not name.startswith("spare_")} == {"acme"}
    assert reconcile().findings == []


def test_a_kill_after_the_copy_keeps_the_copy(fleet: Fleet, ask: Ask) -> None:
    from platform_core.fleet import spares

    clone = spares.clone_database

    def clone_and_die(*args: Any, **kwargs: Any) -> None:
        clone(*args, **kwargs)
        die()

    def work() -> None:
        with mock.patch.object(spares, "clone_database", clone_and_die):
            create_shop(ask("acme"))

    assert in_child(work) == signal.SIGKILL
    [copy] = fleet.names()
    assert copy.startswith("spare_")
    assert reconcile().findings == []  # the run is young, and the copy is the run's
    create_shop(ask("acme"))
    assert fleet.names() == {"acme"}


@pytest.mark.parametrize("target", ["clone_database", "lock_down_database", "_warm_up"])
def test_a_killed_refill_is_tidied_by_the_next(fleet: Fleet, target: str) -> None:
    def work() -> None:
        with mock.patch(f"platform_core.fleet.spares.{target}", side_effect=die_instead):
            refill_spares("primary", wanted=2)

    assert in_child(work) == signal.SIGKILL
    result = refill_spares("primary", wanted=2)
    assert (result.dropped, result.made, result.ready) == (1, 2, 2)
    assert len(fleet.names()) == 2
    assert reconcile().findings == []


@pytest.mark.slow
@pytest.mark.parametrize("target", ["_migrate", "_swap", "_drop_outdated"])
def test_a_killed_building_of_the_template_leaves_the_earlier_one_in_use(fleet: Fleet, ask: Ask, target: str) -> None:
    def work() -> None:
        with mock.patch(f"platform_core.fleet.template.{target}", side_effect=die_instead):
            ensure_template("primary", rebuild=True)

    assert in_child(work) == signal.SIGKILL
    assert create_shop(ask("acme")).slug == "acme"
    assert reconcile(fix=True).is_clean
    assert fleet.names() == {"acme"}
    assert reconcile().findings == []
    assert TemplateVersion.objects.filter(is_current=True).count() == 1
