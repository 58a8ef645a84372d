"""Two looks, one shop: every page answers in both, each built in its own way, and no theme does harm."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.tenancy.theme import set_theme
from tenant_shop.configuration.theme import LOOKS, SECTIONS, parse_theme
from tenant_shop.configuration.theme.readability import readability_warnings
from tenant_shop.configuration.theme.theme import FONTS, RADII
from tenant_shop.configuration.theme.values import address, picture
from tenant_shop.models import Page, ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.people import make_user

PATHS = (
    "/",
    "/products/",
    "/products/?q=nothing-like-it",
    "/categories/kitchen/",
    "/brands/",
    "/products/mug/",
    "/products/shirt/",
    "/cart/",
    "/account/",
    "/quick-order/",
    "/pages/about/",
    "/nothing/",
)


@pytest.fixture
def goods(selling) -> None:
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    brand = BrandFactory(name="Nordhem")
    mug = ProductFactory(
        name="Mug",
        slug="mug",
        sku="MUG",
        price=Decimal("36"),
        category=kitchen,
        brand=brand,
        tags=["featured"],
        specifications={"Pack size": "12 pieces"},
        stock=40,
    )
    ProductReview.objects.create(product=mug, customer=CustomerFactory(), rating=5, status="approved")
    shirt = ProductFactory(name="Shirt", slug="shirt", sku="SHIRT", default_variant=False, brand=brand)
    for size, stock in (("S", 0), ("M", 3), ("L", 80)):
        VariantFactory(product=shirt, sku=f"SHIRT-{size}", options={"Size": size}, stock=stock)
    Page.objects.filter(slug="about").update(is_published=True)


@pytest.fixture
def wear(selling):
    """Publishes a look: `wear("market", brand="#112233")`."""
    user = make_user("designer@acme.example")
    return lambda look, **config: set_theme(selling.id, {"look": look, **config}, user_id=user.pk)


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_answers_in_both_looks(goods, wear, shopper, look):
    wear(look, sections=list(SECTIONS), story_title="Ours", banner_title="Soon", tagline="Here")
    for path in PATHS:
        page = shopper.get(path)
        assert page.status_code == (404 if path == "/nothing/" else 200), path
        assert f'data-look="{look}"' in page.content.decode(), path
        assert page.content.decode().count("<h1") == 1, path


def test_the_market_lists_a_line_for_each_variant_to_order_from(goods, wear, shopper):
    wear("market")
    page = shopper.get("/products/").content.decode()
    for said in ("SHIRT-S", "SHIRT-M", "SHIRT-L", "12 pieces", "€3.00 each", "Only 3 left", "Add all to cart"):
        assert said in page, said
    assert page.count('name="quantity_') == 3  # not for what is sold out
    assert 'name="quantity_' not in shopper_of_atelier(wear, shopper)


def test_what_is_on_backorder_is_sold_and_not_said_to_be_in_stock(selling, wear, shopper):
    wear("market")
    lamp = ProductFactory(name="Lamp", slug="lamp", sku="LAMP", default_variant=False, allow_backorder=True)
    for colour, stock in (("Red", 0), ("Blue", 40)):
        VariantFactory(product=lamp, sku=f"LAMP-{colour}", options={"Colour": colour}, stock=stock)
    for path in ("/products/", "/products/lamp/"):
        page = shopper.get(path).content.decode()
        stock = re.findall(r'<span class="supply supply--(?:in|backorder)">([^<]+)</span>', page)
        assert stock == ["In stock", "On backorder"], path
        assert page.count('name="quantity_') == 2, path
    ProductFactory(name="Rug", slug="rug", sku="RUG")
    rug = shopper.get("/products/rug/").content.decode()
    assert '<span class="supply supply--out">Sold out</span>' in rug
    assert 'name="quantity_' not in rug
    for query, found in (("available=1", True), ("opt.Colour=Blue", True), ("opt.Colour=Red", False)):
        page = shopper.get(f"/products/?{query}").content.decode()
        assert ("LAMP-Blue" in page) is found, query


def shopper_of_atelier(wear, shopper) -> str:
    wear("atelier")
    return shopper.get("/products/").content.decode()


def test_the_list_of_the_market_costs_no_statement_more(goods, wear, shopper, count_statements):
    counted = []
    for look in LOOKS:
        wear(look)
        shopper.get("/cart/")
        with count_statements() as statements:
            shopper.get("/products/?sort=name")
        counted.append(statements.count)
    atelier, market = counted
    assert market <= atelier <= 8


def test_a_look_nobody_knows_is_the_usual_one(goods, wear, shopper):
    wear("../../../etc/passwd")
    assert 'data-look="atelier"' in shopper.get("/").content.decode()


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil.example",
        "https://user@evil.example",
        "http:///x",
        "https://[::1",
        "https://a.example:port/",
        "relative/path",
        "/a b",
        '/a"onclick=x',
        "/a'b",
        "/<svg>",
        "mailto:nobody",
        "tel:call-me",
        "/x" * 300,
        "\u202e/x",
        None,
        7,
    ],
)
def test_links_that_could_do_harm_are_none(value):
    assert address(value) == ""


@pytest.mark.parametrize(
    "value", ["/", "/products/?sort=newest#top", "https://a.example/x?y=1", "mailto:a@b.example", "tel:+49 30"[:10]]
)
def test_links_that_lead_somewhere_are_kept(value):
    assert address(value) == (value if " " not in value else "")


@pytest.mark.parametrize(
    "value",
    ["https://a.example/x.png", "/static/x.png", "/media/../x.png", "/media/x.html", "/media/x.png?y", "url(x)"],
)
def test_pictures_are_files_of_the_shop_only(value):
    assert picture(value) == ""
    assert picture("/media/hero/ab/cd.webp") == "/media/hero/ab/cd.webp"


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = [
    "look", "brand", "accent", "surface", "text", "font", "heading_font", "body_font", "radius", "logo", "favicon",
    "tagline", "announcement", "announcement_url", "sections", "hero_title", "hero_text", "hero_picture", "hero_label",
    "hero_url", "footer_text", "footer_columns", "social",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), junk, max_size=8))
def test_any_configuration_is_read_into_something_harmless(config):
    theme = parse_theme(config)

    assert theme.look in LOOKS
    assert {theme.heading_font, theme.body_font} <= set(FONTS)
    assert theme.radius in RADII
    assert set(theme.sections) <= set(SECTIONS)
    for colour in (theme.brand, theme.accent, theme.surface, theme.ink, theme.ink_muted, theme.brand_ink):
        assert len(colour) == 7
        assert set(colour[1:]) <= set("0123456789abcdef")
    for link in (theme.hero.link, *theme.social, *(link for column in theme.footer_columns for link in column.links)):
        assert link is None or link.url.startswith(("/", "http://", "https://", "mailto:", "tel:"))
    assert hash(theme) == hash(parse_theme(config))
    assert all(warning.isprintable() for warning in readability_warnings(config))


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(brand=colours, surface=colours, text=colours)
def test_whatever_is_chosen_can_be_read(brand, surface, text):
    from tenant_shop.configuration.theme import READABLE, contrast

    theme = parse_theme({"brand": brand, "accent": brand, "surface": surface, "text": text})

    for ink in (theme.ink, theme.ink_muted, theme.brand_ink, theme.accent_ink):
        for ground in (theme.surface, theme.surface_sunken, theme.darkest_tint):
            assert contrast(ink, ground) >= READABLE - 0.005


def test_readable_choices_bring_no_warning():
    assert readability_warnings({"brand": "#14532d", "surface": "#fbf8f3", "text": "#111111"}) == []
