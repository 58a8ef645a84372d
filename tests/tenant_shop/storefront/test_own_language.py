"""The merchant's words say in which language they are where a page is read in another (WCAG 3.1.2).

That none is left out on any page is asserted by `test_every_language.py`; here stand the exact attributes.
"""

import re
from typing import Any

import pytest

from platform_core.tenancy import directory
from tenant_shop.configuration.own_words import attributes
from tenant_shop.models import Page, ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper
from tests.tenant_shop.storefront.test_head import Head


@pytest.fixture
def speaking(selling: Any, configure: Any) -> None:
    """An English shop, read in German and Arabic too, with words of the merchant in every part of its pages."""
    configure(languages=["de", "ar"], returns_text="Send it back whenever you like.")
    Page.objects.filter(slug="about").update(title="About us", body="We *throw* pots.", is_published=True)
    mug = ProductFactory(
        name="Stoneware mug",
        slug="mug",
        category=CategoryFactory(name="Kitchen", slug="kitchen", description="For cooks."),
        brand=BrandFactory(name="Nordhem", slug="nordhem"),
        short_description="Holds what a morning needs.",
        description="<p>Thrown by hand.</p>",
        features=["Dishwasher safe"],
        specifications={"Glaze": "Tin white"},
        default_variant=False,
    )
    for colour in ("White", "Blue"):
        VariantFactory(product=mug, options={"Colour": colour}, stock=5)
    ProductFactory(name="Bowl", slug="bowl", specifications={"Glaze": "Tin white"}, stock=5)
    ProductFactory(
        name="Plate", slug="plate", brand=BrandFactory(name="Hollow"), specifications={"Glaze": "Ash"}, stock=5
    )
    ProductReview.objects.create(
        product=mug, customer=CustomerFactory(), rating=5, title="My favourite", content="Good.", status="approved"
    )


@pytest.fixture(params=["atelier", "market"])
def look(request: Any, platform: Any, selling: Any) -> str:
    platform.update_tenant("acme", theme_config={"look": request.param, "announcement": "Free mugs today"})
    directory.clear()
    return str(request.param)


@pytest.mark.usefixtures("speaking", "look")
@pytest.mark.parametrize(("prefix", "marks"), [("/de", ' lang="en"'), ("/ar", ' lang="en" dir="ltr"')])
def test_the_merchants_words_name_their_language_and_direction(shopper: Shopper, prefix: str, marks: str) -> None:
    html = shopper.get(f"{prefix}/products/mug/").content.decode()
    for words in (
        f"<title{marks}>Stoneware mug · Harbour Kitchen</title>",
        f'<meta name="description"{marks} content="Holds what a morning needs.">',
        f'<p class="ribbon"{marks}>Free mugs today</p>',
        f'href="{prefix}/"{marks}>Harbour Kitchen</a>',
        f'<li><a href="{prefix}/categories/kitchen/"{marks}>Kitchen</a></li>',
        f'<li aria-current="page"><span{marks}>Stoneware mug</span></li>',
        f"<h1{marks}>Stoneware mug</h1>",
        f"{marks}>Holds what a morning needs.</p>",
        f'<div class="prose"{marks}><p>Thrown by hand.</p></div>',
        f'<ul class="ticks"><li><span{marks}>Dishwasher safe</span></li></ul>',
        f"{marks}>Send it back whenever you like.<",
        f"<h3{marks}>My favourite</h3>",
        f'<div class="prose"{marks}><p>Good.</p></div>',
    ):
        assert words in html, words
    row = f'<tr><th scope="row"><bdi{marks}>Glaze</bdi></th><td><bdi{marks}>Tin white</bdi></td></tr>'
    assert re.search(rf'<table class="table[^"]*">\s*{row}', html), "the table runs as the page does"
    assert re.search(rf"<(?:p|span)[^>]*{marks}><a [^>]*>Nordhem</a>", html)
    written = shopper.get(f"{prefix}/pages/about/").content.decode()
    assert f'<article class="written__page"{marks}>' in written
    listed = shopper.get(f"{prefix}/categories/kitchen/").content.decode()
    assert f"<h1{marks}>Kitchen</h1>" in listed
    assert f'<div class="prose muted"{marks}><p>For cooks.</p></div>' in listed


