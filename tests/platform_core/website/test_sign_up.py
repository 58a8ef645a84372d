import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.fleet.models import ProvisioningRun, ProvisioningStep
from platform_core.fleet.provision import run as provisioning
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD, make_user, platform_browser

pytestmark = pytest.mark.usefixtures("fleet")


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "shop_name": "Acme Tools",
        "slug": "acme",
        "plan": "premium",
        "country": "DE",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "email": "Ann@acme.example",
        "password": PASSWORD,
        "request_key": uuid4().hex,
        **changes,
    }


def rows() -> dict[str, int]:
    """What a refused sign-up must not have changed."""
    return {model.__name__: model.objects.count() for model in (Tenant, PlatformUser, ProvisioningRun, TenantAccess)}


@pytest.mark.usefixtures("no_broker")
def test_a_merchant_signs_up_and_stands_in_the_open_shop() -> None:
    browser = platform_browser()
    page = browser.get("/signup/").content.decode()
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key

    submitted = browser.post("/signup/", answers(request_key=key[1]))
    progress = browser.get(submitted.headers["Location"]).content.decode()
    opening = browser.get("/shops/acme/")

    assert submitted.status_code == 302
    assert "Acme Tools is open" in progress
    assert ">acme.localhost:8000</a>" in progress  # as it is copied, it answers
    assert len(re.findall(r"[\d.]+ ms</span>", progress)) == ProvisioningStep.objects.count() == 8
    assert opening.headers["Location"].startswith("http://acme.localhost:8000/welcome/?token=")

    shop = Tenant.objects.get(slug="acme")
    owner = PlatformUser.objects.get(email="ann@acme.example")
    assert (shop.status, shop.plan_type, shop.currency, shop.timezone) == ("active", "premium", "EUR", "Europe/Berlin")
    assert owner.role == PlatformRole.MERCHANT
    assert owner.check_password(PASSWORD)
    assert TenantAccess.objects.get().role == "owner"

    visitor = Client(SERVER_NAME="acme.localhost")
    welcomed = visitor.get(opening.headers["Location"].removeprefix("http://acme.localhost:8000"))
    assert welcomed.headers["Location"] == "/dashboard/"
    assert visitor.get("/dashboard/").status_code == 200

    replay = Client(SERVER_NAME="acme.localhost")
    again = replay.get(opening.headers["Location"].removeprefix("http://acme.localhost:8000"))
    assert again.status_code == 403
    assert replay.get("/dashboard/").status_code == 302


@pytest.mark.usefixtures("no_broker")
def test_submitting_the_form_twice_opens_one_shop_and_shows_it_twice() -> None:
    browser, form = platform_browser(), answers()

    first, second = (browser.post("/signup/", form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert rows() == {"Tenant": 1, "PlatformUser": 1, "ProvisioningRun": 1, "TenantAccess": 1}


def test_a_form_submitted_twice_before_any_work_was_done_is_queued_once(no_worker: mock.Mock) -> None:
    browser, form = platform_browser(), answers()

    first, second = (browser.post("/signup/", form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert no_worker.call_count == 1


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("admin", "the platform keeps this word for itself"),
        ("tenant-template", "the platform keeps this word for itself"),
        ("-acme", "single hyphens between them"),
        ("a--b", "single hyphens between them"),
        ("käse", "single hyphens between them"),
        ("acme.evil", "single hyphens between them"),
        ("acme\x00", "Null characters are not allowed."),
        ("", "This field is required."),
        ("a" * 51, "at most 50 characters"),
    ],
)
def test_an_address_that_no_shop_may_have_is_refused_and_nothing_changes(slug: str, sentence: str) -> None:
    response = platform_browser().post("/signup/", answers(slug=slug))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert rows() == {"Tenant": 0, "PlatformUser": 0, "ProvisioningRun": 0, "TenantAccess": 0}


@pytest.mark.parametrize("slug", ["acme", "ACME"])
def test_a_taken_address_is_refused_in_any_case_and_nothing_changes(
    slug: str, make_shop: Callable[..., TenantInfo]
) -> None:
    make_shop("acme")
    before = rows()

    response = platform_browser().post("/signup/", answers(slug=slug))

    assert response.status_code == 409
    assert "is taken by another shop" in response.content.decode()
    assert rows() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shop_name", ""),
        ("shop_name", "x" * 256),
        ("shop_name", "Acme\u202e"),
        ("plan", "gold"),
        ("country", "XX"),
        ("currency", "DEM"),
        ("timezone", "../../etc/passwd"),
        ("email", "nobody"),
        ("password", "short"),
        ("password", "12345678901234"),
        ("password", "ann@acme.example"),
        ("password", "p" * 1001),
        ("request_key", "k" * 65),
    ],
)
def test_a_bad_answer_is_refused_and_the_rest_of_the_form_is_kept(field: str, value: str) -> None:
    response = platform_browser().post("/signup/", answers(**{field: value}))

    page = response.content.decode()
    assert response.status_code == 422
    assert field == "slug" or 'value="acme"' in page
    assert PASSWORD not in page
    assert rows() == {"Tenant": 0, "PlatformUser": 0, "ProvisioningRun": 0, "TenantAccess": 0}


