"""Pricing, status, help and keys on the website."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser
from platform_core.accounts.sessions.models import UserSession
from platform_core.keys.models import UserKey
from platform_core.plans.models import TenantPlan
from platform_core.status import measure as measuring
from platform_core.status.measure import KEPT_FOR, measure, note
from platform_core.status.models import HealthDay
from platform_core.status.read import STALE, status_of
from platform_core.website.help_pages import ARTICLES
from tests.people import let_in, log_in, make_user, platform_browser
from tests.platform_core.accounts.posting import mails
from tests.statements import StatementCount
from tests.user_programs import client_with, key_of

pytestmark = pytest.mark.usefixtures("platform")


def test_prices_by_the_month_and_by_the_year_of_what_is_on_offer(kept_plans: None) -> None:
    TenantPlan.objects.filter(name="basic").update(monthly_price=Decimal(29), annual_price=Decimal(290))
    TenantPlan.objects.filter(name="premium").update(is_public=False, display_name="Secret")
    TenantPlan.objects.filter(name="enterprise").update(is_active=False, display_name="Old")

    monthly = platform_browser().get("/pricing/").content.decode()
    with StatementCount() as counted:
        annual = " ".join(platform_browser().get("/pricing/?billing=annual").content.decode().split())

    assert counted.count == 1
    assert "<strong>$29</strong>" in monthly
    assert "<strong>$290</strong>" in annual
    assert "$24.17 a month · $58 less than twelve months" in annual
    assert "14 days" in annual
    for page in (monthly, annual):
        assert "Secret" not in page
        assert "Old<" not in page
        assert page.count('aria-current="true"') == 1


def test_the_status_page_says_what_was_measured() -> None:
    now = timezone.now()
    assert "Nobody has looked lately" in platform_browser().get("/status/").content.decode()

    assert measure(now) == {"website": True, "shops:primary": True, "cache": True, "files": True, "jobs": True}
    assert "All is well" in platform_browser().get("/status/").content.decode()
    with StatementCount() as counted:
        page = platform_browser().get("/status/")
    assert (counted.count, page.cookies) == (1, {})
    assert page["Cache-Control"] == "public, max-age=30"
    parts = {part.key: part for part in status_of(now + STALE + timedelta(seconds=1))}
    assert parts["website"].is_well is None


def test_what_is_down_is_said_and_since_when(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(key: str) -> None:
        raise OSError("no route")

    now = timezone.now()
    measure(now - timedelta(minutes=2))
    monkeypatch.setattr(measuring, "_server", down)
    assert measure(now - timedelta(minutes=1))["shops:primary"] is False
    assert measure(now)["shops:primary"] is False

    shops = {part.key: part for part in status_of(now)}["shops"]
    assert (shops.is_well, shops.since) == (False, now - timedelta(minutes=1))
    assert round(shops.uptime or 0, 1) == 33.3
    page = platform_browser().get("/status/").content.decode()
    assert "Shops: something is wrong" in " ".join(page.split())
    assert "not well since" in page
    assert "no route" not in page
    monkeypatch.undo()
    measure(now)
    assert {part.key: part for part in status_of(now)}["shops"].is_well is True


def test_days_are_kept_for_the_page_and_no_longer() -> None:
    now = datetime(2026, 3, 3, 0, 4, tzinfo=UTC)
    note("cache", now - KEPT_FOR - timedelta(days=1), is_well=True, ms=1)
    yesterday = now - timedelta(hours=9)
    note("cache", yesterday, is_well=False, ms=1)
    note("cache", yesterday + timedelta(minutes=1), is_well=True, ms=4)
    measure(now)

    days = HealthDay.objects.filter(part="cache").order_by("day")
    assert [(day.looks, day.looks_well) for day in days] == [(2, 1), (1, 1)]
    cache = {part.key: part for part in status_of(now)}["cache"]
    assert [day.mood for day in cache.days[-3:]] == ["unknown", "bad", "good"]
    # It has been well since yesterday's last look.
    assert days[1].since == days[0].since


def test_minutes_in_which_nobody_looked_are_said_and_are_neither_up_nor_down() -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    for day, looks, well in ((1, 5, 5), (2, 1000, 900), (3, 717, 717)):
        at = datetime(2026, 3, day, 11, 59, tzinfo=UTC)
        for part in ("website", "jobs"):
            HealthDay.objects.create(
                part=part, day=at.date(), looks=looks, looks_well=well if part == "website" else looks, looked_at=at,
                is_well=True, since=at,
            )  # fmt: skip

    parts = {part.key: part for part in status_of(now)}
    website, jobs = parts["website"], parts["jobs"]
    # Nobody knows when the first day began, and looks drift: of the third three minutes.
    assert [(day.percent, day.unseen) for day in website.days[-3:]] == [(100, 0), (90, 440), (100, 0)]
    assert (website.unseen, website.uptime) == (440, 100 * 1622 / 1722)
    # They are a job themselves.
    assert [round(day.percent or 0, 1) for day in jobs.days[-3:]] == [100, 69.4, 100]
    assert (jobs.unseen, jobs.uptime) == (0, 100 * 1722 / 2162)
    with time_machine.travel(now, tick=False):
        page = platform_browser().get("/status/").content.decode()
    assert (page.count("90.00 %, nobody looked in 440 minutes"), page.count("· nobody looked in 440 minutes")) == (1, 1)


def test_looks_that_waited_for_a_worker_say_nothing_of_the_minutes_before() -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    note("cache", now, is_well=True, ms=1)
    for second in range(30):
        note("cache", now + timedelta(minutes=30, seconds=second), is_well=True, ms=1)
    note("cache", now + timedelta(minutes=30, seconds=29), is_well=False, ms=1)

    day = HealthDay.objects.get()
    assert (day.looks, day.looks_well, day.ms_sum) == (2, 2, 2)
    assert (day.is_well, day.since) == (False, now + timedelta(minutes=30, seconds=29))
    assert day.looked_at == now + timedelta(minutes=30)


def test_every_help_page_is_there_and_reached_from_the_index() -> None:
    index = platform_browser().get("/help/").content.decode()
    for slug, article in ARTICLES.items():
        assert f'href="/help/{slug}/"' in index
        page = platform_browser().get(f"/help/{slug}/").content.decode()
        assert f"<h1>{article.title}</h1>" in page
        for path in set(re.findall(r'href="(/[^"#]*)"', page)):
            assert platform_browser().get(path).status_code in (200, 302), path
    assert platform_browser().get("/help/nothing/").status_code == 404


def test_finding_a_shop_tells_nobody_whether_there_is_one(make_shop: Any) -> None:
    make_shop("acme")
    for slug in ("acme", "nobody"):
        answer = platform_browser().post("/find-my-shop/", {"slug": slug})
        assert (answer.status_code, answer["Location"]) == (302, f"http://{slug}.localhost:8000/login/")


def test_the_shops_of_a_mailbox_are_told_to_the_mailbox_only(make_shop: Any) -> None:
    ann = make_user("ann@acme.example")
    let_in(ann, make_shop("acme"), AccessRole.EDITOR)
    pages, counts = [], []
    for email in (ann.email, "nobody@acme.example"):
        with StatementCount() as counted:
            page = platform_browser().post("/find-my-shop/", {"email": email})
        pages.append((page.status_code, page.content.decode().replace(email, "…")))
        counts.append(counted.count)

    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    (message,) = mails()
    assert message.to == [ann.email]
    assert "Acme (Editor): http://acme.localhost:8000/login/" in message.body
    answers = [platform_browser().post("/find-my-shop/", {"email": ann.email}).status_code for _ in range(3)]
    assert (answers, len(mails())) == ([200, 200, 422], 2)


def test_a_person_makes_rolls_and_revokes_keys() -> None:
    ann, browser = make_user("ann@acme.example"), platform_browser()
    assert browser.get("/keys/").status_code == 302
    log_in(browser, ann)
    page = browser.get("/keys/").content.decode()
    assert "read_shops" in page
    assert "write_tenants" not in page  # for operators

    assert browser.post("/keys/", {"name": "Books", "scopes": ["read_tenants"]}).status_code == 422
    assert browser.post("/keys/", {"name": "Books", "networks": "here"}).status_code == 422
    assert UserKey.objects.count() == 0
    made = browser.post("/keys/", {"name": "Books", "scopes": ["read_shops"], "networks": "127.0.0.1", "lasts": "30"})
    secret = re.findall(r'value="(ak_live_\w+)"', made.content.decode())[0]
    assert client_with(secret).get("/shops/").status_code == 200
    assert secret not in browser.get("/keys/").content.decode()
    key = UserKey.objects.get()

    rolled = browser.post(f"/keys/{key.pk}/roll/").content.decode()
    new = re.findall(r'value="(ak_live_\w+)"', rolled)[0]
    assert [client_with(each).get("/shops/").status_code for each in (secret, new)] == [200, 200]
    assert browser.post(f"/keys/{key.pk}/revoke/").status_code == 302
    assert [client_with(each).get("/shops/").status_code for each in (secret, new)] == [401, 200]
    # Of somebody else there is nothing.
    theirs = key_of(make_user("op@platform.example", role=PlatformRole.ADMIN), "read_tenants").key
    assert theirs.prefix not in browser.get("/keys/").content.decode()
    assert [browser.post(f"/keys/{theirs.pk}/{verb}/").status_code for verb in ("roll", "revoke")] == [404, 404]
    assert UserKey.objects.get(pk=theirs.pk).revoked_at is None


def test_a_key_is_made_by_who_has_just_proven_who_they_are() -> None:
    browser = platform_browser()
    log_in(browser, make_user("ann@acme.example"))
    UserSession.objects.update(confirmed_at=timezone.now() - UserSession.FRESH_FOR)

    for asked in (browser.get("/keys/"), browser.post("/keys/", {"name": "Books", "scopes": ["read_shops"]})):
        assert (asked.status_code, asked["Location"]) == (302, "/account/confirm/?next=%2Fkeys%2F")
    assert not UserKey.objects.exists()


def test_an_operators_keys_open_no_more_than_the_console_does_without_a_second_factor() -> None:
    operator, browser = make_user("op@platform.example", role=PlatformRole.ADMIN), platform_browser()
    program = client_with(key_of(operator, "read_tenants").secret)
    assert program.get("/tenants/").status_code == 200

    PlatformUser.objects.filter(pk=operator.pk).update(two_factor_enabled=False)

    assert program.get("/tenants/").status_code == 403
    operator.refresh_from_db()
    log_in(browser, operator)
    assert 'value="read_tenants"' not in browser.get("/keys/").content.decode()
    assert browser.post("/keys/", {"name": "All", "scopes": ["read_tenants"]}).status_code == 422
    assert UserKey.objects.count() == 1
