import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from unittest import mock
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.billing.by_hand import note_transfer
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.billing.run import billing_run
from platform_core.fleet.models import ProvisioningRun, ProvisioningStep
from platform_core.fleet.provision import run as provisioning
from platform_core.plans.models import TenantPlan
from platform_core.signups import ask as asking
from platform_core.signups.confirm import forget_sign_ups, open_with_password
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from platform_core.website import confirm_sign_up
from platform_core.website.address import AddressState
from smartseller.throttle import count_mailbox
from tests.people import PASSWORD, log_in, make_user, platform_browser
from tests.platform_core.accounts.posting import mails, path_in
from tests.platform_core.billing.test_subscriptions import together
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("fleet")
NOTHING = {"Tenant": 0, "PlatformUser": 0, "ProvisioningRun": 0, "TenantAccess": 0}


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "shop_name": "Acme Tools",
        "slug": "acme",
        "plan": "premium",
        "coupon": "",
        "cycle": "monthly",
        "country": "DE",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "email": "Ann@acme.example",
        "request_key": uuid4().hex,
        **changes,
    }


def asked(browser: Client, **changes: Any) -> str:
    """Send the form; the path in the mail that comes of it."""
    assert browser.post("/signup/", answers(**changes)).status_code == 200
    (message,) = mails()
    return path_in(message)


def opened(browser: Client, **changes: Any) -> str:
    """Send the form, follow the link and choose a password; where the progress is shown."""
    submitted = browser.post(asked(browser, **changes), {"password": PASSWORD})
    assert submitted.status_code == 302, submitted.content.decode()
    return str(submitted.headers["Location"])


def rows() -> dict[str, int]:
    """What a refused sign-up must not have changed."""
    return {model.__name__: model.objects.count() for model in (Tenant, PlatformUser, ProvisioningRun, TenantAccess)}


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


def test_the_form_sent_twice_and_the_link_followed_twice_open_one_shop(no_worker: mock.Mock) -> None:
    browser, form = platform_browser(), answers()

    first, second = (browser.post("/signup/", form) for _ in range(2))
    (message,) = mails()
    done, again = (browser.post(path_in(message), {"password": PASSWORD}) for _ in range(2))

    assert first.content == second.content
    assert done.headers["Location"] == again.headers["Location"]
    assert rows() == {"Tenant": 1, "PlatformUser": 1, "ProvisioningRun": 1, "TenantAccess": 0}
    assert no_worker.call_count == 1


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


def test_of_two_who_follow_one_link_at_once_one_opens_the_shop(no_worker: mock.Mock) -> None:
    token = asked(platform_browser()).rstrip("/").rpartition("/")[2]

    results = together(*[partial(open_with_password, token, PASSWORD, now=timezone.now())] * 2)

    assert sorted(type(result).__name__ for result in results) == ["SignUpOver", "tuple"]
    assert rows() == {**NOTHING, "Tenant": 1, "PlatformUser": 1, "ProvisioningRun": 1}