@pytest.mark.usefixtures("no_broker")
def test_who_has_an_account_opens_a_second_shop_with_its_password() -> None:
    make_user("ann@acme.example")

    response = platform_browser().post("/signup/", answers())

    assert response.status_code == 302
    assert TenantAccess.objects.get().platform_user.email == "ann@acme.example"


def test_another_password_than_the_accounts_is_refused_and_counts_as_a_wrong_log_in() -> None:
    user = make_user("ann@acme.example")
    before = rows()

    response = platform_browser().post("/signup/", answers(password="a different password"))

    user.refresh_from_db()
    assert response.status_code == 422
    assert "this is not its password" in response.content.decode()
    assert user.failed_login_attempts == 1
    assert user.check_password(PASSWORD)
    assert rows() == before


def test_nobody_else_sees_the_progress(no_worker: mock.Mock) -> None:
    location = platform_browser().post("/signup/", answers()).headers["Location"]
    other = platform_browser()

    assert other.get(location).headers["Location"].startswith("/login/")
    make_user("eve@example.com")
    other.post("/login/", {"username": "eve@example.com", "password": PASSWORD})
    assert other.get(location).status_code == 404
    assert other.post(f"{location}retry/").status_code == 404


def test_while_a_worker_is_expected_the_page_waits_and_renews_itself(no_worker: mock.Mock) -> None:
    browser = platform_browser()
    location = browser.post("/signup/", answers()).headers["Location"]

    page = browser.get(location).content.decode()

    assert "Building Acme Tools" in page
    assert '<meta http-equiv="refresh"' in page
    assert Tenant.objects.get().status == "pending_setup"


def test_when_no_worker_comes_the_waiting_page_does_the_work(no_worker: mock.Mock) -> None:
    browser = platform_browser()
    location = browser.post("/signup/", answers()).headers["Location"]
    ProvisioningRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=6))

    assert "Acme Tools is open" in browser.get(location).content.decode()


@pytest.mark.usefixtures("no_broker")
def test_a_failed_step_is_shown_without_its_innards_and_can_be_tried_again() -> None:
    browser = platform_browser()
    with (
        mock.patch.object(provisioning.steps, "open_trial", side_effect=OSError),
        mock.patch.object(provisioning, "_do_steps", side_effect=provisioning.ShopNotPending("acme", "in the innards")),
    ):
        location = browser.post("/signup/", answers()).headers["Location"]
    ProvisioningRun.objects.update(state="failed", error="KeyError: innards")

    failed = browser.get(location).content.decode()
    assert "Something went wrong" in failed
    assert "innards" not in failed

    assert browser.post(f"{location}retry/").headers["Location"] == location
    assert "Acme Tools is open" in browser.get(location).content.decode()


def test_a_shop_in_preparation_says_so(no_worker: mock.Mock) -> None:
    platform_browser().post("/signup/", answers())

    assert Client(SERVER_NAME="acme.localhost").get("/").status_code == 202


def test_the_way_into_somebody_elses_shop_is_not_there(make_shop: Callable[..., TenantInfo]) -> None:
    make_shop("acme")
    browser = platform_browser()
    browser.post("/login/", {"username": make_user("eve@example.com").email, "password": PASSWORD})

    assert browser.get("/shops/acme/").status_code == 404
    assert browser.get("/shops/nothing/").status_code == 404
