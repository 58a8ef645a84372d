"""From the front window to the right variant, as shoppers go: by category, by filters, by a word they cannot spell."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from tenant_shop.models import CartItem, ProductImage, ProductReview
from tests.browser import NARROW, WIDE
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.slow

# Look, width, scripts: axe needs scripts and sees every look at every width; without them, each look and width once.
WAYS = [
    *((look, width, True) for look in ("atelier", "market") for width in (WIDE, NARROW)),
    ("atelier", NARROW, False),
    ("market", WIDE, False),
]


@pytest.fixture
def look(way, selling) -> str:
    Tenant.objects.filter(slug="acme").update(theme_config={"look": way[0], "brand": "#0f766e"})
    directory.forget(selling.id)
    return way[0]


@pytest.fixture
def goods(look) -> None:
    """Two shelves, two brands; shirts in sizes and colours of which not all exist, and not all are in stock."""
    home = CategoryFactory(name="Home", slug="home")
    clothing = CategoryFactory(name="Clothing", slug="clothing")
    nordhem, tarn = BrandFactory(name="Nordhem", slug="nordhem"), BrandFactory(name="Tarn", slug="tarn")
    shirt = ProductFactory(
        name="Linen shirt",
        slug="linen-shirt",
        category=clothing,
        brand=tarn,
        price=Decimal("60"),
        default_variant=False,
        description="<p>Washed twice.</p>",
        specifications={"Material": "linen"},
        low_stock_threshold=5,
    )
    VariantFactory(product=shirt, sku="SHIRT-S-B", options={"Size": "S", "Colour": "Blue"}, stock=9)
    VariantFactory(product=shirt, sku="SHIRT-M-B", options={"Size": "M", "Colour": "Blue"}, stock=0)
    VariantFactory(
        product=shirt, sku="SHIRT-M-W", options={"Size": "M", "Colour": "White"}, stock=3, price=Decimal("66")
    )
    ProductReview.objects.create(
        product=shirt, customer=CustomerFactory(), rating=5, title="Cool", content="In summer too.", status="approved"
    )
    ProductFactory(name="Wool cap", slug="wool-cap", category=clothing, brand=nordhem, price=Decimal("25"), stock=4)
    ProductFactory(name="Rain cape", slug="rain-cape", category=clothing, brand=nordhem, price=Decimal("80"), stock=0)
    for number in range(4):
        product = ProductFactory(
            name=f"Enamel bowl {number}", slug=f"bowl-{number}", category=home, brand=nordhem, stock=20
        )
        ProductImage.objects.create(product=product, url="/media/none.webp", width=800, height=800)


def choose_by_options(page):
    """An option at a time; what does not go together leads to the nearest that does."""
    sizes, colours = page.get_by_role("group", name="Size"), page.get_by_role("group", name="Colour")
    small = sizes.get_by_role("link", name=re.compile("^S"))
    assert "not in this combination" in small.inner_text(), "what can be bought is chosen first: white, in M"
    small.click()
    page.wait_for_url("**Size=S**")
    page.locator("#product").get_by_text("In stock").first.wait_for()
    expect(page.locator("#product").get_by_text("€60.00").first).to_be_visible()
    colours.get_by_role("link", name=re.compile("^White")).click()
    page.wait_for_url("**Colour=White**")
    page.locator("#product").get_by_text("Only 3 left").first.wait_for()
    expect(page.locator("#product").get_by_text("€66.00").first).to_be_visible()
    assert "sold out" in colours.get_by_role("link", name=re.compile("^Blue")).inner_text()
    return page.get_by_role("button", name="Add to cart").first


def find_the_line(page):
    """A trade catalogue shows every variant in a line of its own."""
    sold_out, white = (page.get_by_role("row", name=re.compile(sku)) for sku in ("SHIRT-M-B", "SHIRT-M-W"))
    assert "Sold out" in sold_out.inner_text()
    assert sold_out.get_by_role("spinbutton").count() == 0
    assert "Only 3 left" in white.inner_text()
    assert "€66.00" in white.inner_text()
    white.get_by_role("spinbutton").fill("1")
    return white.get_by_role("button", name=re.compile("^Add"))


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1]}-{'javascript' if way[2] else 'plain'}")
def test_a_shopper_finds_the_right_shirt(site, browser, violations, look, way):
    _, width, javascript = way
    context = browser.new_context(java_script_enabled=javascript, viewport={"width": width, "height": 900})
    page = context.new_page()
    seen: dict[str, list[str]] = {}

    def found() -> set[str]:
        links = page.locator("#results a[href*='/products/']").evaluate_all("found => found.map(a => a.pathname)")
        return {path.split("/")[2] for path in links if path != "/products/"}

    def check(place: str) -> None:
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        seen[place] = [f"{wider} px too wide"] if wider > 0 else []
        if javascript:
            page.wait_for_load_state("networkidle")
            seen[place] += violations(page)

    def open_menu() -> None:
        menu = page.locator(".shop-menu > summary")
        if menu.is_visible():
            menu.click()

    page.goto(site.url("acme"))
    check("home")
    open_menu()
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Clothing").click()
    page.get_by_role("heading", level=1, name="Clothing").wait_for()
    assert found() == {"linen-shirt", "rain-cape", "wool-cap"}
    check("category")

    drawer = page.locator(".listing__drawer > summary")
    if drawer.is_visible():
        drawer.click()
    facets = page.locator("#facets")
    facets.get_by_text(re.compile(r"^In stock \(")).click()
    if javascript:
        page.wait_for_url("**available=1**")
    facets.get_by_role("group", name="Brand").get_by_text(re.compile(r"^Tarn \(")).click()
    if not javascript:
        page.get_by_role("button", name="Show").click()
    page.get_by_role("list", name="Chosen filters").get_by_text("Tarn").wait_for()
    page.wait_for_url("**brand=tarn**")
    assert found() == {"linen-shirt"}
    check("filtered")

    open_menu()
    page.get_by_role("searchbox").fill("linnen shrit")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**q=linnen**")
    assert found() == {"linen-shirt"}
    check("search")
    page.locator("#results").get_by_role("link", name="Linen shirt").first.click()

    page.get_by_role("heading", level=1, name="Linen shirt").wait_for()
    choose = choose_by_options if look == "atelier" else find_the_line
    button = choose(page)
    check("product")

    button.click()
    page.wait_for_url("**/cart/")
    assert list(CartItem.objects.values_list("variant__sku", "quantity")) == [("SHIRT-M-W", 1)]
    assert {place: problems for place, problems in seen.items() if problems} == {}