def test_a_tab_that_comes_too_late_is_led_where_the_first_one_led(
    no_worker: mock.Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, first, second = asked(platform_browser()), platform_browser(), platform_browser()
    open_now = confirm_sign_up._open

    def meanwhile(*said: Any) -> Any:
        monkeypatch.setattr(confirm_sign_up, "_open", open_now)
        assert first.post(path, {"password": PASSWORD}).status_code == 302
        return open_now(*said)

    monkeypatch.setattr(confirm_sign_up, "_open", meanwhile)
    late = second.post(path, {"password": PASSWORD})

    run = ProvisioningRun.objects.get()
    assert (late.status_code, late.headers["Location"]) == (302, f"/signup/{run.pk}/")
    assert "_auth_user_id" not in second.session
    assert second.get(late.headers["Location"]).headers["Location"].startswith("/login/")


def test_of_two_who_confirm_one_address_at_once_one_has_it_and_the_other_chooses_another(no_worker: mock.Mock) -> None:
    tokens = [
        asked(platform_browser(), email=email).rstrip("/").rpartition("/")[2]
        for email in ("ann@acme.example", "eve@acme.example")
    ]

    results = together(*[partial(open_with_password, each, PASSWORD, now=timezone.now()) for each in tokens])

    assert sorted(type(result).__name__ for result in results) == ["SlugTaken", "tuple"]
    assert rows() == {**NOTHING, "Tenant": 1, "PlatformUser": 1, "ProvisioningRun": 1}
    loser = tokens[[isinstance(result, tuple) for result in results].index(False)]
    requested, _ = open_with_password(loser, PASSWORD, slug="acme-2", now=timezone.now())
    assert requested.slug == "acme-2"


def test_nobody_learns_by_words_or_work_who_has_an_account_but_who_reads_the_mailbox(no_worker: mock.Mock) -> None:
    make_user("ann@acme.example")
    pages, counts = [], []
    for email in ("ann@acme.example", "new@acme.example"):
        with StatementCount() as statements:
            page = platform_browser().post("/signup/", answers(email=email))
        pages.append((page.status_code, page.content.decode().replace(email, "…")))
        counts.append(statements.count)
    told = {message.to[0]: message for message in mails()}

    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    assert told["ann@acme.example"].subject == "You have an account already"
    assert "/password/" in told["ann@acme.example"].body
    assert told["new@acme.example"].subject == "Confirm your e-mail address to open acme"
    # Nobody has others written to in words of their own.
    assert not any("Acme Tools" in message.body for message in told.values())
    assert rows() == {**NOTHING, "PlatformUser": 1}


def test_a_link_is_good_for_a_day_and_cannot_be_made_up(no_worker: mock.Mock) -> None:
    browser = platform_browser()
    path = asked(browser)

    for wrong in ("/signup/confirm/x/", f"{path[:-2]}/"):
        assert browser.post(wrong, {"password": PASSWORD}).status_code == 403
    later = timezone.now() + timedelta(days=1, seconds=1)
    with time_machine.travel(later, tick=False):
        over = browser.post(path, {"password": PASSWORD})
        assert over.status_code == 403
        assert forget_sign_ups(later) == 0
    assert forget_sign_ups(later + timedelta(days=1)) == 1
    assert rows() == NOTHING


def test_whoever_asked_for_the_shop_does_not_choose_the_password_of_another_mailbox(no_worker: mock.Mock) -> None:
    browser = platform_browser()
    path = asked(browser)

    for weak in ("", "short", "ann@acme.example"):
        assert browser.post(path, {"password": weak}).status_code == 422
    assert rows() == NOTHING
    assert browser.post(path, {"password": PASSWORD}).status_code == 302


def test_an_address_that_is_taken_meanwhile_is_chosen_anew(
    no_worker: mock.Mock, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = platform_browser()
    path = asked(browser)
    make_shop("acme")
    before = rows()

    free = AddressState(slug="acme", available=True, message="")
    with mock.patch.object(confirm_sign_up, "address_state", return_value=free):  # as it was a moment ago
        taken_now = browser.post(path, {"password": PASSWORD})
    assert (taken_now.status_code, 'name="slug"' in taken_now.content.decode()) == (409, True)
    assert "Meanwhile another shop has taken acme.localhost:8000" in browser.get(path).content.decode()
    assert browser.post(path, {"password": PASSWORD, "slug": "acme"}).status_code == 409
    assert rows() == before
    assert browser.post(path, {"password": PASSWORD, "slug": "acme-2"}).status_code == 302
    assert Tenant.objects.filter(slug="acme-2").exists()


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


def test_who_has_an_account_opens_another_shop_with_it_once_logged_in(no_worker: mock.Mock) -> None:
    user, browser = make_user("ann@acme.example"), platform_browser()
    path = asked(browser)

    assert f"/login/?next={quote(path)}" in browser.get(path).content.decode()
    assert "There is an account" in browser.post(path, {"password": "a different password"}).content.decode()
    assert rows() == {**NOTHING, "PlatformUser": 1}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    stranger = platform_browser()
    log_in(stranger, make_user("eve@evil.example"))
    assert "was sent to another address" in stranger.post(path).content.decode()
    assert not Tenant.objects.exists()

    log_in(browser, user)
    assert browser.post(path).status_code == 302
    user.refresh_from_db()
    assert user.email_verified
    assert Tenant.objects.get().slug == "acme"


def test_who_owes_for_another_shop_opens_none_however_the_mailbox_is_written(
    no_worker: mock.Mock, make_shop: Callable[..., TenantInfo], kept_plans: None
) -> None:
    TenantPlan.objects.update(monthly_price=30)
    other, today = make_shop("other"), timezone.now().date()
    Tenant.objects.update(contact_email="an.n@gmail.com")
    open_trial(other.id, plan="basic", today=today - timedelta(days=31))
    list(billing_run(today - timedelta(days=17)))  # due three days ago
    mails()
    browser = platform_browser()
    path = asked(browser, email="ann+2@gmail.com")
    before = rows()

    assert "is overdue. Pay it" in browser.post(path, {"password": PASSWORD}).content.decode()
    user = make_user("a.nn@googlemail.com")
    PlatformUser.objects.update(email_verified=True)
    log_in(browser, user)
    assert "is overdue. Pay it" in browser.post("/signup/", answers()).content.decode()
    assert rows() == {**before, "PlatformUser": before["PlatformUser"] + 1}

    note_transfer(BillingInvoice.objects.get().invoice_number, on=today, today=today)
    assert browser.post("/signup/", answers()).status_code == 302


def test_who_is_logged_in_with_a_proven_address_is_asked_nothing_more(no_worker: mock.Mock) -> None:
    user, browser = make_user("ann@acme.example"), platform_browser()
    PlatformUser.objects.update(email_verified=True)
    log_in(browser, user)
    form = answers(email="eve@evil.example")

    page = browser.get("/signup/").content.decode()
    first, second = (browser.post("/signup/", form) for _ in range(2))

    assert 'name="email"' not in page
    assert first.headers["Location"] == second.headers["Location"]
    assert (rows()["Tenant"], no_worker.call_count, mails()) == (1, 1, [])
    assert ProvisioningRun.objects.get().request["owner_email"] == "ann@acme.example"


def test_nobody_opens_shops_by_the_hundred(no_worker: mock.Mock) -> None:
    browser, person = platform_browser(), make_user("ann@acme.example")
    PlatformUser.objects.update(email_verified=True)
    log_in(browser, person)
    for _ in range(asking.MOST_AT_ONCE - 1):
        count_mailbox(person.email, "open-shop", most=asking.MOST_AT_ONCE)

    assert browser.post("/signup/", answers(slug="acme")).status_code == 302
    refused = browser.post("/signup/", answers(slug="bolt"))
    assert (refused.status_code, "a little often" in refused.content.decode()) == (422, True)
    assert Tenant.objects.count() == 1


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
