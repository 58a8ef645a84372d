"""The link in the mail: whoever reads the mailbox opens the shop, once, and nobody else learns a thing."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
import time_machine
from django.utils import timezone

from platform_core.accounts.models import PlatformUser
from platform_core.billing.by_hand import note_transfer
from platform_core.billing.models import BillingInvoice
from platform_core.billing.open_trial import open_trial
from platform_core.billing.run import billing_run
from platform_core.fleet.models import ProvisioningRun
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
from tests.platform_core.website.signing_up import NOTHING, answers, asked, rows
from tests.statements import StatementCount
from tests.together import together

pytestmark = pytest.mark.usefixtures("fleet")


def test_the_form_sent_twice_and_the_link_followed_twice_open_one_shop(no_worker: mock.Mock) -> None:
    browser, form = platform_browser(), answers()

    first, second = (browser.post("/signup/", form) for _ in range(2))
    (message,) = mails()
    done, again = (browser.post(path_in(message), {"password": PASSWORD}) for _ in range(2))

    assert first.content == second.content
    assert done.headers["Location"] == again.headers["Location"]
    assert rows() == {"Tenant": 1, "PlatformUser": 1, "ProvisioningRun": 1, "TenantAccess": 0}
    assert no_worker.call_count == 1


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
