"""Both looks in a real browser: accessible, quiet and as wide as the window, from the phone to the large desk."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.theme import set_theme
from tenant_shop.configuration.theme import LOOKS, SECTIONS
from tenant_shop.models import CartItem, Page
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.people import make_user

pytestmark = pytest.mark.slow

WIDTHS = (390, 768, 1280, 1600)
PATHS = (
    "/",
    "/products/",
    "/categories/kitchen/",
    "/products/mug/",
    "/products/shirt/",
    "/quick-order/",
    "/pages/about/",
)


@pytest.fixture
def goods(selling) -> None:
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    CategoryFactory(name="Mugs", slug="mugs", parent=kitchen)
    for name in ("Nordhem", "Sørby"):
        ProductFactory(
            name=f"A thing with a long name, by {name}",
            category=kitchen,
            brand=BrandFactory(name=name),
            tags=["featured"],
            stock=9,
        )
    ProductFactory(
        name="Mug",
        slug="mug",
        sku="MUG-WITH-A-LONG-SKU-0001",
        category=kitchen,
        price=Decimal("36"),
        compare_at_price=Decimal("40"),
        specifications={"Pack size": "12 pieces", "Volume": "300 ml"},
        features=["Stacks"],
        description="<p>Thrown by hand.</p>",
        stock=40,
    )
    shirt = ProductFactory(name="Shirt", slug="shirt", sku="SHIRT", default_variant=False)
    for size, stock in (("S", 0), ("M", 3), ("L", 80)):
        VariantFactory(product=shirt, sku=f"SHIRT-{size}", options={"Size": size}, stock=stock)
    Page.objects.filter(slug="about").update(
        is_published=True, body="## Who\n\n- we\n\n| A | B |\n|---|---|\n| c | d |"
    )


def wear(shop: Any, look: str) -> None:
    words = {
        "announcement": "Closed on Monday",
        "announcement_url": "/pages/about/",
        "tagline": "For every day",
        "sections": list(SECTIONS),
        "story_title": "Ours",
        "story_text": "One.\n\nTwo.",
        "banner_title": "Soon",
        "banner_label": "See",
        "banner_url": "/products/",
        "social": ["https://instagram.com/acme"],
    }
    set_theme(shop.id, {"look": look, **words}, user_id=make_user(f"{look}@acme.example").pk)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_a_look_is_accessible_and_fits(selling, site, browser, violations, look):
    wear(selling, look)
    page = browser.new_page()
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in PATHS:
            page.goto(site.url("acme", path))
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert page.get_attribute("html", "data-look") == look
            problems = violations(page) if width in (390, 1280) else []
            found[f"{path} at {width}"] = [*problems, *([f"{wider} px too wide"] if wider > 0 else [])]
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.usefixtures("goods")
def test_the_market_is_ordered_from_without_javascript(selling, site, browser):
    wear(selling, "market")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url("acme", "/categories/kitchen/"))
    page.get_by_label("Quantity of Mug, MUG-WITH-A-LONG-SKU-0001").fill("2")
    page.get_by_role("button", name="Add all to cart").click()
    assert page.url == site.url("acme", "/cart/")
    page.get_by_role("link", name="Quick order").first.click()
    page.get_by_label("SKU and quantity").fill("shirt-l;3\nSHIRT-M 9")
    page.get_by_role("button", name="Add to cart").click()

    assert page.get_by_text("Only 3 in stock; 9 would be in your cart.").is_visible()
    assert page.get_by_label("SKU and quantity").input_value() == "SHIRT-M 9"
    assert sorted(CartItem.objects.values_list("variant__sku", "quantity")) == [
        ("MUG-WITH-A-LONG-SKU-0001", 2),
        ("SHIRT-L", 3),
    ]


@pytest.mark.usefixtures("goods")
def test_the_atelier_folds_its_menu_on_a_phone(selling, site, browser):
    wear(selling, "atelier")
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    page.goto(site.url("acme"))
    assert not page.get_by_role("searchbox").is_visible()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Kitchen").click()
    assert page.url == site.url("acme", "/categories/kitchen/")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.get_by_role("searchbox").is_visible()
