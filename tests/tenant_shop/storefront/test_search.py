"""Searching in the storefront: suggestions, better spellings, ideas, and what is written down of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.listing.popularity import count_units_sold
from tenant_shop.catalog.search.popular import popular_searches
from tenant_shop.models import ProductVariant, SearchCount
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.shopper import Shopper

SUGGESTIONS = "/search/suggestions/"


@pytest.fixture
def goods(selling: TenantInfo) -> None:
    kitchen = CategoryFactory(name="Stone kitchen", slug="kitchen")
    maker = BrandFactory(name="Atelier Stönes", slug="stones")
    BrandFactory(name="Stone empty", slug="empty")
    for number in range(7):
        ProductFactory(slug=f"mug-{number}", name=f"Stoneware mug {number}", category=kitchen, brand=maker, stock=1)
    ProductFactory(slug="secret", name="Stoneware secret", status="draft")


@pytest.fixture
def typing(selling: TenantInfo) -> Shopper:
    """A shopper whose browser runs htmx."""
    return Shopper(**{"hx-request": "true"})


def searched(**texts: tuple[int, int]) -> None:
    for text, (searches, vain) in texts.items():
        SearchCount.objects.create(day=timezone.now().date(), text=text, searches=searches, without_results=vain)


def counts() -> list[tuple[str, int, int]]:
    return list(SearchCount.objects.order_by("text").values_list("text", "searches", "without_results"))


@pytest.mark.usefixtures("goods")
def test_suggestions_are_products_categories_brands_and_what_others_search_for(typing: Shopper) -> None:
    searched(stoneware=(9, 0), stone=(5, 0), stones=(2, 0), stonehenge=(8, 1))
    page = typing.get(SUGGESTIONS, q="Stone")
    text = page.content.decode()
    assert page.status_code == 200
    assert [text.count(f'href="/products/mug-{number}/"') for number in range(7)].count(1) == 5
    assert 'href="/categories/kitchen/"' in text
    assert 'href="/brands/stones/"' in text
    assert "€19.99" in text
    assert 'href="/products/?q=stoneware"' in text
    assert "See all 7 results" in text
    for absent in ("secret", "empty", "stonehenge", 'q=stones"', "<script", "<style"):
        assert absent not in text, absent
    assert page["Cache-Control"] == "private, no-cache"


@pytest.mark.usefixtures("goods")
def test_suggestions_forgive_and_cost_six_statements(typing: Shopper, count_statements: Callable[[], Any]) -> None:
    typing.get(SUGGESTIONS, q="s")  # the directory of shops is read once for many requests
    with count_statements() as statements:
        text = typing.get(SUGGESTIONS, q="stonewrae").content.decode()
    assert "Products for “stoneware”" in text
    assert statements.count == 6, [sql[:60] for sql in statements.sql]
    with count_statements() as statements:
        assert b"href" not in typing.get(SUGGESTIONS, q="s").content
    assert statements.count <= 2
    assert counts() == [], "what is only typed is not counted"


def test_suggestions_answer_anything(typing: Shopper) -> None:
    for text in ("", " ", "%", "'", "<script>", "é" * 5000, "😀😀", "& |", "\u202e", "_"):
        page = typing.get(SUGGESTIONS, q=text)
        assert page.status_code == 200, text
        assert b"href" not in page.content, text


def test_without_htmx_suggestions_lead_to_the_search(shopper: Shopper) -> None:
    assert shopper.get(SUGGESTIONS, q="blue mug")["Location"] == "/products/?q=blue+mug"


@pytest.mark.usefixtures("goods")
def test_a_search_costs_two_statements_more_than_a_list(shopper: Shopper, count_statements: Callable[[], Any]) -> None:
    shopper.get("/account/")  # the directory of shops is read once for many requests
    spent = {}
    for path in ("/products/", "/products/?q=stoneware", "/products/?q=stonewrae", "/products/?q=stoneware&sort=name"):
        with count_statements() as statements:
            assert shopper.get(path).status_code == 200
        spent[path] = statements.count
    lists = spent.pop("/products/")
    assert all(count <= lists + 2 for count in spent.values()), (lists, spent)


@pytest.mark.usefixtures("goods")
def test_a_better_spelling_is_named_and_leads_to_its_own_search(shopper: Shopper) -> None:
    text = shopper.get("/products/", q="stonewrae").content.decode()
    assert "Nothing matches “stonewrae”." in text
    assert '<a href="/products/?q=stoneware">stoneware</a>' in text
    assert 'href="/products/mug-1/"' in text
    assert "Nothing matches" not in shopper.get("/products/", q="stoneware").content.decode()


@pytest.mark.usefixtures("goods")
def test_a_search_without_results_comes_with_ideas(shopper: Shopper, count_statements: Callable[[], Any]) -> None:
    searched(stoneware=(5, 0))
    page = shopper.get("/products/", q="xyzzy<b>")
    text = page.content.decode()
    assert page.status_code == 200
    assert "No product matches “xyzzy&lt;b&gt;”" in text
    assert 'href="/products/?q=stoneware"' in text
    assert 'href="/categories/kitchen/"' in text
    assert "Just in" in text
    assert text.count('href="/products/mug-') == 4
    OrderItemFactory(order=OrderFactory(), variant=ProductVariant.objects.get(product__slug="mug-2"), quantity=3)
    count_units_sold()
    text = shopper.get("/products/", q="xyzzy").content.decode()
    assert "What others buy" in text
    assert text.count('href="/products/mug-') == text.count('href="/products/mug-2/"') == 1
    with count_statements() as statements:
        shopper.get("/products/", q="xyzzy")
    assert statements.count <= 10


@pytest.mark.usefixtures("goods")
def test_a_search_is_counted_once_and_only_as_it_was_first_asked(shopper: Shopper) -> None:
    shopper.get("/products/", q="Stoneware  MUG")
    shopper.get("/products/", q="xyzzy")
    for query in (
        {"q": "stoneware", "page": "2"},
        {"q": "stoneware", "available": "1"},
        {"q": "stoneware", "brand": "stones"},
        {"q": ""},
        {},
    ):
        shopper.get("/products/", **query)
    shopper.client.head("/products/", {"q": "stoneware"}, headers={"host": shopper.host})
    assert counts() == [("stoneware mug", 1, 0), ("xyzzy", 1, 1)]


def test_popular_searches_were_made_by_several_and_never_in_vain(shop: TenantInfo) -> None:
    ProductFactory(name="Mug, music and mulch", tags=["mugs", "muddle"])
    searched(mug=(3, 0), mugs=(7, 0), music=(2, 0), muddle=(9, 1))
    SearchCount.objects.create(day="2020-01-01", text="mulch", searches=50)
    now = timezone.now()
    assert popular_searches(5, now=now) == ["mugs", "mug"]
    assert popular_searches(5, now=now, beginning="MUGS") == ["mugs"]
    assert popular_searches(1, now=now, beginning="mu") == ["mugs"]
    assert popular_searches(5, now=now, beginning="%") == []


def test_popular_searches_have_only_words_of_the_shop(shop: TenantInfo) -> None:
    ProductFactory(name="Stoneware Mug", brand=BrandFactory(name="Stönes"), description="Beware of imitations.")
    ProductFactory(name="Fraud", status="draft")
    for text in (
        "mug",
        "stoneware mugs",
        "stones",
        "mug fraud",
        "mug beware",
        "mug 😀",
        "😀",
        "-",
        "mug 09",
        "xyzzy",
        "mug!",
        "m\u202eug",
        "stönes-mug",
    ):
        SearchCount.objects.create(day=timezone.now().date(), text=text, searches=9)
    assert set(popular_searches(20, now=timezone.now())) == {"mug", "stones", "stoneware mugs", "stönes-mug"}


@pytest.mark.usefixtures("goods")
def test_one_visitor_cannot_write_into_the_pages_of_others(shopper: Shopper, typing: Shopper) -> None:
    for _ in range(12):
        for text in ("stoneware", "stoneware 😀", "mug 0"):
            shopper.get("/products/", q=text)
    assert popular_searches(5, now=timezone.now()) == []
    assert 'q=stoneware"' not in shopper.get("/products/", q="xyzzy").content.decode()
    assert 'q=stoneware"' not in typing.get(SUGGESTIONS, q="stone").content.decode()

    for number in (2, 3):
        shopper.client.get(
            "/products/", {"q": "stoneware"}, headers={"host": shopper.host}, REMOTE_ADDR=f"198.51.100.{number}"
        )
    assert popular_searches(5, now=timezone.now()) == ["stoneware"]


@pytest.mark.usefixtures("goods")
def test_a_list_says_that_its_search_found_too_much(shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Showing the best of the newest 500 matches; more words narrow it down."
    assert said not in shopper.get("/products/", q="stoneware").content.decode()
    monkeypatch.setattr("tenant_shop.catalog.search.matches.MAX_CANDIDATES", 7)
    assert said in shopper.get("/products/", q="stoneware").content.decode()
    assert said not in shopper.get("/products/", q="stoneware 3").content.decode()
    assert said not in shopper.get("/products/").content.decode()
