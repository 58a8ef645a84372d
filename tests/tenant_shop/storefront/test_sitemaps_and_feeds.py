"""What machines read: sitemaps, the product feed, robots.txt; read with a real parser."""

import re
import tracemalloc
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.theme import set_theme
from tenant_shop.catalog import published
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.models import Brand, Category, Page, Product, ProductImage, ProductVariant
from tenant_shop.storefront import sitemaps, xml
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.people import make_user
from tests.shopper import Shopper
from tests.shopping import order_of
from tests.tenant_shop.storefront.test_head import Head

HOME = "http://acme.localhost:8000"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
LINK = "{http://www.w3.org/1999/xhtml}link"
GOOGLE = "{http://base.google.com/ns/1.0}"


def read(answer: Any) -> ET.Element:
    assert answer.status_code == 200
    return ET.fromstring(b"".join(answer.streaming_content))


def locations(answer: Any) -> list[str]:
    return [entry.text for entry in read(answer).iter(f"{SITEMAP}loc")]


def items(answer: Any) -> list[dict[str, Any]]:
    """The items of a feed: a text for each element, a list where it is there several times, shipping as texts."""
    found = []
    for item in read(answer).iter("item"):
        facts: dict[str, Any] = {}
        for child in item:
            name = child.tag.replace(GOOGLE, "g:")
            value = child.text if not len(child) else tuple(part.text for part in child)
            facts[name] = [*facts[name], value] if name in facts else [value]
        found.append({name: values[0] if len(values) == 1 else values for name, values in facts.items()})
    return found


@pytest.fixture
def goods(selling):
    kitchen = CategoryFactory(name="Kitchen", slug="kitchen")
    mug = ProductFactory(
        name="Mug <& \x0b “1”",
        slug="mug",
        category=CategoryFactory(name="Mugs", slug="mugs", parent=kitchen),
        brand=BrandFactory(name="Nordhem", slug="nordhem"),
        price=Decimal("24.00"),
        compare_at_price=Decimal("29.00"),
        description="<p>Thrown &amp; glazed.</p><script>x()</script>",
        weight=350,
        stock=5,
    )
    ProductVariant.objects.filter(product=mug).update(barcode="4006381333931")
    for place, name in enumerate(("front", "back")):
        ProductImage.objects.create(product=mug, url=f"/media/{name}.webp", sort_order=place)
    closed = CategoryFactory(slug="closed", is_active=False)
    CategoryFactory(slug="below-closed", parent=closed)
    for values in (
        {"status": "draft"},
        {"status": "inactive"},
        {"status": "archived"},
        {"visibility": "hidden"},
    ):
        ProductFactory(name="Secret", slug=f"secret-{next(iter(values.values()))}", stock=1, **values)
    return mug


def test_the_index_leads_to_every_page_that_may_be_found_and_to_no_other(goods, shopper):
    ProductFactory(slug="piece", visibility=Product.Visibility.CATALOG_ONLY)
    Page.objects.update(is_published=False)
    Page.objects.create(title="Care", slug="care", is_published=True)
    index = locations(shopper.get("/sitemap.xml"))
    assert index == [f"{HOME}/sitemap-{kind}-1.xml" for kind in ("pages", "categories", "brands", "products")]
    found = {
        location.removeprefix(HOME) for where in index for location in locations(shopper.get(where.removeprefix(HOME)))
    }
    assert found == {
        "/",
        "/products/",
        "/brands/",
        "/pages/care/",
        "/categories/kitchen/",
        "/categories/mugs/",
        "/brands/nordhem/",
        "/products/mug/",
        "/products/piece/",
    }
    for path in found:
        assert shopper.get(path).status_code == 200, path
    assert shopper.cookies == set()


def test_a_page_tells_its_last_change_and_its_pictures(goods, shopper):
    ProductImage.objects.create(product=goods, url="javascript:alert(1)", sort_order=9)
    (entry,) = read(shopper.get("/sitemap-products-1.xml"))
    changed = Product.objects.get(pk=goods.pk).updated_at
    assert entry.find(f"{SITEMAP}lastmod").text == changed.strftime("%Y-%m-%dT%H:%M:%SZ")
    pictures = [location.text for location in entry.iter(f"{IMAGE}loc")]
    assert pictures == [f"{HOME}/media/front.webp", f"{HOME}/media/back.webp"]
    assert list(entry.iter(LINK)) == []


