"""Lists as shoppers get them: facets in a plain form, addresses that can be shared, and nothing that can break them."""

import gzip
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.management import call_command
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from platform_core.tenancy import directory
from smartseller.settings import base
from tenant_shop.catalog.browse import Sort, product_list
from tenant_shop.configuration.theme import LOOKS
from tenant_shop.models import Product, ProductReview
from tenant_shop.storefront.list_query import ListQuery
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper, forms_in
from tests.tenant_shop.schema.connections import as_owner

CANONICAL = (
    "q=mug&category=a&category=b&brand=nordhem&price=10-50&rating=4&available=1&sale=1&new=1&tag=oak"
    "&spec.Material=linen&spec.Material=wool&opt.Size=M&sort=price&page=2"
)


@pytest.fixture
def shirts(selling: Any) -> None:
    """Four shirts: three of one maker, S and M in red or blue, of linen or wool."""
    clothing = CategoryFactory(name="Clothing", slug="clothing")
    summer = CategoryFactory(name="Summer", slug="summer", parent=clothing)
    nordhem, other = BrandFactory(name="Nordhem", slug="nordhem"), BrandFactory(name="Überlin", slug="uberlin")
    for number, (size, colour, material) in enumerate(
        [("S", "Red", "linen"), ("M", "Red", "linen"), ("M", "Blue", "wool"), ("S", "Blue", "wool")]
    ):
        shirt = ProductFactory(
            name=f"Shirt {number}",
            slug=f"shirt-{number}",
            category=summer if number else clothing,
            brand=nordhem if number else other,
            price=Decimal(10 * (number + 1)),
            compare_at_price=Decimal(60) if number == 3 else None,
            specifications={"Material": material},
            default_variant=False,
        )
        VariantFactory(product=shirt, options={"Size": size, "Colour": colour}, stock=1)
        VariantFactory(product=shirt, options={"Size": "L", "Colour": "Green"}, stock=0)


def shown(page: Any, prefix: str = "") -> list[str]:
    assert page.status_code == 200
    return re.findall(rf'href="{prefix}/products/(shirt-\d)/"', page.content.decode())


def test_facets_narrow_a_list_without_javascript(shirts: None, shopper: Shopper) -> None:
    page = shopper.get("/categories/clothing/")
    form = next(form for form in forms_in(page) if form.id == "filters")
    assert form.choices["opt.Size"] == ["S", "M"], "L is sold out everywhere"
    assert form.choices["brand"] == ["nordhem", "uberlin"]

    sent = shopper.get(
        "/categories/clothing/", **{**form.fields, "opt.Size": "M", "opt.Colour": "Blue", "price_to": "35"}
    )
    assert sent.status_code == 302
    assert sent["Location"] == "/categories/clothing/?price=-35&opt.Colour=Blue&opt.Size=M"
    found = shopper.follow(sent)
    assert shown(found) == ["shirt-2"]
    text = found.content.decode()
    assert 'href="/categories/clothing/?price=-35&amp;opt.Size=M"' in text, "taking the colour back"
    assert 'href="/categories/clothing/"' in text, "clear all"
    assert "Up to €35.00" in text


def test_what_a_filter_leaves_is_said_in_its_label(shirts: None, configure: Any, shopper: Shopper) -> None:
    configure(languages=["ar"])
    shirt = Product.objects.get(slug="shirt-1")
    ProductReview.objects.create(product=shirt, customer=CustomerFactory(), rating=5, status="approved")
    for prefix, counts in (("", ("1 product", "3 products")), ("/ar", ("منتج واحد", "3 منتجات"))):
        text = shopper.get(f"{prefix}/products/").content.decode()
        facets = text[text.index('<div class="facets"') : text.index('<p class="facets__show">')]
        said = re.findall(r'<label for="f[^"]*">(.*?)<span class="visually-hidden"> \((.*?)\)</span></label>', facets)
        labels = {re.sub(r"<[^>]*>", "", label): count for label, count in said}
        assert (labels["Überlin"], labels["Nordhem"]) == counts
        assert len(said) == facets.count('class="facet__count" aria-hidden="true"')
        assert {count for _, count in said} >= set(counts)


def test_what_is_true_or_false_is_yes_or_no_in_the_readers_language(
    shirts: None, configure: Any, shopper: Shopper
) -> None:
    configure(languages=["de"])
    for number in range(4):
        Product.objects.filter(slug=f"shirt-{number}").update(specifications={"Warm": number % 2 == 0})
    for prefix, own, labels, chip in (
        ("", "", ["No", "Yes"], "Warm: </span>Yes "),
        ("/de", ' lang="en"', ["Nein", "Ja"], "Warm: </span>Ja "),
    ):
        page = shopper.get(f"{prefix}/products/", **{"spec.Warm": "true"})
        assert shown(page, prefix) == ["shirt-2", "shirt-0"]
        text = page.content.decode()
        assert re.findall(r'name="spec.Warm" value="(\w+)"', text) == ["false", "true"]
        assert re.findall(r'name="spec.Warm".*?<label [^>]*>(\w+)<', text) == labels, "not marked as another language"
        assert f"<span{own}>{chip}" in text


