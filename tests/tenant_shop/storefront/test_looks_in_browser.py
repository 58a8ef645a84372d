"""Both looks in a real browser: accessible, quiet and as wide as the window, from the phone to the large desk."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from platform_core.tenancy.theme import set_theme
from tenant_shop.configuration.theme import LOOKS, SECTIONS
from tenant_shop.models import Brand, CartItem, Page, Product, ProductReview, ProductVariant, StockAlert
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.restock.ask import ask_to_be_told
from tenant_shop.restock.leave import leave_token
from tenant_shop.storefront import urls
from tenant_shop.storefront.account.urls import paths as account_paths
from tenant_shop.storefront.only_forms import PAGE_OF
from tests.browser import COVERED, NARROW, WIDE
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.paying import card_order, give_card
from tests.people import make_user
from tests.quoting import answered, asked
from tests.shopper import Shopper
from tests.shopping import order_of

pytestmark = pytest.mark.slow

# Between and beyond the widths at which every address is looked at.
WIDTHS = (768, 1600)
PATHS = (
    "/",
    "/products/",
    "/categories/kitchen/",
    "/products/mug/",
    "/products/shirt/",
    "/quick-order/",
    "/pages/about/",
)
# Read by machines, a part of another page, for the shop's people, nothing without a cart, or a file.
OTHERWISE = {
    "theme", "media", "favicon", "robots", "sitemap", "sitemap_part", "google_feed", "suggestions", "product_preview",
    "checkout", "discount_link", "quote_new", "order_document", "order_return_by_link",
}  # fmt: skip
# Walked by who has an account, in tests/tenant_shop/storefront/account/test_in_browser.py.
FOR_GUESTS = {"account", "log_in", "register", "reset_request"}
OTHERWISE |= {path.name for path in account_paths} - FOR_GUESTS


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
def test_every_page_of_a_look_fits_in_between_and_beyond(selling, site, browser, look):
    wear(selling, look)
    page = browser.new_page()
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in PATHS:
            page.goto(site.url("acme", path))
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert page.get_attribute("html", "data-look") == look
            found[f"{path} at {width}"] = wider
    assert {name: wider for name, wider in found.items() if wider > 0} == {}


def read_by_people(order: Any) -> list[str]:
    """An address for each route, from their table, that shows a page to whoever asks for it."""
    waiting = ProductVariant.objects.get(sku="SHIRT-S")
    ask_to_be_told(waiting.pk, email="ann@acme.example", language="en")
    unpaid, attempt = card_order()
    give_card(Card.SECOND_STEP, unpaid, attempt)
    offer = answered(asked((ProductVariant.objects.get(product__slug="mug"), 2)), "9.00", shipping=Decimal(5))
    facts = {
        "quote": {"token": offer.public_token},
        "quote_accept": {"token": offer.public_token},
        "order_pay": {"token": unpaid.public_token},
        "test_bank": {"token": unpaid.public_token, "payment_id": attempt.pk},
        "page": {"slug": "about"},
        "product": {"slug": "mug"},
        "brand": {"slug": Brand.objects.get(name="Nordhem").slug},
        "category": {"slug": "kitchen"},
        "order": {"token": order.public_token},
        "notify_leave": {"token": leave_token(StockAlert.objects.get())},
    }
    shown = []
    for pattern in urls.urlpatterns:
        if pattern.name in OTHERWISE | PAGE_OF.keys():
            continue
        address = reverse(f"storefront:{pattern.name}", urlconf="smartseller.urls.shop", kwargs=facts.get(pattern.name))
        assert Shopper().get(address).status_code == 200, address
        shown.append(address)
    return shown


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", LOOKS)
def test_every_address_of_a_look_is_accessible_and_fits(selling, configure, site, browser, violations, look):
    """Also what a visit brings about: a full cart, a checkout and its refusal, what is sold out, what is not there."""
    configure(
        languages=["ar"], payment_methods=["bank_transfer", "test_card"], test_mode=True, quote_requests="everybody"
    )
    wear(selling, look)
    mug = ProductVariant.objects.select_related("product").get(product__slug="mug")
    addresses = [
        *read_by_people(order_of((mug, 1))),
        "/products/shirt/",
        "/products/shirt/?Size=S",
        "/nothing/",
        "/ar/",
        "/ar/products/mug/",
    ]
    page, found = browser.new_page(), {}

    def check(name: str) -> None:
        assert page.get_attribute("html", "data-look") == look, name
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            problems = [*violations(page), *([f"{wider} px too wide"] if wider > 0 else [])]
            if problems:
                found[f"{name} at {width}"] = problems

    for address in addresses:
        page.goto(site.url("acme", address))
        check(address)
    page.goto(site.url("acme", "/products/shirt/?Size=S"))
    page.evaluate("document.getElementById('notify').noValidate = true")
    page.locator("#notify button").click()
    page.get_by_text("Please give your e-mail address.").first.wait_for()
    check("a refused address")
    page.goto(site.url("acme", "/quick-order/"))
    page.get_by_label("SKU and quantity").fill(f"{mug.sku};2")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Check out").wait_for()
    check("full cart")
    page.goto(site.url("acme", "/quotes/new/"))
    check("asking for a quote")
    page.goto(site.url("acme", "/cart/"))
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("button", name="Order and pay").wait_for()
    check("checkout")
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("link", name="Please give your e-mail address.").wait_for()
    check("checkout with errors")
    assert found == {}


@pytest.mark.usefixtures("goods")
def test_the_market_is_ordered_from_without_javascript(selling, site, browser):
    wear(selling, "market")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site.url("acme", "/categories/kitchen/"))
    page.get_by_label("Quantity of Mug, MUG-WITH-A-LONG-SKU-0001").fill("2")
    page.get_by_role("button", name="Add all to cart").click()
    expect(page).to_have_url(site.url("acme", "/cart/"))
    page.get_by_role("link", name="Quick order").first.click()
    page.get_by_label("SKU and quantity").fill("shirt-l;3\nSHIRT-M 9")
    page.get_by_role("button", name="Add to cart").click()

    expect(page.get_by_text("Only 3 in stock; 9 would be in your cart.")).to_be_visible()
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
    expect(page.get_by_role("searchbox")).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Kitchen").click()
    expect(page).to_have_url(site.url("acme", "/categories/kitchen/"))
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("searchbox")).to_be_visible()


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_bar_of_the_market_covers_nothing_that_has_the_focus(selling, site, browser, width):
    for number in range(12):
        ProductFactory(name=f"Bowl {number}", stock=9)
    wear(selling, "market")
    page = browser.new_page(viewport={"width": width, "height": 500}, reduced_motion="reduce")
    page.goto(site.url("acme", "/products/"))
    bar, window = page.evaluate(
        "[document.querySelector('.order-list__all').offsetHeight,"
        " parseFloat(getComputedStyle(document.documentElement).scrollPaddingBlockEnd)]"
    )
    assert window >= bar
    covered, fields = [], 0
    for _ in range(150):
        page.keyboard.press("Tab")
        fields += page.evaluate("document.activeElement.matches('.order-field input')")
        covered.append(page.evaluate(COVERED))
        if page.evaluate("!!document.activeElement.closest('footer')"):
            break
    assert fields > 12
    assert [element for element in covered if element] == []


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", LOOKS)
def test_pages_fit_the_narrowest_phone_in_every_language(selling, configure, site, browser, violations, look):
    """320 px is what 1280 px are at 400 % (WCAG 2.2, 1.4.10); words are longest in German, and Arabic runs back."""
    configure(languages=["de", "fr", "ar"])
    wear(selling, look)
    shirt = Product.objects.get(slug="shirt")
    Product.objects.filter(pk=shirt.pk).update(
        brand=BrandFactory(name="Manufaktur Sonnenschein & Töchter"), sku="S" * 18
    )
    ProductReview.objects.create(product=shirt, customer=CustomerFactory(), rating=4, status="approved")
    page, found = browser.new_page(), {}
    for width in (320, 340, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for language in ("", "/de", "/fr", "/ar"):
            for path in (*PATHS, "/cart/", "/account/", "/account/log-in/", "/brands/"):
                if width != 320 and path not in ("/", "/products/shirt/"):
                    continue
                page.goto(site.url("acme", language + path))
                assert page.get_attribute("html", "data-look") == look
                wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                problems = violations(page) if path == "/products/shirt/" and width != 340 else []
                if wider > 0:
                    problems = [*problems, f"{wider} px too wide"]
                if problems:
                    found[f"{language}{path} at {width}"] = problems
    assert found == {}


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", LOOKS)
def test_the_lists_of_brands_have_no_bullets(selling, site, browser, look):
    for name in ("Alder", "Birch", "Cedar"):
        ProductFactory(brand=BrandFactory(name=name), stock=1)
    wear(selling, look)
    page = browser.new_page()
    page.goto(site.url("acme", "/brands/"))
    styles = page.eval_on_selector_all(
        ".brand-letters ul, .brand-groups ul",
        "lists => lists.map(it => [getComputedStyle(it).listStyleType, getComputedStyle(it).paddingInlineStart])",
    )
    assert len(styles) == 6
    assert {tuple(style) for style in styles} == {("none", "0px")}


@pytest.mark.usefixtures("goods")
def test_the_opening_of_the_atelier_begins_on_one_line(selling, site, browser):
    wear(selling, "atelier")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site.url("acme"))
    starts = page.eval_on_selector_all(
        ".hero__text :is(h1, p, .button)", "them => them.map(it => Math.round(it.getBoundingClientRect().left))"
    )
    assert len(starts) > 1
    assert len(set(starts)) == 1


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("look", LOOKS)
def test_the_steps_of_the_checkout_have_headings_of_one_style(selling, site, browser, look):
    wear(selling, look)
    page = browser.new_page()
    page.goto(site.url("acme", "/products/mug/"))
    page.get_by_role("button", name="Add").first.click()
    page.goto(site.url("acme", "/checkout/"))
    styles = page.eval_on_selector_all(
        ".checkout__step :is(legend, h2)",
        "them => them.filter(it => !it.querySelector('h2')).map(it => [it.textContent, getComputedStyle(it)])"
        ".map(([words, it]) => [words, `${it.fontFamily} ${it.fontSize} ${it.fontWeight} ${it.letterSpacing}`])",
    )
    assert [words for words, _ in styles] == ["Contact", "Delivery address", "Delivery", "Payment", "Billing address"]
    assert len({style for _, style in styles}) == 1