def test_each_language_is_an_address_of_its_own_that_names_the_others(goods, shopper):
    change_languages(own="en", others=["de", "ar"])
    entries = list(read(shopper.get("/sitemap-products-1.xml")))
    addresses = {"en": "/products/mug/", "de": "/de/products/mug/", "ar": "/ar/products/mug/"}
    assert [entry.find(f"{SITEMAP}loc").text for entry in entries] == [HOME + path for path in addresses.values()]
    for entry in entries:
        links = {link.get("hreflang"): link.get("href") for link in entry.iter(LINK)}
        assert links == {
            language: HOME + path for language, path in (*addresses.items(), ("x-default", "/products/mug/"))
        }


def test_files_are_of_bounded_size_and_no_product_is_left_out_or_twice(selling, shopper, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_PRODUCTS", 5)
    monkeypatch.setattr(published, "PIECE", 2)
    slugs = {ProductFactory().slug for _ in range(11)}
    parts = [path for path in locations(shopper.get("/sitemap.xml")) if "products" in path]
    assert parts == [f"{HOME}/sitemap-products-{number}.xml" for number in (1, 2, 3)]
    found = [locations(shopper.get(path.removeprefix(HOME))) for path in parts]
    assert [len(part) for part in found] == [5, 5, 1]
    assert sorted(location for part in found for location in part) == sorted(
        f"{HOME}/products/{slug}/" for slug in slugs
    )
    for path in ("products-0", "products-4", "products-99999999999", "categories-2", "nothing-1"):
        assert shopper.get(f"/sitemap-{path}.xml").status_code == 404, path


def test_every_variant_that_is_here_and_has_a_picture_is_an_item_of_the_feed(goods, configure, shopper):
    configure(store_name="Harbour & Sons")
    mug, number = goods, str(goods.variant_rows.get().pk)
    ProductFactory(slug="piece", visibility=Product.Visibility.CATALOG_ONLY, stock=1)
    ProductFactory(slug="gone")
    ProductFactory(slug="never-photographed", stock=1)
    shirt = ProductFactory(
        name="Shirt", slug="shirt", default_variant=False, price=Decimal("60"), allow_backorder=True, description=""
    )
    small = VariantFactory(product=shirt, options={"Size": "S", "Colour": "Red"}, position=1, weight=200, stock=1)
    large = VariantFactory(
        product=shirt, options={"Size": "L", "Colour": "Blue"}, position=2, stock=3, price=Decimal("65")
    )
    VariantFactory(product=shirt, options={"Size": "M", "Colour": "Red"}, position=3)  # on backorder
    picture = ProductImage.objects.create(product=shirt, url="/media/red.webp", sort_order=5)
    ProductImage.objects.create(product=shirt, url="/media/shirt.webp", sort_order=1)
    ProductVariant.objects.filter(pk=small.pk).update(image=picture)

    answer = shopper.get("/feeds/google.xml")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    shipping = [("DE", "Standard delivery", "4.90 EUR"), ("DE", "Express", "12.00 EUR")]
    assert items(answer) == [
        {
            "g:id": number,
            "g:title": "Mug <&  “1”",
            "g:link": f"{HOME}/products/mug/",
            "g:description": "Thrown & glazed.",
            "g:brand": "Nordhem",
            "g:product_type": "Kitchen > Mugs",
            "g:condition": "new",
            "g:image_link": f"{HOME}/media/front.webp",
            "g:additional_image_link": f"{HOME}/media/back.webp",
            "g:availability": "in_stock",
            "g:price": "29.00 EUR",
            "g:sale_price": "24.00 EUR",
            "g:gtin": "4006381333931",
            "g:shipping_weight": "350 g",
            "g:shipping": shipping,
        },
        {
            "g:id": str(small.pk),
            "g:title": "Shirt - " + small.label,
            "g:link": f"{HOME}/products/shirt/?Size=S&Colour=Red",
            "g:description": "Shirt",
            "g:item_group_id": str(shirt.pk),
            "g:condition": "new",
            "g:image_link": f"{HOME}/media/red.webp",
            "g:additional_image_link": f"{HOME}/media/shirt.webp",
            "g:availability": "in_stock",
            "g:price": "60.00 EUR",
            "g:identifier_exists": "no",
            "g:size": "S",
            "g:color": "Red",
            "g:shipping_weight": "200 g",
            "g:shipping": shipping,
        },
        {
            "g:id": str(large.pk),
            "g:title": "Shirt - " + large.label,
            "g:link": f"{HOME}/products/shirt/?Size=L&Colour=Blue",
            "g:description": "Shirt",
            "g:item_group_id": str(shirt.pk),
            "g:condition": "new",
            "g:image_link": f"{HOME}/media/shirt.webp",
            "g:additional_image_link": f"{HOME}/media/red.webp",
            "g:availability": "in_stock",
            "g:price": "65.00 EUR",
            "g:identifier_exists": "no",
            "g:size": "L",
            "g:color": "Blue",
            "g:shipping": shipping,
        },
    ]
    assert mug.slug == "mug"


def test_links_of_the_feed_lead_to_the_variant(selling, shopper):
    shirt = ProductFactory(slug="shirt", default_variant=False)
    for position, size in enumerate(("S", "M & L", "Größe")):
        VariantFactory(product=shirt, options={"Size": size}, position=position, stock=1)
    ProductImage.objects.create(product=shirt, url="/media/shirt.webp")
    for item in items(shopper.get("/feeds/google.xml")):
        page = shopper.get(item["g:link"].removeprefix(HOME)).content.decode()
        assert f'name="variant" value="{item["g:id"]}"' in page


def test_amounts_have_the_currencys_own_decimals(selling, configure, shopper):
    goods = ProductFactory(price=Decimal("2400"), stock=1)
    ProductImage.objects.create(product=goods, url="/media/goods.webp")
    for currency, price in (("JPY", "2400 JPY"), ("KWD", "2400.000 KWD")):
        configure(currency=currency, shipping_rates=[])
        (item,) = items(shopper.get("/feeds/google.xml"))
        assert item["g:price"] == price
        assert "g:shipping" not in item


NET = {"tax_rate": "0.19", "prices_include_tax": False}


@pytest.mark.parametrize(
    ("changes", "price", "sale_price", "delivery"),
    [
        ({"tax_rate": "0.19", "prices_include_tax": True}, "29.99 EUR", "24.95 EUR", "4.90 EUR"),
        (NET, "35.69 EUR", "29.69 EUR", "5.83 EUR"),  # 35.6881, 29.6905, 5.831
        ({**NET, "tax_rate": "0.10"}, "32.99 EUR", "27.45 EUR", "5.39 EUR"),  # 27.445 is rounded up
        ({**NET, "tax_rate": "0"}, "29.99 EUR", "24.95 EUR", "4.90 EUR"),
        ({**NET, "country": "US"}, "29.99 EUR", "24.95 EUR", "4.90 EUR"),
    ],
)
def test_search_engines_are_told_the_price_that_people_pay(
    selling, configure, shopper, changes, price, sale_price, delivery
):
    configure(**{"shipping_rates": [{"code": "post", "name": "Post", "amount": "4.90"}], **changes})
    mug = ProductFactory(slug="mug", price=Decimal("24.95"), compare_at_price=Decimal("29.99"), stock=1)
    ProductImage.objects.create(product=mug, url="/media/mug.webp")
    (item,) = items(shopper.get("/feeds/google.xml"))
    assert (item["g:price"], item["g:sale_price"], item["g:shipping"][-1]) == (price, sale_price, delivery)

    head = Head(shopper.get("/products/mug/"))
    (offer,) = head.thing("Product")["offers"]
    assert f"{offer['price']} EUR" == f"{head.metas['product:price:amount']} EUR" == sale_price
    assert f"{offer['shippingDetails']['shippingRate']['value']} EUR" == delivery


def test_what_has_not_changed_is_not_written_again(goods, shopper, count_statements):
    for path in ("/sitemap.xml", "/sitemap-products-1.xml", "/feeds/google.xml"):
        first = shopper.get(path)
        read(first)
        assert first["Cache-Control"] == "public, max-age=3600"
        again = Shopper(if_none_match=first["ETag"])
        with count_statements() as statements:
            answer = again.get(path)
        assert (answer.status_code, answer.content) == (304, b"")
        assert statements.count <= 2, path
        Product.objects.filter(pk=goods.pk).update(name=f"Changed for {path}")
        assert again.get(path).status_code == 200


def test_another_name_look_or_release_is_another_document(goods, selling, shopper, monkeypatch):
    """Whoever has a copy is told of it, also where no row of the catalogue has changed."""
    for path in ("/sitemap.xml", "/feeds/google.xml"):
        again = Shopper(if_none_match=shopper.get(path)["ETag"])
        assert again.get(path).status_code == 304
        monkeypatch.setattr(xml, "release", lambda path=path: f"the next one, for {path}")
        assert again.get(path).status_code == 200, path
    feed = Shopper(if_none_match=shopper.get("/feeds/google.xml")["ETag"])
    set_theme(selling.id, {"tagline": "For every day"}, user_id=make_user().pk)
    assert read(feed.get("/feeds/google.xml")).findtext("channel/description") == "For every day"


def test_a_feed_costs_a_statement_for_each_piece_and_memory_for_one(selling, shopper, count_statements, monkeypatch):
    monkeypatch.setattr(published, "PIECE", 20)
    for number in range(60):
        product = ProductFactory(stock=1, description="x" * 20_000, slug=f"p-{number}")
        ProductImage.objects.create(product=product, url="/media/p.webp")
    shopper.get("/account/")
    with count_statements() as statements:
        answer = shopper.get("/feeds/google.xml")
        tracemalloc.start()
        size = sum(len(piece) for piece in answer.streaming_content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert statements.count == 7  # the version, the settings, the shelves, three pieces and the empty one
    assert size > 300_000
    assert peak < 1_500_000, "all descriptions at once are 1.2 million letters"


def test_a_shops_documents_are_its_own(goods, make_shop):
    with tenant_context(make_shop("globex")):
        ProductFactory(slug="theirs", stock=1)
    assert locations(Shopper("globex.localhost").get("/sitemap-products-1.xml")) == [
        "http://globex.localhost:8000/products/theirs/"
    ]


def test_an_empty_shop_has_an_empty_feed_and_no_file_of_products(selling, shopper):
    assert items(shopper.get("/feeds/google.xml")) == []
    assert [path for path in locations(shopper.get("/sitemap.xml")) if "products" in path] == []
    assert (Category.objects.count(), Brand.objects.count()) == (0, 0)


def test_robots_find_the_sitemap_and_keep_out_of_what_belongs_to_visitors(selling, shopper):
    change_languages(own="en", others=["de"])
    lines = shopper.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {HOME}/sitemap.xml"
    for line in (
        "Disallow: /cart/",
        "Disallow: /de/checkout/",
        "Disallow: /account/",
        "Disallow: /admin/",
        "Disallow: /products/?",
        "Allow: /products/?page=",
        "Allow: /de/categories/*/?page=",
    ):
        assert line in lines, line
    assert not any(line.startswith("Disallow: /products/ ") or line == "Disallow: /" for line in lines)


def test_robots_may_visit_what_is_secret_by_its_address_and_are_told_there_not_to_list_it(selling, shopper):
    kept_out = re.findall(r"Disallow: (\S+)", shopper.get("/robots.txt").content.decode())
    hidden = ProductFactory(slug="hidden", visibility=Product.Visibility.HIDDEN, stock=3)
    order = order_of((hidden.variant_rows.get(), 1))
    for path in (f"/orders/{order.public_token}/", "/notify/leave/anybody/", "/products/hidden/", "/products/gone/",
                 f"/products/preview/{hidden.pk}/"):  # fmt: skip
        assert not path.startswith(tuple(kept_out)), path
        assert b'<meta name="robots" content="noindex">' in shopper.get(path).content, path


@pytest.mark.parametrize(("status", "code"), [("suspended", 200), ("pending_setup", 200), ("cancelled", 200)])
def test_a_shop_that_is_not_open_keeps_robots_out(make_shop, platform, status, code):
    make_shop("acme")
    platform.update_tenant("acme", status=status)
    answer = Shopper().get("/robots.txt")
    assert (answer.status_code, answer.content) == (code, b"User-agent: *\nDisallow: /\n")
