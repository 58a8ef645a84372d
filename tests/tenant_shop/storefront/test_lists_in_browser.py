"""Lists in a real browser: narrowed in place with scripts, by a form without, and usable by everybody."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser import COVERED, NARROW, WIDE
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.slow


@pytest.fixture
def shirts(selling) -> None:
    clothing = CategoryFactory(name="Clothing", slug="clothing", description="To wear.")
    CategoryFactory(name="Shirts", slug="shirts", parent=clothing)
    brands = [BrandFactory(name=name, slug=name.lower()) for name in ("Nordhem", "Aonuri")]
    for number in range(30):
        shirt = ProductFactory(
            name=f"Shirt {number}",
            slug=f"shirt-{number}",
            category=clothing,
            brand=brands[number % 2],
            price=Decimal(10 + number),
            specifications={"Material": ("linen", "wool", "hemp")[number % 3]},
            tags=[f"tag {number % 10}"],
            default_variant=False,
        )
        for size in ("S", "M") if number % 2 else ("L",):
            VariantFactory(product=shirt, options={"Size": size}, stock=1)


@pytest.mark.usefixtures("shirts")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_scripts_narrow_the_list_in_place(site, browser, width):
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(site.url("acme", "/categories/clothing/"))
    page.evaluate("window.stayed = true")
    if width == NARROW:
        expect(page.get_by_label("Nordhem")).to_be_hidden()
        page.locator(".listing__drawer summary").click()
    page.get_by_label("Nordhem").check()
    page.wait_for_url("**/categories/clothing/?brand=nordhem")
    assert page.locator("#list-status").inner_text() == "15 products"
    assert page.get_by_label("Nordhem").is_checked()
    assert page.evaluate("document.activeElement.value") == "nordhem", "the focus stays where it was"
    page.get_by_label("L (15 products)", exact=True).check()
    page.wait_for_url("**/categories/clothing/?brand=nordhem&opt.Size=L")
    page.get_by_label("Sort by").select_option("-price")
    page.wait_for_url("**&sort=-price")
    assert page.locator(".card__name").first.inner_text() == "Shirt 28"
    assert page.evaluate("window.stayed"), "the page itself was not left"
    assert problems == []
    page.go_back()
    page.wait_for_url("**?brand=nordhem&opt.Size=L")
    assert page.get_by_label("Nordhem").is_checked()
    page.get_by_role("link", name="Remove Brand: Nordhem").click()
    page.wait_for_url("**?opt.Size=L")


@pytest.mark.usefixtures("shirts")
def test_what_a_filter_leaves_is_said_and_not_only_shown(site, browser):
    page = browser.new_page()
    page.goto(site.url("acme", "/categories/clothing/?opt.Size=L"))
    for role, name in (
        ("checkbox", "S (15 products)"),
        ("checkbox", "wool (5 products)"),
        ("checkbox", "In stock (15 products)"),
        ("group", "Material"),
    ):
        assert page.get_by_role(role, name=name, exact=True).count() == 1, name


@pytest.mark.usefixtures("shirts")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_without_scripts_the_form_does_the_same(site, browser, width):
    page = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 900}).new_page()
    page.goto(site.url("acme", "/products/"))
    if width == NARROW:
        page.locator(".listing__drawer summary").click()
    page.get_by_label("wool").check()
    page.get_by_role("textbox", name="From").fill("20")
    page.get_by_role("button", name="Show 30 products").click()
    page.wait_for_url("**/products/?price=20-&spec.Material=wool")
    assert page.locator("#list-status").inner_text() == "7 products"
    page.get_by_role("link", name="Clear all").click()
    page.wait_for_url("**/products/")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/products/?page=2")
    assert page.locator(".card__name").count() == 6


@pytest.mark.usefixtures("shirts")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_lists_are_for_everybody(site, browser, violations, width):
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    for path in (
        "/categories/clothing/",
        "/products/?brand=nordhem&opt.Size=L&price=10-20",
        "/brands/",
        "/brands/aonuri/",
    ):
        page.goto(site.url("acme", path))
        if width == NARROW and path[1:] != "brands/":
            page.locator(".listing__drawer summary").click()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.usefixtures("shirts")
def test_the_button_below_the_filters_covers_none_that_has_the_focus(site, browser):
    page = browser.new_context(viewport={"width": NARROW, "height": 500}, reduced_motion="reduce").new_page()
    page.goto(site.url("acme", "/categories/clothing/"))
    page.locator(".listing__drawer summary").click()
    seen, covered = 0, []
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.facets__show button')"):
            break
        if page.evaluate("document.activeElement.matches('.facets *')"):
            seen += 1
            covered.append(page.evaluate(COVERED))
    assert seen > 15
    assert [element for element in covered if element] == []
