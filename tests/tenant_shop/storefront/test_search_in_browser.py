"""Searching in a real browser, with and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.tenancy.context import TenantInfo
from tests.browser import NARROW, WIDE, Site
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.slow


@pytest.fixture
def goods(selling: TenantInfo) -> None:
    kitchen = CategoryFactory(name="Stone kitchen", slug="kitchen")
    for number in range(7):
        ProductFactory(
            slug=f"mug-{number}", name=f"Stoneware mug {number}", category=kitchen, brand=BrandFactory(), stock=1
        )


def open_search(page: Any) -> Any:
    """The search field; looks may keep it in a menu."""
    field = page.locator("#search")
    if not field.is_visible():
        page.get_by_text("Menu", exact=True).click()
    return field


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_suggestions_appear_while_typing_and_can_be_reached_by_keyboard(
    site: Site, browser: Any, violations: Callable[[Any], list[str]], width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site.url("acme"))
    field = open_search(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "suggestions" in request.url else None)
    field.press_sequentially("stonewrae", delay=20)
    page.get_by_role("link", name="See all 7 results").wait_for()

    assert len(asked) < 9, "not one request for each letter"
    expect(page.get_by_text("Products for “stoneware”")).to_be_visible()
    assert page.locator("#suggestions-status").inner_text() == "5 suggested products below"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert complaints == []
    assert violations(page) == []
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href").startswith("/products/mug-")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add to cart").wait_for()


@pytest.mark.usefixtures("goods")
def test_suggestions_go_when_the_field_is_left_or_emptied(site: Site, browser: Any) -> None:
    page = browser.new_page(viewport={"width": WIDE, "height": 900})
    page.goto(site.url("acme"))
    field = open_search(page)
    field.press_sequentially("stone")
    shown = page.get_by_role("link", name="See all 7 results")
    shown.wait_for()
    field.press("Escape")
    shown.wait_for(state="hidden")
    field.press_sequentially("stone")
    shown.wait_for()
    shown.click()
    page.get_by_role("heading", name="Results for “stone”").wait_for()


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_search_without_javascript_corrects_itself_and_has_ideas(
    site: Site, browser: Any, violations: Callable[[Any], list[str]], width: int
) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 900}).new_page()
    page.goto(site.url("acme"))
    field = open_search(page)
    field.fill("stonewrae")
    field.press("Enter")
    expect(page.get_by_text("Nothing matches “stonewrae”.")).to_be_visible()
    page.get_by_role("link", name="stoneware", exact=True).click()
    page.get_by_role("heading", name="Results for “stoneware”").wait_for()

    with_script = browser.new_page(viewport={"width": width, "height": 900})
    for text in ("xyzzy", "stonewrae"):
        with_script.goto(site.url("acme", f"/products/?q={text}"))
        with_script.wait_for_load_state("networkidle")
        wider = with_script.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0
        assert violations(with_script) == [], text