def test_size_and_colour_must_meet_in_one_variant(shirts: None, shopper: Shopper) -> None:
    jacket = ProductFactory(slug="shirt-9", default_variant=False)
    VariantFactory(product=jacket, options={"Size": "S", "Colour": "Blue"}, stock=1)
    VariantFactory(product=jacket, options={"Size": "M", "Colour": "Red"}, stock=1)
    assert shown(shopper.get("/products/", **{"opt.Size": "S", "opt.Colour": "Red"})) == ["shirt-0"]
    assert shown(shopper.get("/products/", **{"opt.Size": "L"})) == []


def test_landing_lists_and_flags(shirts: None, shopper: Shopper) -> None:
    sale = shopper.get("/products/", sale="1")
    assert shown(sale) == ["shirt-3"]
    assert b"<h1>Sale</h1>" in sale.content
    assert b"<h1>New arrivals</h1>" in shopper.get("/products/", new="1").content
    assert shown(shopper.get("/products/", sort="-price")) == ["shirt-3", "shirt-2", "shirt-1", "shirt-0"]


def test_a_list_that_nobody_searched_has_no_best_match(shirts: None, shopper: Shopper) -> None:
    newest = ["shirt-3", "shirt-2", "shirt-1", "shirt-0"]
    for path in ("/products/", "/categories/clothing/"):
        page = shopper.get(path, sort="relevance")
        assert shown(page) == newest
        assert "Best match" not in page.content.decode()
    assert [product.slug for product in product_list(sort=Sort.RELEVANCE)] == newest


def test_ratings_narrow_and_sort(shirts: None, shopper: Shopper) -> None:
    for slug, rating in (("shirt-1", 3), ("shirt-2", 5)):
        product = Product.objects.get(slug=slug)
        ProductReview.objects.create(product=product, customer=CustomerFactory(), rating=rating, status="approved")
    assert shown(shopper.get("/products/", rating="4")) == ["shirt-2"]
    assert shown(shopper.get("/products/", sort="rating"))[:2] == ["shirt-2", "shirt-1"]
    assert b"4 stars or more" in shopper.get("/products/").content


def test_brands_have_an_index_and_pages(shirts: None, shopper: Shopper, count_statements: Any) -> None:
    BrandFactory(name="Nobody", slug="nobody")
    BrandFactory(name="Closed", slug="closed", is_active=False)
    index = shopper.get("/brands/").content.decode()
    assert re.findall(r'<h2 id="brands-\d">(.)</h2>', index) == ["N", "U"]
    assert 'href="/brands/uberlin/">Überlin</a>' in index
    assert "Nobody" not in index
    with count_statements() as statements:
        page = shopper.get("/brands/nordhem/")
    assert shown(page) == ["shirt-3", "shirt-2", "shirt-1"]
    assert statements.count == 6
    assert shopper.get("/brands/closed/").status_code == 404
    assert shopper.get("/brands/nothing/").status_code == 404


def test_a_slug_may_be_a_word_of_the_addresses(selling: Any, shopper: Shopper) -> None:
    for slug in ("products", "brands", "page", "sale", "add", "admin"):
        category = CategoryFactory(slug=slug, name=slug)
        brand = BrandFactory(slug=slug, name=slug)
        ProductFactory(slug=slug, name=slug, category=category, brand=brand, stock=1)
        for path in (f"/products/{slug}/", f"/categories/{slug}/", f"/brands/{slug}/"):
            assert shopper.get(path).status_code == 200, path


def test_categories_in_a_circle_from_before_are_shown_and_left_again(selling: Any, shopper: Shopper) -> None:
    one, two = CategoryFactory(slug="one"), CategoryFactory(slug="two")
    with as_owner(selling) as owner:
        owner.execute("ALTER TABLE categories DISABLE TRIGGER categories_are_a_tree")
        owner.execute("UPDATE categories SET parent_id = %s WHERE id = %s", (two.pk, one.pk))
        owner.execute("UPDATE categories SET parent_id = %s WHERE id = %s", (one.pk, two.pk))
        owner.commit()
        owner.execute("ALTER TABLE categories ENABLE TRIGGER categories_are_a_tree")
    ProductFactory(slug="shirt-1", category=two, stock=1)
    for path in ("/categories/two/", "/products/?category=two"):
        page = shopper.get(path)
        assert shown(page) == ["shirt-1"], path
        assert 'href="/categories/one/"' in page.content.decode()  # in the menu
    assert shown(shopper.get("/categories/one/")) == []


