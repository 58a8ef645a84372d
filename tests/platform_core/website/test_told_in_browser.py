"""The website's pages that tell, and domains in the back office, on a desk and on a phone."""

import os
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from platform_core.status.measure import measure, note
from platform_core.tenancy.domains.models import TenantDomain
from tests.browser import NARROW, WIDE
from tests.people import PASSWORD, let_in, make_user
from tests.tenant_shop.dashboard.test_home_in_browser import TOO_WIDE


@pytest.mark.slow
def test_every_page_is_open_to_everybody_and_fits_a_phone(
    make_shop: Any, site: Any, browser: Any, violations: Any
) -> None:
    acme = make_shop("acme", plan_type="enterprise")
    let_in(make_user("ann@acme.example"), acme)
    for days in range(1, 60):
        note("cache", timezone.now() - timedelta(days=days), is_well=days % 17 != 0, ms=2)
    measure(timezone.now())
    for name, values in {
        "www.chairs.example": {"state": "verified", "proof": "TXT", "verified_at": timezone.now()},
        "chairs.example": {"problem": "There is no such record yet.", "checked_at": timezone.now()},
    }.items():
        TenantDomain.objects.create(tenant_id=acme.id, domain=name, **values)
    page = browser.new_context(viewport={"width": NARROW, "height": 900}).new_page()
    wrong: list[str] = []

    def look(name: str) -> None:
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            wrong.extend(f"{name} at {width}: {each}" for each in violations(page))
            if page.evaluate(TOO_WIDE):
                wrong.append(f"{name} at {width}: too wide")
            if folder := os.environ.get("PHOTOS"):
                page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    page.goto(site.url("", "/pricing/"))
    look("pricing")
    page.get_by_role("link", name="By the year").click()
    expect(page.get_by_role("link", name="By the year")).to_have_attribute("aria-current", "true")
    look("pricing-annual")
    for name in ("status", "help", "help/own-domain", "find-my-shop"):
        page.goto(site.url("", f"/{name}/"))
        look(name.replace("/", "-"))
    page.goto(site.url("", "/login/?next=/keys/"))
    page.get_by_label("E-mail address").fill("ann@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/keys/")
    page.get_by_label("What is it for?").fill("Books")
    page.get_by_label("Read: Your own shops, and opening another").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_label("The key", exact=True)).to_have_value(re.compile("^ak_live_"))
    look("keys")
    page.goto(site.url("", "/shops/acme/"))
    page.goto(site.url("acme", "/admin/settings/domains/"))
    expect(page.get_by_role("heading", name="www.chairs.example")).to_be_visible()
    look("domains")
    assert wrong == []
