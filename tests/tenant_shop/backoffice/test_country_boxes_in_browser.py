"""A zone's countries are found and taken with a script, and ticked without one, on a phone."""

from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.eu_tax_ids import MEMBER_STATES
from tenant_shop.models import ShippingZone
from tests.browser import NARROW
from tests.people import let_in, make_user
from tests.tenant_shop.backoffice.test_staff_in_browser import log_in
from tests.tenant_shop.dashboard.test_home_in_browser import TOO_WIDE


@pytest.mark.slow
def test_countries_are_chosen_with_a_script_and_without(
    acme: TenantInfo, site: Any, browser: Any, violations: Any
) -> None:
    from playwright.sync_api import expect

    let_in(make_user(), acme)
    with tenant_context(acme):
        zone = ShippingZone.objects.create(name="West", kind="places", places=["FR"])
    form = site.url("acme", f"/admin/tenant_shop/shippingzone/{zone.pk}/change/")

    page = browser.new_context(viewport={"width": NARROW, "height": 800}).new_page()
    log_in(page, site, "owner@acme.example")
    page.goto(form)
    boxes = page.locator(".country-boxes")
    expect(boxes.get_by_label("France")).to_be_checked()
    boxes.get_by_label("Find a country").fill("ÅLAND I")
    expect(boxes.get_by_role("status")).to_have_text("1 country")
    boxes.get_by_label("Åland Islands").check()
    boxes.get_by_label("Find a country").press("Enter")  # looks, and saves nothing
    boxes.get_by_label("Find a country").fill("")
    expect(boxes.locator("details").nth(3)).not_to_have_attribute("open", "")
    assert violations(page) == []
    assert not page.evaluate(TOO_WIDE)
    boxes.get_by_role("button", name="The EU").click()
    expect(boxes.locator("[data-count]").first).to_have_text(f"{len(MEMBER_STATES) + 1} of 53")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/shippingzone/")
    with tenant_context(acme):
        assert set(ShippingZone.objects.get().places) == {*MEMBER_STATES, "AX"}

    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    plain.goto(form)
    expect(plain.get_by_label("Find a country")).to_be_hidden()
    plain.get_by_text("Oceania", exact=True).click()
    plain.get_by_label("New Zealand").check()
    plain.get_by_label("Åland Islands").uncheck()
    plain.get_by_role("button", name="Save", exact=True).click()
    plain.wait_for_url("**/shippingzone/")
    with tenant_context(acme):
        assert set(ShippingZone.objects.get().places) == {*MEMBER_STATES, "NZ"}