@pytest.mark.parametrize("page", ["1000000000", "9" * 5000, "3"])
def test_past_the_end_is_the_last_page(selling: Any, shopper: Shopper, page: str) -> None:
    for number in range(25):
        ProductFactory(slug=f"p-{number}", stock=1)
    last = shopper.get("/products/", page=page)
    assert last.status_code == 200
    assert b"Page 2 of 2" in last.content
    assert b"Page 1 of 2" in shopper.get("/products/", page="-1").content
    assert b"Page 1 of 2" in shopper.get("/products/", page="x").content


@pytest.mark.parametrize(
    "query",
    [
        "category__in=1&brand__slug=x&id=1&pk__gt=0&order_by=price",
        "price=abc-1e309&price=NaN-Infinity",
        "price=--&price=-&price=1e5-2",
        "price=99999999999999999999-1",
        "price=\uff11\uff10-\uff15\uff10",
        "rating=9&rating=-1&rating=4.5&rating=x",
        "available=2&sale=yes&new=true",
        "sort=price;DROP TABLE products&sort=password",
        "brand=" + "&brand=".join(f"b{number}" for number in range(500)),
        "opt.=x&spec.=y&opt.%20=z&opt.Size=&spec.x.y.z=1",
        "&".join(f"opt.{number}=x" for number in range(300)),
        "tag=" + "x" * 5000,
        "tag=%1f&tag=%0a&opt.a%1fb=c&spec.%22%27=%5c",
        "brand[]=x&brand=%27%20OR%201=1--&opt.Size=%7B%7D&opt.Size=%25s",
        "page=1&page=2&page=" + "9" * 30,
        "q=%F0%9F%A7%A6&tag=%F0%9F%A7%A6",
        "tag=%ED%A0%80&brand=%FF",
        "price_from=abc&price_to=%00x".replace("%00", ""),
        "spec.Material=linen&" * 200,
    ],
)
def test_hostile_queries_are_answered(shirts: None, shopper: Shopper, query: str) -> None:
    for path in ("/products/", "/categories/clothing/", "/brands/nordhem/"):
        answer = shopper.get(f"{path}?{query}")
        if answer.status_code == 302:
            answer = shopper.follow(answer)
        assert answer.status_code == 200, path


def test_whatever_a_merchant_writes_can_be_chosen(shopper: Shopper) -> None:
    """Numbers with a space that does not break, words joined without a space, and words that run from the right."""
    words = (
        "300\u00a0ml",
        "\u0646\u06cc\u0645\u200c\u0641\u0635\u0644",
        "\U0001f468\u200d\U0001f373",
        "a\tb",
        "\u200fx",
    )
    for number, word in enumerate(words):
        ProductFactory(slug=f"shirt-{number}", specifications={"Of\u00a0it": word}, tags=[word], stock=1)
    for number, word in enumerate(words):
        for chosen in ({"tag": word}, {"spec.Of\u00a0it": word}):
            assert shown(shopper.get("/products/", **chosen)) == [f"shirt-{number}"], (number, chosen)


def test_nul_is_refused(shirts: None, shopper: Shopper) -> None:
    for query in ("tag=%00", "opt.Size=%00", "opt.%00=M", "brand=a%00b"):
        assert shopper.get(f"/products/?{query}").status_code == 400, query


def test_a_product_that_goes_while_it_is_looked_at(shirts: None, shopper: Shopper) -> None:
    page = shopper.get("/products/", brand="uberlin")
    assert shown(page) == ["shirt-0"]
    Product.objects.get(slug="shirt-0").delete()
    assert shopper.get("/products/shirt-0/").status_code == 404
    again = shopper.get("/products/", brand="uberlin")
    assert shown(again) == []
    assert b"Clear all filters" in again.content


def test_a_hidden_product_is_sold_to_those_who_know_its_address_and_listed_nowhere(
    shirts: None, shopper: Shopper
) -> None:
    secret = ProductFactory(
        slug="shirt-7",
        name="Secret shirt",
        brand=BrandFactory(slug="secret", name="Secret"),
        category=CategoryFactory(slug="secret", name="Secret"),
        tags=["featured"],
        visibility=Product.Visibility.HIDDEN,
        stock=3,
    )
    for path in (
        "/",
        "/products/",
        "/products/?brand=secret",
        "/categories/secret/",
        "/products/?q=secret",
        "/brands/",
    ):
        assert b"/products/shirt-7/" not in shopper.get(path).content, path
    assert b"/brands/secret/" not in shopper.get("/brands/").content
    page = shopper.get("/products/shirt-7/")
    assert page.status_code == 200
    assert b'<meta name="robots" content="noindex">' in page.content
    cart = shopper.follow(shopper.add("shirt-7"))
    assert b"Secret shirt" in cart.content
    Product.objects.filter(pk=secret.pk).update(status="archived")
    assert shopper.get("/products/shirt-7/").status_code == 404
    assert b"No longer on sale." in shopper.get("/cart/").content


