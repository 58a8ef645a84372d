"""The home in a real browser: for everybody, on a phone and a desk, in the dark, and without JavaScript."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from platform_core.tenancy.context import tenant_context
from tenant_shop.analytics.roll_up import roll_up_changes
from tenant_shop.configuration.models import Setting
from tests.browser import NARROW, WIDE
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import PASSWORD, let_in, make_user

pytestmark = pytest.mark.slow

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DRAWN = (
    "[...document.querySelectorAll('canvas.chart')].filter(each => Chart.getChart(each)?.data.datasets.length).length"
)


@pytest.fixture
def acme(make_shop: Any) -> Any:
    acme = make_shop("acme", currency="EUR")
    with tenant_context(acme):
        Setting.objects.update_or_create(key="currency", defaults={"value": "EUR"})
        product = ProductFactory(name="Stoneware mug", stock=1, category=CategoryFactory(name="Mugs"))
        for _ in range(3):
            order = OrderFactory(status="confirmed", shipping_address={"country": "DE"}, total_amount=20)
            OrderItemFactory(order=order, variant=product.variant_rows.get(), total_price=20)
        roll_up_changes(timezone.now())
    let_in(make_user(), acme)
    return acme


def at_home(browser: Any, site: Any, *, width: int, **options: Any) -> Any:
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    page.goto(site.url("acme", "/login/"))
    page.locator("input[name=username]").fill("owner@acme.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").last.click()
    page.goto(site.url("acme", "/dashboard/"))
    return page


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "dark"), (NARROW, "light")])
def test_the_home_is_for_everybody(
    acme: Any, site: Any, browser: Any, violations: Any, width: int, scheme: str
) -> None:
    page = at_home(browser, site, width=width, color_scheme=scheme)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.reload(wait_until="networkidle")
    assert page.evaluate(DRAWN) == 6
    for summary in page.locator(".home details > summary").all():
        summary.click()
    assert (violations(page), page.evaluate(TOO_WIDE), problems) == ([], 0, [])
    if width == NARROW:
        page.locator("#frame-open").press("Enter")
        page.wait_for_function("document.activeElement.id == 'frame-close'")
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.id == 'frame-open'")
    # From a number to its orders, from a step to its form, by the keyboard alone.
    page.locator("#number-orders a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/tenant_shop/order/**")
    assert page.locator("#result_list tbody tr").count() == 3
    page.go_back()
    page.get_by_role("button", name="Dismiss: Set up taxes").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show the 1 dismissed again").wait_for()
    with page.expect_download() as file:
        page.get_by_role("link", name="Top products as CSV").click()
    assert "Stoneware mug,3," in file.value.path().read_text(encoding="utf-8-sig")


def test_without_javascript_tables_say_what_charts_would(acme: Any, site: Any, browser: Any) -> None:
    page = at_home(browser, site, width=NARROW, java_script_enabled=False)
    page.get_by_text("Show as a table: Countries").click()
    table = page.get_by_role("region", name="Countries, table")
    assert table.get_by_role("row", name="Germany").inner_text().split() == ["Germany", "3", "€60.00"]
    expect(page.locator("canvas").first).to_be_hidden()
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Products").click()
    page.wait_for_url("**/admin/tenant_shop/product/")
    expect(page.get_by_text("Stoneware mug").first).to_be_visible()
