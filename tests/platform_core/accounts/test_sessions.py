"""Where people are logged in: rows that end with the password, with the access, and when somebody says so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformUser
from platform_core.accounts.sessions.end import forget_sessions
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.staff.change import remove_staff
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import platform_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tests.people import PASSWORD, code_now, let_in, log_in, make_user, platform_browser, shop_browser, with_factor
from tests.platform_core.accounts.posting import mails
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")

NEW = "seven green kettles sing"
LATER = timedelta(minutes=11)


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


def test_a_session_without_its_row_is_a_strangers() -> None:
    user, browser = make_user(), platform_browser()
    browser.force_login(user)
    assert browser.get("/shops/").status_code == 302

    log_in(browser, user)
    assert browser.get("/shops/").status_code == 200
    UserSession.objects.all().delete()
    assert browser.get("/shops/").status_code == 302


def test_who_is_there_is_found_in_one_statement() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    browser.get("/account/")

    with StatementCount() as statements:
        browser.get("/account/password/")

    assert statements.count == 2  # Django's session, and the row with its user


def test_a_row_of_one_host_opens_no_other(acme: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)
    here, there = shop_browser(acme), platform_browser()
    log_in(here, user)
    log_in(there, user)
    session = there.session
    session["user_session"] = str(UserSession.objects.get(tenant=acme.id).pk)
    session.save()

    assert there.get("/shops/").status_code == 302
    assert here.get("/dashboard/").status_code == 200


def test_the_list_names_browser_place_and_host_and_ends_one_and_all(acme: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    shop, other, here = shop_browser(acme), platform_browser(headers={"user-agent": firefox}), platform_browser()
    for browser in (shop, other, here):
        log_in(browser, user)

    page = here.get("/account/").content.decode()
    assert page.count("Firefox on Windows") == 2  # once for the eyes, once on the button for the ears
    assert "127.0.0.1" in page
    assert "this browser" in page
    row = UserSession.objects.get(device=firefox)
    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert other.get("/shops/").status_code == 302
    assert shop.get("/dashboard/").status_code == 200

    here.post("/account/sessions/end/")

    assert shop.get("/dashboard/").status_code == 302
    assert here.get("/account/").status_code == 200
    with platform_scope():
        actions = set(AuditLog.objects.filter(user=user, tenant=None).values_list("action", flat=True))
    assert {"log_in", "end_session", "end_sessions"} <= actions


def test_nobody_ends_another_persons_session() -> None:
    user, thief = make_user(), make_user("thief@example.com")
    browser, theirs = platform_browser(), platform_browser()
    log_in(browser, user)
    log_in(theirs, thief)

    theirs.post(f"/account/sessions/{UserSession.objects.get(user=user).pk}/end/")

    assert browser.get("/shops/").status_code == 200


def test_sessions_die_at_a_password_change_but_for_the_one_that_changed_it(acme: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)
    shop, here = shop_browser(acme), platform_browser()
    log_in(shop, user)
    log_in(here, user)

    assert here.post("/account/password/", {"password": "short"}).status_code == 422
    assert shop.get("/dashboard/").status_code == 200
    here.post("/account/password/", {"password": NEW})

    assert shop.get("/dashboard/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert [message.subject for message in mails()] == ["Your password was changed"]


def test_sessions_in_a_shop_die_when_the_access_does_and_do_not_come_back_with_it(acme: TenantInfo) -> None:
    owner, clerk = make_user(), make_user("clerk@acme.example")
    let_in(owner, acme)
    access = let_in(clerk, acme, AccessRole.EDITOR)
    browser = shop_browser(acme)
    log_in(browser, clerk)

    remove_staff(access.pk, tenant_id=acme.id, actor_id=owner.pk, origin=Origin(user_id=owner.pk))
    assert browser.get("/dashboard/").status_code == 302
    type(access).objects.filter(pk=access.pk).update(is_active=True)

    assert browser.get("/dashboard/").status_code == 302
    assert not UserSession.objects.filter(user=clerk).exists()


def test_logging_out_ends_the_row() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    browser.post("/logout/")

    assert not UserSession.objects.exists()


def test_dangerous_pages_ask_again_after_ten_minutes_and_are_open_for_ten_more() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    assert browser.get("/account/password/").status_code == 200

    with time_machine.travel(timezone.now() + LATER):
        asked = browser.get("/account/two-factor/")
        assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Ftwo-factor%2F"
        assert browser.post("/account/password/", {"password": NEW}).headers["Location"].startswith("/account/confirm/")
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert browser.post(asked.headers["Location"], {"password": "wrong"}).status_code == 422
        answered = browser.post(asked.headers["Location"], {"password": PASSWORD})
        assert answered.headers["Location"] == "/account/two-factor/"
        assert browser.get("/account/two-factor/").status_code == 200


def test_with_a_second_factor_the_password_alone_proves_nothing() -> None:
    user, browser = with_factor(make_user()), platform_browser()
    log_in(browser, user)

    with time_machine.travel(timezone.now() + LATER):
        path = browser.get("/account/email/").headers["Location"]
        assert browser.post(path, {"password": PASSWORD, "code": PASSWORD}).status_code == 422
        assert browser.post(path, {"code": code_now(user)}).headers["Location"] == "/account/email/"


def test_guessing_at_the_proof_locks_the_account() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    with time_machine.travel(timezone.now() + LATER):
        for _ in range(5):
            browser.post("/account/confirm/", {"password": "wrong"})
        assert browser.post("/account/confirm/", {"password": PASSWORD}).status_code == 422
    user.refresh_from_db()
    assert user.is_locked()


def test_the_proof_leads_nowhere_else() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)

    answer = browser.post("/account/confirm/?next=https://evil.example/", {"password": PASSWORD})

    assert answer.headers["Location"] == "/account/"


def test_what_nobody_came_back_with_is_forgotten() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)

    assert forget_sessions(timezone.now() + timedelta(days=29)) == 0
    assert forget_sessions(timezone.now() + timedelta(days=31)) == 1
    assert browser.get("/shops/").status_code == 302


def test_last_seen_is_written_once_in_a_quarter_of_an_hour() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    row = UserSession.objects.get()

    browser.get("/account/")
    assert UserSession.objects.get().last_seen_at == row.last_seen_at
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        browser.get("/account/")
    assert UserSession.objects.get().last_seen_at > row.last_seen_at


def test_one_person_goes_from_shop_to_shop_and_keeps_the_proof(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    bolt, closed = make_shop("bolt"), make_shop("closed")
    user = with_factor(make_user())
    for shop in (acme, bolt):
        let_in(user, shop)
    browser = shop_browser(acme)
    log_in(browser, user)

    page = browser.get("/switch/").content.decode()
    assert "you are here" in page
    assert "/switch/bolt/" in page
    assert "closed" not in page
    assert browser.get("/switch/closed/").status_code == 404
    there = browser.get("/switch/bolt/").headers["Location"]
    assert there.startswith("http://bolt.localhost:8000/welcome/?token=")
    other = shop_browser(bolt)
    other.get(there.removeprefix("http://bolt.localhost:8000"))

    assert other.get("/dashboard/").status_code == 200
    row = UserSession.objects.get(tenant=bolt.id)
    assert row.two_factor_at == UserSession.objects.get(tenant=acme.id).two_factor_at
    assert closed.id not in set(UserSession.objects.values_list("tenant", flat=True))


def test_a_link_to_a_shop_is_worth_nothing_once_the_session_that_made_it_is_over(acme: TenantInfo) -> None:
    user, browser = make_user(), platform_browser()
    let_in(user, acme)
    log_in(browser, user)
    there = browser.get("/shops/acme/").headers["Location"].removeprefix("http://acme.localhost:8000")
    UserSession.objects.all().delete()

    assert shop_browser(acme).get(there).status_code == 403
    with tenant_context(acme):
        assert not UserSession.objects.exists()


def test_a_closed_account_is_outside_at_once() -> None:
    user, browser = make_user(), platform_browser()
    log_in(browser, user)
    PlatformUser.objects.update(is_active=False)

    assert browser.get("/account/").status_code == 302