@pytest.mark.usefixtures("speaking", "look")
@pytest.mark.parametrize(("prefix", "marks"), [("/de", ' lang="en"'), ("/ar", ' lang="en" dir="ltr"')])
def test_the_pages_own_words_do_not(shopper: Shopper, prefix: str, marks: str) -> None:
    everything = shopper.get(f"{prefix}/products/").content.decode()
    assert re.findall(r"<h1([^>]*)>", everything) == [""]
    assert re.findall(r"<title([^>]*)>", everything) == [""]
    facets = everything[everything.index('<div class="facets"') : everything.index('<p class="facets__show">')]
    assert re.findall(r'<summary><span id="f-\d"([^>]*)>', facets) == ["", marks], "brand, and Glaze"
    labels = re.findall(r"<label for=\"f[0-9a-f]+\">(.*?)<span class", facets)
    assert labels == [f"<span{marks}>{name}</span>" for name in ("Hollow", "Nordhem", "Ash", "Tin white")]
    chosen = shopper.get(f"{prefix}/products/?spec.Glaze=Ash").content.decode()
    assert f"<span{marks}>Glaze: Ash</span>" in chosen


@pytest.mark.usefixtures("speaking", "look")
def test_yes_and_no_are_in_the_readers_language(shopper: Shopper) -> None:
    ProductFactory(slug="jug", specifications={"Lid": True}, features=[{"name": "Hinged", "value": False}], stock=1)
    html = shopper.get("/ar/products/jug/").content.decode()
    marks = ' lang="en" dir="ltr"'
    assert f'<th scope="row"><bdi{marks}>Lid</bdi></th><td><bdi>نعم</bdi></td>' in html
    assert f"<li><span{marks}>Hinged: </span><span>لا</span></li>" in html


@pytest.mark.usefixtures("speaking", "look")
def test_a_page_in_the_shops_own_language_says_nothing(shopper: Shopper, count_statements: Any) -> None:
    counts: dict[str, list[int]] = {}
    for prefix in ("/de", "", "/ar"):  # what is kept in mind of the shop is read with the first
        for path in ("/", "/products/", "/products/mug/", "/categories/kitchen/", "/pages/about/", "/cart/"):
            with count_statements() as statements:
                html = shopper.get(prefix + path).content.decode()
            counts.setdefault(prefix, []).append(statements.count)
            if not prefix:
                body = html[html.index("<head>") : html.index('<nav class="languages"')]
                assert re.findall(r' lang="[^"]*"| dir="rtl"', body) == [], path
    assert counts["/ar"] == counts[""], "another language costs no statement"


@pytest.mark.usefixtures("speaking")
def test_machines_are_told_the_language_of_a_page(shopper: Shopper) -> None:
    home = Head(shopper.get("/ar/"))
    assert home.metas["og:locale"] == "ar_EG"
    assert home.thing("WebSite")["inLanguage"] == "ar"
    html = shopper.get("/de/products/mug/").content.decode()
    assert re.findall(r'<meta property="(og:locale[^"]*)" content="([^"]*)">', html) == [
        ("og:locale", "de_DE"),
        ("og:locale:alternate", "en_US"),
        ("og:locale:alternate", "ar_EG"),
    ]
    feed = b"".join(shopper.get("/feeds/google.xml")).decode()
    assert "<language>en</language>" in feed


def test_the_shops_language_may_name_a_country(selling: Any, configure: Any, shopper: Shopper) -> None:
    configure(language="de-AT", languages=["en"])
    ProductFactory(slug="mug", name="Häferl", stock=1)
    own, other = (shopper.get(f"{prefix}/products/mug/").content.decode() for prefix in ("", "/en"))
    assert "<h1>Häferl</h1>" in own
    assert '<h1 lang="de-AT">Häferl</h1>' in other
    assert '<meta property="og:locale" content="de_AT">' in own


def test_the_direction_is_said_only_where_it_differs() -> None:
    assert attributes("en", "en") == ""
    assert attributes("", "en") == attributes("de", "") == ""
    assert attributes("fr", "de-AT") == ' lang="de-AT"'
    assert attributes("ar", "fr") == ' lang="fr" dir="ltr"'
    assert attributes("en", "ar-EG") == ' lang="ar-EG" dir="rtl"'