def test_search_engines_find_lists_but_not_their_combinations(shirts: None, shopper: Shopper) -> None:
    for path, indexed in (
        ("/products/", True),
        ("/categories/clothing/", True),
        ("/brands/nordhem/", True),
        ("/products/?brand=nordhem", False),
        ("/products/?sort=name", False),
        ("/products/?q=shirt", False),
    ):
        text = shopper.get(path).content.decode()
        assert ('<meta name="robots" content="noindex' in text) is not indexed, path
        assert ('<link rel="canonical"' in text) is indexed, path


def test_the_canonical_address_is_the_same_however_it_was_asked() -> None:
    assert QueryDict(ListQuery.read(QueryDict(CANONICAL)).address("").removeprefix("?")) == QueryDict(CANONICAL)
    shuffled = "&".join(reversed(CANONICAL.split("&"))) + "&brand=nordhem&price_from=&x=1"
    assert ListQuery.read(QueryDict(shuffled)) == ListQuery.read(QueryDict(CANONICAL))
    for query, canonical in {
        "price=50-10": "?price=10-50",
        "price_from=10,50&price_to=": "?price=10.5-",
        "sort=newest&page=1": "",
        "q=a&sort=relevance": "?q=a",
        "sort=relevance": "",
        "brand= x &brand=x": "?brand=x",
        "price=5-": "?price=5-",
    }.items():
        assert ListQuery.read(QueryDict(query)).address("") == canonical, query


words = st.text(max_size=12)


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["q", "category", "brand", "tag", "price", "rating", "available", "sort", "page"])
            | words.map(lambda word: f"spec.{word}")
            | words.map(lambda word: f"opt.{word}"),
            words | st.sampled_from([*map(str, Sort), "1", "4", "10-50", "50-1", "x-y", "99"]),
        ),
        max_size=12,
    )
)
def test_reading_an_address_again_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    asked = QueryDict(mutable=True)
    for name, value in pairs:
        asked.appendlist(name, value.encode(errors="ignore").decode())
    query = ListQuery.read(asked)
    again = ListQuery.read(QueryDict(query.address("").removeprefix("?")))
    assert again == query


def test_a_filtered_list_costs_six_statements_and_none_twice(
    shirts: None, shopper: Shopper, count_statements: Any
) -> None:
    shopper.get("/account/")  # which shop it is, and in which languages, is read once for many requests
    query = "/products/?brand=nordhem&opt.Size=M&opt.Colour=Red&spec.Material=linen&price=1-99&available=1&q=shirt"
    counts = []
    for _ in range(2):
        with count_statements() as statements:
            assert shown(shopper.get(query)) == ["shirt-1"]
        assert len(set(statements.sql)) == statements.count
        counts.append(statements.count)
    assert counts == [6, 5]


@pytest.fixture
def browsing(selling: Any, tmp_path: Path, settings: Any) -> Shopper:
    """A browser that reads gzip, in a shop whose static files are stored and sent as in production."""
    settings.STORAGES = base.STORAGES
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    return Shopper(accept_encoding="gzip")


@pytest.mark.parametrize("look", LOOKS)
def test_a_list_is_light(selling: Any, browsing: Shopper, platform: Any, look: str) -> None:
    """Under 60 KB with its styles and script, as a browser gets them; pictures apart."""
    platform.update_tenant("acme", theme_config={"look": look})
    directory.forget(selling.id)
    brands = [BrandFactory() for _ in range(12)]
    for number in range(24):
        product = ProductFactory(
            brand=brands[number % 12], specifications={"Material": f"Material {number % 8}"}, default_variant=False
        )
        for size in ("S", "M", "L", "XL"):
            VariantFactory(product=product, options={"Size": size, "Colour": f"Colour {number % 9}"}, stock=1)
    sizes, left = {}, ["/products/"]
    while left:
        path = left.pop()
        answer = browsing.get(path)
        assert answer.status_code == 200, path
        body = b"".join(answer)
        sizes[path] = len(body)
        text = (gzip.decompress(body) if answer.get("Content-Encoding") == "gzip" else body).decode()
        found = re.findall(r'(?:<link rel="stylesheet"|<script)[^>]*? (?:href|src)="(/[^"]+)"', text)
        found += [urljoin(path, name) for name in re.findall(r'@import url\("([^"]+)"\)', text)]
        left += [each for each in found if each not in sizes]
    assert len(sizes) >= 3, "the page, its styles and its script"
    assert sum(sizes.values()) < 60_000, sizes
