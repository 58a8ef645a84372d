"""The form of a new shop, from the first answer to the open shop, and what it refuses."""

import re
from collections.abc import Callable
from unittest import mock

import pytest
from django.test import Client

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.models import TenantSubscription
from platform_core.fleet.models import ProvisioningStep
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD, platform_browser
from tests.platform_core.accounts.posting import mails
from tests.platform_core.website.signing_up import NOTHING, answers, asked, opened, rows

pytestmark = pytest.mark.usefixtures("fleet")


@pytest.mark.usefixtures("no_broker")
def test_a_merchant_signs_up_and_stands_in_the_open_shop() -> None:
    browser = platform_browser()
    page = browser.get("/signup/").content.decode()
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key

    path = asked(browser, request_key=key[1])
    assert rows() == NOTHING
    telephone = platform_browser()
    assert "Choose" not in (looked := telephone.get(path)).content.decode()
    assert looked["Referrer-Policy"] == "same-origin"
    assert rows() == NOTHING
    submitted = browser.post(path, {"password": PASSWORD})
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
    assert owner.email_verified
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
def test_who_comes_from_the_prices_by_the_year_pays_by_the_year(kept_plans: None) -> None:
    TenantPlan.objects.filter(name="premium").update(annual_price=900)
    TenantPlan.objects.filter(name="basic").update(annual_price=None)
    browser = platform_browser()
    link = re.search(r'href="(/signup/[^"]*premium[^"]*)"', browser.get("/pricing/?billing=annual").content.decode())
    assert link
    page = browser.get(link[1].replace("&amp;", "&")).content.decode()
    assert "The first year" in page
    assert '<option value="annual" selected>' in page

    assert browser.post("/signup/", answers(plan="basic", cycle="annual")).status_code == 422
    opened(browser, cycle="annual")
    running = TenantSubscription.objects.get()
    assert (running.billing_cycle, running.amount) == ("annual", 900)


def test_codes_of_coupons_are_not_tried_out_one_after_the_other(no_worker: mock.Mock, kept_plans: None) -> None:
    PlanCoupon.objects.create(code="SPRING", kind="percentage", value=20)
    browser, asking = platform_browser(), "/signup/amount/?plan=premium&country=US&coupon="
    assert "Coupon SPRING: 20 % off" in browser.get(f"{asking}spring").content.decode()
    for number in range(10):
        browser.get(f"{asking}X{number}")
        browser.get(f"/pricing/?coupon=X{number}")

    assert "Coupon SPRING" not in browser.get(f"{asking}spring").content.decode()
    assert "20 %" not in browser.get("/pricing/?coupon=SPRING").content.decode()
    assert browser.post("/signup/", answers(coupon="SPRING")).status_code == 422
    assert rows() == NOTHING


def test_what_can_be_neither_code_nor_plan_is_refused_like_any_other() -> None:
    for wrong in ({"coupon": "\x00"}, {"plan": "\x00"}, {"country": "\x00"}, {"coupon": "\N{COLLISION SYMBOL}"}):
        assert platform_browser().post("/signup/", answers(**wrong)).status_code == 422
    assert rows() == NOTHING


def test_one_mailbox_is_written_to_three_times_an_hour(no_worker: mock.Mock) -> None:
    sent = [platform_browser().post("/signup/", answers(email="often@acme.example")) for _ in range(4)]

    assert [each.status_code for each in sent] == [200, 200, 200, 422]
    assert len(mails()) == 3


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
    assert rows() == NOTHING


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
        ("coupon", "NOSUCH"),
        ("cycle", ""),
        ("cycle", "weekly"),
        ("coupon", "x" * 41),
        ("request_key", "k" * 65),
    ],
)
def test_a_bad_answer_is_refused_and_the_rest_of_the_form_is_kept(field: str, value: str) -> None:
    response = platform_browser().post("/signup/", answers(**{field: value}))

    page = response.content.decode()
    assert response.status_code == 422
    assert field == "slug" or 'value="acme"' in page
    assert rows() == NOTHING
