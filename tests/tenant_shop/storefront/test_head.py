"""What pages tell search engines: where they are, whether to keep them, and what they show."""

import json
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from tenant_shop.models import Brand, Category, Page, Product, ProductImage, ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper

HOME = "http://acme.localhost:8000"


class Head(HTMLParser):
    """The links, metas and structured data of a page."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.metas: dict[str, str] = {}
        self.data: list[dict[str, Any]] = []
        self._in_data = False
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and "rel" in given:
            self.links[given["rel"]] = given["href"]
        elif tag == "meta":
            self.metas[given.get("name") or given.get("property") or ""] = given.get("content", "")
        self._in_data = tag == "script" and given.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._in_data:
            document = json.loads(data)
            assert document["@context"] == "https://schema.org"
            self.data += document["@graph"]

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def thing(self, kind: str) -> dict[str, Any]:
        (found,) = [thing for thing in self.data if thing["@type"] == kind]
        return found


@pytest.fixture
def mug(selling):
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    mug = ProductFactory(
        name="Mug “No. 1”",
        slug="mug",
        sku="MUG",
        category=CategoryFactory(name="Mugs", slug="mugs", parent=kitchen),
        brand=BrandFactory(name="Nordhem & Söner", slug="nordhem"),
        price=Decimal("24.00"),
        description="<p>Thrown by hand.</p><p>Dishwasher safe.</p>",
        stock=5,
    )
    ProductImage.objects.create(product=mug, url="/media/mug.webp", width=800, height=600, alt_text="The mug")
    for rating in (5, 4, 4):
        ProductReview.objects.create(product=mug, customer=CustomerFactory(), rating=rating, status="approved")
    return mug


def test_a_products_head_names_it_its_picture_and_its_one_address(mug, shopper):
    head = Head(shopper.get("/products/mug/", reviews="1", utm_source="mail"))
    assert head.links["canonical"] == f"{HOME}/products/mug/"
    assert "robots" not in head.metas
    assert head.metas["description"] == "Thrown by hand. Dishwasher safe."
    shown = {name: value for name, value in head.metas.items() if name.startswith(("og:", "product:", "twitter:"))}
    assert shown == {
        "og:type": "product",
        "og:locale": "en_US",
        "og:site_name": "Harbour Kitchen",
        "og:title": "Mug “No. 1” · Harbour Kitchen",
        "og:description": "Thrown by hand. Dishwasher safe.",
        "og:url": f"{HOME}/products/mug/",
        "og:image": f"{HOME}/media/mug.webp",
        "og:image:alt": "The mug",
        "og:image:width": "800",
        "og:image:height": "600",
        "product:price:amount": "24.00",
        "product:price:currency": "EUR",
        "twitter:card": "summary_large_image",
    }


def test_a_product_is_described_in_the_words_of_schema_org(mug, configure, shopper):
    configure(return_days=30)
    mug.variant_rows.update(barcode="4006381333931")
    head = Head(shopper.get("/products/mug/"))
    assert head.thing("Product") == {
        "@type": "Product",
        "@id": f"{HOME}/products/mug/#product",
        "name": "Mug “No. 1”",
        "url": f"{HOME}/products/mug/",
        "sku": "MUG",
        "description": "Thrown by hand. Dishwasher safe.",
        "image": [f"{HOME}/media/mug.webp"],
        "brand": {"@type": "Brand", "name": "Nordhem & Söner"},
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": "4.3",
            "reviewCount": 3,
            "bestRating": 5,
            "worstRating": 1,
        },
        "offers": [
            {
                "@type": "Offer",
                "url": f"{HOME}/products/mug/",
                "sku": "MUG",
                "price": "24.00",
                "priceCurrency": "EUR",
                "availability": "https://schema.org/InStock",
                "itemCondition": "https://schema.org/NewCondition",
                "gtin": "4006381333931",
                "shippingDetails": {
                    "@type": "OfferShippingDetails",
                    "shippingRate": {"@type": "MonetaryAmount", "value": "4.90", "currency": "EUR"},
                    "shippingDestination": {"@type": "DefinedRegion", "addressCountry": "DE"},
                },
                "hasMerchantReturnPolicy": {
                    "@type": "MerchantReturnPolicy",
                    "applicableCountry": "DE",
                    "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
                    "merchantReturnDays": 30,
                    "returnMethod": "https://schema.org/ReturnByMail",
                },
            }
        ],
    }
    assert head.thing("BreadcrumbList")["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "name": "Home", "item": f"{HOME}/"},
        {"@type": "ListItem", "position": 2, "name": "Kitchen", "item": f"{HOME}/categories/kitchen/"},
        {"@type": "ListItem", "position": 3, "name": "Mugs", "item": f"{HOME}/categories/mugs/"},
        {"@type": "ListItem", "position": 4, "name": "Mug “No. 1”", "item": f"{HOME}/products/mug/"},
    ]


def test_a_rating_is_the_same_for_people_and_search_engines(mug, shopper):
    ProductReview.objects.create(product=mug, customer=CustomerFactory(), rating=4, status="approved")
    page = shopper.get("/products/mug/")  # 4.25: half up
    assert Head(page).thing("Product")["aggregateRating"]["ratingValue"] == "4.3"
    assert "Rated 4.3 out of 5" in page.content.decode()


def test_each_variant_is_an_offer_and_what_is_only_shown_is_none(selling, configure, shopper):
    configure(shipping_rates=[])
    shirt = ProductFactory(slug="shirt", default_variant=False, price=Decimal("60"), allow_backorder=True)
    VariantFactory(product=shirt, sku="S", position=1, options={"Size": "S & M"}, stock=0)
    VariantFactory(product=shirt, sku="L", position=2, options={"Size": "L"}, price=Decimal("65"), stock=2)
    gone = ProductFactory(slug="gone")

    offers = Head(shopper.get("/products/shirt/")).thing("Product")["offers"]

    assert [(offer["sku"], offer["price"], offer["availability"], offer["url"]) for offer in offers] == [
        ("S", "60.00", "https://schema.org/BackOrder", f"{HOME}/products/shirt/?Size=S+%26+M"),
        ("L", "65.00", "https://schema.org/InStock", f"{HOME}/products/shirt/?Size=L"),
    ]
    assert "shippingDetails" not in offers[0]
    (sold_out,) = Head(shopper.get(f"/products/{gone.slug}/")).thing("Product")["offers"]
    assert sold_out["availability"] == "https://schema.org/OutOfStock"


def test_what_is_only_shown_is_described_by_its_reviews_or_not_at_all(selling, shopper):
    piece = ProductFactory(slug="piece", visibility=Product.Visibility.CATALOG_ONLY, stock=5)
    assert [thing["@type"] for thing in Head(shopper.get("/products/piece/")).data] == ["BreadcrumbList"]
    ProductReview.objects.create(product=piece, customer=CustomerFactory(), rating=5, status="approved")
    described = Head(shopper.get("/products/piece/")).thing("Product")
    assert "offers" not in described
    assert described["aggregateRating"]["reviewCount"] == 1


def test_names_cannot_end_the_structured_data(selling, shopper):
    name = "Mug </script><script>alert(1)</script><!-- \u2028 & 'quoted'"
    ProductFactory(slug="mug", name=name, brand=BrandFactory(name="</script>"), stock=1)
    page = shopper.get("/products/mug/")
    assert page.content.count(b"<script") == page.content.count(b"</script>") == 2, "htmx and the data"
    assert Head(page).thing("Product")["name"] == name
    policy = dict(part.split(" ", 1) for part in page["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self'"


def test_the_home_page_introduces_the_shop(selling, shopper):
    head = Head(shopper.get("/"))
    assert head.links["canonical"] == f"{HOME}/"
    assert head.thing("Organization") == {
        "@type": "Organization",
        "@id": f"{HOME}/#shop",
        "name": "Harbour Kitchen",
        "url": f"{HOME}/",
        "email": "hello@harbour.example",
    }
    search = head.thing("WebSite")["potentialAction"]["target"]["urlTemplate"]
    assert search == f"{HOME}/products/?q={{search_term_string}}"


def test_a_shop_with_a_domain_of_its_own_has_its_one_address_there(make_shop):
    make_shop("acme", domain="harbour.example")
    assert Head(Shopper("harbour.example").get("/")).links["canonical"] == "http://harbour.example:8000/"
    assert Shopper("acme.localhost").get("/")["Location"] == "http://harbour.example:8000/"


def test_lists_are_found_page_by_page_and_their_selections_not_at_all(selling, shopper):
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen", description="For every day.")
    for _ in range(50):
        ProductFactory(category=kitchen, stock=1)
    first, second, third = (Head(shopper.get("/categories/kitchen/", page=page)) for page in ("1", "2", "99"))
    where = f"{HOME}/categories/kitchen/"
    assert [head.links["canonical"] for head in (first, second, third)] == [where, f"{where}?page=2", f"{where}?page=3"]
    assert ("prev" in first.links, first.links["next"]) == (False, f"{where}?page=2")
    assert (second.links["prev"], second.links["next"]) == (where, f"{where}?page=3")
    assert (third.links["prev"], "next" in third.links) == (f"{where}?page=2", False)
    for query in ({"sort": "name"}, {"available": "1", "page": "2"}, {"q": "mug"}, {"anything": "else"}):
        head = Head(shopper.get("/products/", **query))
        assert head.metas["robots"] == "noindex, follow", query
        assert "canonical" not in head.links, query


def test_a_category_is_found_as_its_merchant_wrote(selling, shopper):
    CategoryFactory(
        slug="lamps",
        name="Lamps",
        description="<p>Light for <b>dark</b> rooms.</p>",
        meta_title="Lamps for every room",
        meta_description="Three hundred lamps.",
    )
    CategoryFactory(slug="rugs", name="Rugs", description="<p>Wool &amp; linen.</p><script>x()</script>")
    lamps, rugs = Head(page := shopper.get("/categories/lamps/")), Head(plain := shopper.get("/categories/rugs/"))
    assert (lamps.metas["description"], lamps.metas["og:title"]) == ("Three hundred lamps.", "Lamps for every room")
    assert "<title>Lamps for every room</title>" in page.content.decode()
    assert "<p>Light for <b>dark</b> rooms.</p>" in page.content.decode()
    assert (rugs.metas["description"], rugs.metas["og:title"]) == ("Wool & linen.", "Rugs · Harbour Kitchen")
    assert "<title>Rugs · Harbour Kitchen</title>" in plain.content.decode()
    assert "x()" not in plain.content.decode()


def test_what_belongs_to_one_visitor_is_not_to_be_found(mug, shopper):
    shopper.follow(shopper.add("mug"))
    pages = [shopper.get(path) for path in ("/cart/", "/checkout/", "/account/", "/nothing/")]
    pages.append(shopper.add("mug", quantity="0"))
    for page in pages:
        assert Head(page).metas["robots"] == "noindex", page.request["PATH_INFO"]


def test_an_old_address_leads_on_for_good_with_its_query(mug, shopper, count_statements):
    for model, slug in ((Product, "mug"), (Category, "mugs"), (Brand, "nordhem")):
        model.objects.filter(slug=slug).update(slug=f"{slug}-2")
        model.objects.filter(slug=f"{slug}-2").update(slug=f"{slug}-3")
    for path in ("/products/mug/", "/products/mug-2/"):
        answer = shopper.get(path, utm_source="mail")
        assert (answer.status_code, answer["Location"]) == (301, "/products/mug-3/?utm_source=mail")
    for path in ("/categories/mugs/", "/categories/mugs-2/"):
        answer = shopper.get(path)
        assert (answer.status_code, answer["Location"]) == (301, "/categories/mugs-3/")
    with count_statements() as statements:
        shopper.get("/products/mug/")
    assert statements.count <= 3
    assert shopper.post("/cart/lines/add/mug/", {"quantity": "1"}).status_code == 302, "a form that was open meanwhile"


def test_a_page_of_the_merchants_leads_on_too(selling, shopper):
    care = Page.objects.create(title="Care", slug="care", body="Wash it.", is_published=True)
    Page.objects.filter(pk=care.pk).update(slug="caring")
    answer = shopper.get("/pages/care/", utm_source="mail")
    assert (answer.status_code, answer["Location"]) == (301, "/pages/caring/?utm_source=mail")
    assert b"Wash it." in shopper.get("/pages/caring/").content
    Page.objects.filter(pk=care.pk).update(is_published=False)
    assert shopper.get("/pages/care/").status_code == 404
    Page.objects.create(title="New care", slug="care", is_published=True)
    assert b"New care" in shopper.get("/pages/care/").content


def test_a_slugs_new_owner_has_it_and_what_is_not_listed_is_not_led_to(mug, shopper):
    Product.objects.filter(slug="mug").update(slug="mug-2")
    ProductFactory(slug="mug", name="Another mug", stock=1)
    assert b"Another mug" in shopper.get("/products/mug/").content
    Product.objects.filter(slug="mug").update(status="draft")
    assert shopper.get("/products/mug/")["Location"] == "/products/mug-2/"
    Product.objects.filter(slug="mug-2").update(status="archived")
    assert shopper.get("/products/mug/").status_code == 404


def test_what_is_not_there_offers_search_and_categories_at_the_cost_of_three_statements(mug, shopper, count_statements):
    shopper.get("/account/")
    for path, most in (("/nothing/", 2), ("/products/nothing/", 3), ("/categories/nothing/", 3)):
        with count_statements() as statements:
            page = shopper.get(path)
        assert (page.status_code, statements.count) == (404, most), path
        text = page.content.decode()
        assert "This page is not here" in text
        assert text.count('role="search"') == 2
        assert 'href="/categories/kitchen/">Kitchen</a>' in text
    for path in ("/static/nothing.css", "/media/nothing.webp", "/wp-login.php", "/.env", "/api/x", "/admin/x/"):
        with count_statements() as statements:
            assert shopper.get(path).status_code in (302, 404), path
        assert statements.count == 0, path


def test_what_was_taken_off_sale_meanwhile_is_said_and_nothing_is_added(mug, shopper, standing):
    page = shopper.get("/products/mug/")
    Product.objects.filter(pk=mug.pk).update(status="archived")
    before = standing()
    answer = shopper.submit(page, "/cart/lines/add/mug/")
    assert answer.status_code == 404
    assert "This product is no longer sold here; nothing was put into your cart." in answer.content.decode()
    Product.objects.filter(pk=mug.pk).update(status="active")
    mug.variant_rows.update(is_active=False)
    answer = shopper.submit(page, "/cart/lines/add/mug/")
    assert answer.status_code == 422
    assert "Please choose one of the variants on this page." in answer.content.decode()
    assert standing() == before


def test_an_address_in_other_letter_case_leads_to_the_one_in_small_letters(mug, shopper):
    ProductFactory(
        category=Category.objects.get(slug="kitchen"), brand=BrandFactory(slug="kasumi"), slug="vase", stock=1
    )
    Page.objects.create(slug="about-us", title="About us", body="We.", is_published=True)
    for was, now in (("products/vase/", "products/vase-2/"), ("categories/kitchen/", "categories/cooking/")):
        model = Product if "products" in was else Category
        model.objects.filter(slug=was.split("/")[1]).update(slug=now.split("/")[1])
    for asked, leads_to in {
        "/products/VASE-2/?Glaze=Ink": "/products/vase-2/?Glaze=Ink",
        "/products/Vase/": "/products/vase-2/",
        "/categories/Cooking/": "/categories/cooking/",
        "/categories/KITCHEN/": "/categories/cooking/",
        "/brands/Kasumi/": "/brands/kasumi/",
        "/pages/About-Us/": "/pages/about-us/",
    }.items():
        answer = shopper.get(asked)
        assert (answer.status_code, answer["Location"]) == (301, leads_to), asked
    assert shopper.get("/products/NOTHING/").status_code == 404


def test_an_empty_category_keeps_its_page_and_is_not_to_be_found(selling, shopper):
    CategoryFactory(slug="larder", name="Larder")
    page = shopper.get("/categories/larder/").content.decode()
    assert '<meta name="robots" content="noindex' in page
    for elsewhere in ("/", "/nothing/"):
        assert "/categories/larder/" not in shopper.get(elsewhere).content.decode(), elsewhere
