"""Whatever is asked of a list, it answers: invented addresses, strange words, one canonical form, few statements."""

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
from tenant_shop.catalog.browse import Sort
from tenant_shop.configuration.theme import LOOKS
from tenant_shop.models import Product
from tenant_shop.storefront.list_query import ListQuery
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.shopper import Shopper

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
    # What shoppers never get is large, and would take most of a minute to be compressed.
    others = ["admin", "drf_spectacular_sidecar", "unfold"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=others)
    return Shopper(accept_encoding="gzip")


@pytest.mark.slow
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


def test_what_is_typed_for_a_price_and_is_none_is_said_beside_its_field(selling: Any, shopper: Shopper) -> None:
    for price in (5, 15, 25):
        ProductFactory(slug=f"p-{price}", name=f"Thing for {price}", price=price, stock=1)

    shown = shopper.get("/products/", price_from="abc", price_to="20").content.decode()

    assert "“abc” is not a price. Write it in digits, such as 12.50." in shown
    assert 'value="abc"' in shown
    assert re.search(r'name="price_from"[^>]*aria-invalid="true" aria-describedby="f-from-problem"', shown)
    assert "f-to-problem" not in shown
    assert [f"Thing for {price}" in shown for price in (5, 15, 25)] == [True, True, False]
    assert shopper.get("/products/", price_from="1e309").status_code == 200
    led = shopper.get("/products/", price_from="10", price_to="20")
    assert (led.status_code, led["Location"]) == (302, "/products/?price=10-20")
