"""The page that shows a shop being made, and who sees it."""

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.fleet.models import ProvisioningRun
from platform_core.fleet.provision import run as provisioning
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD, make_user, platform_browser
from tests.platform_core.website.signing_up import opened

pytestmark = pytest.mark.usefixtures("fleet")


def test_nobody_else_sees_the_progress(no_worker: mock.Mock) -> None:
    location = opened(platform_browser())
    other = platform_browser()

    assert other.get(location).headers["Location"].startswith("/login/")
    make_user("eve@example.com")
    other.post("/login/", {"username": "eve@example.com", "password": PASSWORD})
    assert other.get(location).status_code == 404
    assert other.post(f"{location}retry/").status_code == 404


def test_while_a_worker_is_expected_the_page_waits_and_renews_itself(no_worker: mock.Mock) -> None:
    browser = platform_browser()
    location = opened(browser)

    page = browser.get(location).content.decode()

    assert "Building Acme Tools" in page
    assert '<meta http-equiv="refresh"' in page
    assert Tenant.objects.get().status == "pending_setup"


def test_when_no_worker_comes_the_waiting_page_does_the_work(no_worker: mock.Mock) -> None:
    browser = platform_browser()
    location = opened(browser)
    ProvisioningRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=6))

    assert "Acme Tools is open" in browser.get(location).content.decode()


@pytest.mark.usefixtures("no_broker")
def test_a_failed_step_is_shown_without_its_innards_and_can_be_tried_again() -> None:
    browser = platform_browser()
    with (
        mock.patch.object(provisioning.steps, "open_trial", side_effect=OSError),
        mock.patch.object(provisioning, "_do_steps", side_effect=provisioning.ShopNotPending("acme", "in the innards")),
    ):
        location = opened(browser)
    ProvisioningRun.objects.update(state="failed", error="KeyError: innards")

    failed = browser.get(location).content.decode()
    assert "Something went wrong" in failed
    assert "innards" not in failed

    assert browser.post(f"{location}retry/").headers["Location"] == location
    assert "Acme Tools is open" in browser.get(location).content.decode()


def test_a_shop_in_preparation_says_so(no_worker: mock.Mock) -> None:
    opened(platform_browser())

    assert Client(SERVER_NAME="acme.localhost").get("/").status_code == 202


def test_the_way_into_somebody_elses_shop_is_not_there(make_shop: Callable[..., TenantInfo]) -> None:
    make_shop("acme")
    browser = platform_browser()
    browser.post("/login/", {"username": make_user("eve@example.com").email, "password": PASSWORD})

    assert browser.get("/shops/acme/").status_code == 404
    assert browser.get("/shops/nothing/").status_code == 404
