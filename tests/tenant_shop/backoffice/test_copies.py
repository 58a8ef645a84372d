"""The page of copies: archives for owners, a sandbox for who runs the shop, nothing for anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.copies.models import ShopExport
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.back_office import entries
from tests.people import staff_browser
from tests.platform_core.fleet.backups.conftest import storage_in
from tests.platform_core.fleet.conftest import fleet

__all__ = ["fleet"]

PAGE = "/admin/copies/"


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = storage_in(tmp_path / "backups")
    settings.MEDIA_ROOT = str(tmp_path / "media")


def test_an_owner_has_an_archive_made_and_downloads_it(shop: TenantInfo) -> None:
    browser = staff_browser(shop, AccessRole.OWNER)
    page = browser.post(PAGE, {"do": "archive"}, follow=True).content.decode()
    assert "The archive is being made." in page
    assert "Being made" in page
    again = browser.post(PAGE, {"do": "archive"}, follow=True).content.decode()
    assert "An archive of acme is being made already." in again

    export = run_export(ShopExport.objects.get().pk)

    assert export.asked_by is not None
    page = browser.get(PAGE).content.decode()
    assert export.sha256 in page
    answer = browser.get(f"{PAGE}{export.pk}/download/")
    assert len(b"".join(answer.streaming_content)) == export.size  # type: ignore[attr-defined]
    assert [entry.action for entry in entries(shop)] == ["export_tenant", "finish_export", "download_export"]
    assert {entry.user_id for entry in entries(shop)} == {export.asked_by}
    ShopExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.get(f"{PAGE}{export.pk}/download/").status_code == 404


@pytest.mark.parametrize("role", [AccessRole.ADMIN, AccessRole.EDITOR, AccessRole.VIEWER])
def test_nobody_but_owners_takes_the_shop_along(shop: TenantInfo, role: AccessRole) -> None:
    export = run_export(ask_for_export(shop.id).pk)
    browser = staff_browser(shop, role)
    assert browser.get(f"{PAGE}{export.pk}/download/").status_code == 403
    assert browser.post(PAGE, {"do": "archive"}).status_code == 403
    assert ShopExport.objects.count() == 1
    if role == AccessRole.ADMIN:
        page = browser.get(PAGE).content.decode()
        assert export.sha256 not in page
        assert "Make a sandbox" in page
    else:
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE, {"do": "sandbox"}).status_code == 403
        assert Tenant.objects.count() == 1


def test_an_owner_of_another_shop_gets_nothing(shop: TenantInfo, make_shop: Any) -> None:
    theirs = make_shop("globex")
    export = run_export(ask_for_export(theirs.id).pk)
    browser = staff_browser(shop, AccessRole.OWNER)
    assert browser.get(f"{PAGE}{export.pk}/download/").status_code == 404
    assert browser.get(f"{PAGE}{uuid4()}/download/").status_code == 404
    assert ShopExport.objects.get().downloads == 0


def test_a_sandbox_is_asked_for_shown_and_closed(fleet: Any) -> None:
    shop = fleet.databases.make_shop("acme")
    browser = staff_browser(shop, AccessRole.OWNER)
    page = browser.post(PAGE, {"do": "sandbox", "anonymise": "on"}, follow=True).content.decode()
    assert "The sandbox is being made." in page
    assert "0 of 8 steps are done. Now: Take a database for the shop." in page
    assert 'hx-trigger="every 2s"' in page
    sandbox = Tenant.objects.get(sandbox_of=shop.id)
    steps = sandbox.provisioning_runs.get().steps
    steps.filter(position__lte=3).update(state="succeeded")
    steps.filter(position=4).update(state="running", done_bytes=3_500_000)
    assert (
        "3 of 8 steps are done. Now: Copy every row of the shop, 3.3\xa0MB so far."
        in browser.get(PAGE).content.decode()
    )
    sandbox.provisioning_runs.update(state="failed")
    assert "One did not succeed. Nothing is lost: it is tried again" in browser.get(PAGE).content.decode()
    assert sandbox.provisioning_runs.get().request["origin"]["anonymise"] is True
    assert "acme gets no sandbox" in browser.post(PAGE, {"do": "sandbox"}, follow=True).content.decode()
    page = browser.post(PAGE, {"do": "end_sandbox"}, follow=True).content.decode()
    assert "The sandbox is closed" in page
    assert "Make a sandbox" in page
    sandbox.refresh_from_db()
    assert sandbox.status == "cancelled"
    assert browser.post(PAGE, {"do": "anything"}).status_code == 404


def test_in_a_sandbox_every_page_says_so(shop: TenantInfo) -> None:
    browser = staff_browser(shop, AccessRole.OWNER)
    assert "A copy of your shop to try things in" not in browser.get(PAGE).content.decode()
    Tenant.objects.filter(pk=shop.id).update(sandbox_of=uuid4())
    directory.clear()
    page = browser.get(PAGE).content.decode()
    assert "A copy of your shop to try things in" in page
    assert "Make a sandbox" not in page
    assert replace(shop, sandbox_of=uuid4()).is_sandbox
