"""The pool of spares: filled exactly, claimed once, never outdated."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from kombu.exceptions import OperationalError as BrokerError

from platform_core.fleet import spares
from platform_core.fleet.errors import TemplateMissing
from platform_core.fleet.models import ProvisioningRun, SpareDatabase, TemplateVersion
from platform_core.fleet.provision import task
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import create_shop
from platform_core.fleet.spares import claim_spare, refill_every_server, refill_spares
from platform_core.tenants.models import Tenant
from tests.databases import PREFIX
from tests.platform_core.fleet.conftest import Ask, Fleet


def test_a_refill_makes_what_is_missing_and_no_more(fleet: Fleet) -> None:
    first, second = refill_spares("primary"), refill_spares("primary")
    assert (first.made, first.ready, second.made, second.ready) == (2, 2, 0, 2)
    assert fleet.names() == {name.removeprefix(PREFIX) for name in SpareDatabase.objects.values_list("name", flat=True)}
    assert set(SpareDatabase.objects.values_list("state", flat=True)) == {"ready"}


def test_refills_at_once_do_not_overshoot(fleet: Fleet) -> None:
    def refill(number: int) -> int:
        try:
            return refill_spares("primary", wanted=3).made
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(refill, range(4))) == 3
    assert len(fleet.names()) == 3


def test_only_the_owner_and_the_requests_role_may_connect_to_a_spare(fleet: Fleet) -> None:
    refill_spares("primary", wanted=1)
    [(privileges,)] = fleet.execute(
        "platform", "SELECT datacl::text FROM pg_database WHERE starts_with(datname, %s)", f"{PREFIX}spare_"
    )
    assert privileges == "{smartseller_owner=CTc/smartseller_owner,smartseller_app=c/smartseller_owner}"


def test_spares_of_an_earlier_template_are_replaced_and_never_claimed(fleet: Fleet, ask: Ask) -> None:
    refill_spares("primary")
    outdated = fleet.names()
    current = TemplateVersion.objects.get()
    TemplateVersion.objects.update(is_current=False)
    TemplateVersion.objects.create(
        server_id="primary",
        version="9999_next",
        database_name=current.database_name,
        schema_digest="0",
        is_current=True,
        built_at=current.built_at,
    )

    requested = request_shop(ask("acme"))
    assert claim_spare("primary", run_id=requested.run_id) is None
    result = refill_spares("primary")

    assert (result.dropped, result.made) == (2, 2)
    assert not fleet.names() & outdated


def test_a_rebuild_replaces_every_waiting_spare(fleet: Fleet) -> None:
    refill_spares("primary")
    before = fleet.names()
    result = refill_spares("primary", rebuild=True)
    assert (result.dropped, result.made) == (2, 2)
    assert not fleet.names() & before


def test_a_spare_is_claimed_once_whoever_asks(fleet: Fleet, ask: Ask) -> None:
    refill_spares("primary", wanted=2)
    runs = [request_shop(ask(slug)).run_id for slug in "abcd"]

    def claim(run_id: object) -> str | None:
        try:
            spare = claim_spare("primary", run_id=run_id)  # type: ignore[arg-type]
            return spare and spare.name
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(claim, runs))
    assert sum(name is None for name in claimed) == 2
    assert len({name for name in claimed if name}) == 2
    assert ProvisioningRun.objects.filter(spare_used=True).count() == 2


def test_a_run_that_asks_again_gets_its_own_spare(fleet: Fleet, ask: Ask) -> None:
    refill_spares("primary", wanted=2)
    run_id = request_shop(ask("acme")).run_id
    first, second = claim_spare("primary", run_id=run_id), claim_spare("primary", run_id=run_id)
    assert first is not None
    assert first == second
    assert SpareDatabase.objects.filter(state="ready").count() == 1


def test_a_spare_whose_database_is_gone_is_passed_over(fleet: Fleet, ask: Ask) -> None:
    refill_spares("primary", wanted=2)
    oldest = SpareDatabase.objects.order_by("created_at")[0].name
    fleet.execute("platform", f'DROP DATABASE "{oldest}"')
    assert create_shop(ask("acme")).spare_used
    assert not SpareDatabase.objects.exists()
    assert fleet.names() == {"acme"}


def test_without_a_template_no_spare_is_made(fleet: Fleet) -> None:
    TemplateVersion.objects.all().delete()
    with pytest.raises(TemplateMissing):
        refill_every_server()
    assert fleet.names() == set()


@pytest.mark.slow
def test_fifty_shops_claim_their_spares(fleet: Fleet, ask: Ask) -> None:
    used = 0
    for number in range(50):
        used += create_shop(ask(f"shop-{number}")).spare_used
        refill_spares("primary")
    assert used == 49  # the pool was empty at the first
    assert Tenant.objects.filter(status="active").count() == 50
    assert len({name for name in fleet.names() if name.startswith("shop_")}) == 50


def test_with_no_broker_a_refill_waits_for_the_recurring_one(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**options: object) -> None:
        raise BrokerError("connection refused")

    monkeypatch.setattr(spares.refill_spares_task, "apply_async", refuse)
    with caplog.at_level(logging.WARNING):
        spares.queue_refill()
    assert "could not be queued: connection refused" in caplog.text


def test_with_no_broker_a_shop_is_made_at_once(fleet: Fleet, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(run_id: str) -> None:
        raise BrokerError("connection refused")

    requested = request_shop(ask("acme"))
    monkeypatch.setattr(task.provision_task, "delay", refuse)
    assert task.provision_soon(requested.run_id) is False
    assert Tenant.objects.get().status == "active"


def test_with_a_broker_a_shop_is_left_to_a_worker(fleet: Fleet, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    requested = request_shop(ask("acme"))
    monkeypatch.setattr(task.provision_task, "delay", queued.append)
    assert task.provision_soon(requested.run_id) is True
    assert queued == [str(requested.run_id)]
    assert Tenant.objects.get().status == "pending_setup"
    task.provision_task(queued[0])
    assert Tenant.objects.get().status == "active"
