"""What operators have the fleet do from the console: backups, proofs, making shops, moves; refused before it begins."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.accounts.models import PlatformRole
from platform_core.fleet.backups.models import Backup, BackupTurn
from platform_core.fleet.models import DatabaseServer, ProvisioningRun
from platform_core.fleet.moves import move as moving
from platform_core.fleet.moves.models import Move
from platform_core.fleet.provision import again
from platform_core.fleet.restores import ask_proof
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.operating import OPERATOR, WHY, entries, operator, shop

pytestmark = pytest.mark.usefixtures("platform")


def test_a_backup_that_is_asked_for_is_due_at_once(acme: TenantInfo) -> None:
    browser = operator(PlatformRole.SUPPORT)

    assert browser.post(shop(acme, "back-up"), {"reason": WHY}).status_code == 302
    assert BackupTurn.objects.get().due_at <= timezone.now()
    assert entries("ask_for_backup") == [(OPERATOR, WHY)]
    BackupTurn.objects.all().delete()
    Tenant.objects.update(sandbox_of=acme.id)
    refused = browser.post(shop(acme, "back-up"), {"reason": WHY})
    assert (refused.status_code, "is a sandbox and cannot be backed up" in refused.content.decode()) == (409, True)
    assert not BackupTurn.objects.exists()


def test_a_backup_is_proven_on_demand_and_an_unfinished_one_never(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(ask_proof.prove_this_task, "delay", asked.append)
    now = timezone.now()
    facts = {"kind": "shop", "tenant_id": acme.id, "slug": "acme", "server": "primary", "database_name": "x"}
    whole = Backup.objects.create(**facts, location="a", state="complete", finished_at=now, dump_sha256="0" * 64)
    begun = Backup.objects.create(**facts, location="b")
    browser = operator()

    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            browser.post(f"/admin/platform_core/backup/{each.pk}/prove/", {"reason": WHY}).status_code
            for each in (whole, begun)
        ]
    assert (answers, asked) == ([302, 409], [str(whole.pk)])
    assert entries("ask_for_proof") == [(OPERATOR, WHY)]
    page = browser.get(f"/admin/platform_core/backup/{whole.pk}/change/").content.decode()
    assert f"manage.py restore --tenant acme --backup {whole.pk}" in page


def test_making_a_shop_goes_on_only_while_it_is_not_made(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    queued: list[Any] = []
    monkeypatch.setattr(again, "provision_soon", queued.append)
    browser = operator(PlatformRole.SUPPORT)

    assert browser.post(shop(acme, "provision"), {"reason": WHY}).status_code == 409
    Tenant.objects.update(status="pending_setup")
    run = ProvisioningRun.objects.create(tenant_id=acme.id, state="failed", error="no room", finished_at=timezone.now())
    assert "Making it failed: no room" in browser.get(shop(acme, "change")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(shop(acme, "provision"), {"reason": WHY}).status_code == 302

    assert queued == [run.pk]
    assert entries("provision_again") == [(OPERATOR, WHY)]


def test_a_move_that_closes_the_shop_is_begun_by_who_agreed_to_that(acme: TenantInfo, settings: Any) -> None:
    servers = settings.DATABASE_SERVERS
    settings.DATABASE_SERVERS = {**servers, "second": {**servers["primary"], "replication": ""}}
    DatabaseServer.objects.create(key="second")
    browser = operator()

    answer = browser.post(shop(acme, "move"), {"to": "second", "reason": WHY})
    assert answer.status_code == 409
    assert "cannot be moved while it sells: the settings have no address for replication" in answer.content.decode()
    assert (Move.objects.count(), entries("ask_for_move")) == (0, [])

    assert browser.post(shop(acme, "move"), {"to": "second", "reason": WHY, "may_close": "on"}).status_code == 302
    assert (Move.objects.get().method, entries("ask_for_move")) == ("dump", [(OPERATOR, WHY)])


@pytest.mark.parametrize("replication", ["", "host=/nowhere"])
def test_nobody_is_asked_to_close_a_shop_for_a_server_that_does_not_answer(
    acme: TenantInfo, settings: Any, replication: str
) -> None:
    nowhere = {"app": "host=/nowhere", "owner": "host=/nowhere", "replication": replication}
    settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, "second": nowhere}
    DatabaseServer.objects.create(key="second")
    browser = operator()

    for tick in ({}, {"may_close": "on"}):
        answer = browser.post(shop(acme, "move"), {"to": "second", "reason": WHY, **tick})
        assert answer.status_code == 409
        assert "acme could not be moved: the server second does not answer." in answer.content.decode()
    assert (Move.objects.count(), entries("ask_for_move")) == (0, [])


@pytest.mark.parametrize("replication", ["", "host=/nowhere"])
def test_a_move_that_no_worker_would_finish_is_refused_and_what_to_do_is_said(
    acme: TenantInfo, settings: Any, monkeypatch: pytest.MonkeyPatch, replication: str
) -> None:
    servers = settings.DATABASE_SERVERS
    settings.DATABASE_SERVERS = {**servers, "second": {**servers["primary"], "replication": replication}}
    if replication:
        monkeypatch.setattr(moving, "why_not_replicated", lambda *servers: "")
    DatabaseServer.objects.create(key="second")
    now = timezone.now()
    backup = Backup.objects.create(
        kind="shop", tenant_id=acme.id, slug="acme", server="primary", database_name="x", location="1",
        state="complete", started_at=now - timedelta(minutes=19), finished_at=now, dump_sha256="0" * 64,
    )  # fmt: skip
    browser, wish = operator(), {"to": "second", "reason": WHY, "may_close": "on"}

    answer = browser.post(shop(acme, "move"), wish)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "acme is not moved by a worker, which gives up after 54 minutes: it would go on for about 57 minutes" in page
    assert "On a terminal nothing ends it: manage.py move_tenant acme --to second." in page
    assert "Please correct" not in page, "no field is wrong"
    assert (Move.objects.count(), entries("ask_for_move")) == (0, [])

    Backup.objects.filter(pk=backup.pk).update(started_at=now - timedelta(minutes=18))
    assert browser.post(shop(acme, "move"), wish).status_code == 302
    assert Move.objects.get().method == ("replication" if replication else "dump")


def test_a_move_that_cannot_be_is_refused_and_nothing_is_written_down(acme: TenantInfo) -> None:
    browser = operator()

    assert "no other open server" in browser.get(shop(acme, "move")).content.decode()
    assert browser.post(shop(acme, "move"), {"to": "primary", "reason": WHY}).status_code == 422
    DatabaseServer.objects.create(key="nowhere")
    assert browser.post(shop(acme, "move"), {"to": "nowhere", "reason": WHY}).status_code == 409
    assert (Move.objects.count(), entries("ask_for_move")) == (0, [])
