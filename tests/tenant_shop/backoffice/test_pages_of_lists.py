"""Lists of the back office are read page by page to their end, whatever they are sorted by and however they change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice.paging import LAST, Page, Place, page_of, place_from
from tenant_shop.backoffice.whole_list import BoundedPaginator
from tenant_shop.catalog.models import Product
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.people import staff_browser
from tests.statements import StatementCount

PRODUCTS = "/admin/tenant_shop/product/"
ORDERINGS: tuple[tuple[Any, ...], ...] = (
    ("name", "id"),
    ("-name", "-id"),
    ("-price", "name", "id"),
    ("compare_at_price", "id"),
    ("-compare_at_price", "-id"),
    ("brand", "-id"),
    ("-brand", "id"),
    (F("compare_at_price").desc(), "id"),
    ("track_inventory", "-created_at", "pk"),
)


@pytest.fixture
def eleven(shop: TenantInfo) -> list[Product]:
    """Products with much alike: three names, four prices before, of which one is none, two brands or none."""
    brands = [BrandFactory(name="Ash"), BrandFactory(name="Oak"), None]
    for number in range(11):
        ProductFactory(
            name=f"Thing {number % 3}",
            price=number % 2 + 1,
            compare_at_price=(None, 5, 6, 7)[number % 4],
            brand=brands[number % 3],
            track_inventory=number % 2 == 0,
        )
    return list(Product.objects.all())


def asked(ordering: Any, place: str, *, size: int = 3, count: int | None = 11) -> Page:
    return page_of(Product.objects.order_by(*ordering), ordering, place, size=size, count=count)


@pytest.mark.parametrize("ordering", ORDERINGS, ids=str)
def test_pages_forwards_and_backwards_have_every_row_once_in_the_list_s_order(
    eleven: list[Product], ordering: tuple[Any, ...]
) -> None:
    whole = list(Product.objects.order_by(*ordering).values_list("pk", flat=True))

    forwards = [asked(ordering, "")]
    while (place := forwards[-1].next) is not None:
        forwards.append(asked(ordering, str(place)))
    backwards = [asked(ordering, LAST)]
    while (place := backwards[0].previous) is not None:
        backwards.insert(0, asked(ordering, str(place)))

    for pages in (forwards, backwards):
        assert [row.pk for page in pages for row in page.rows] == whole
        assert [page.first for page in pages] == [1, 4, 7, 10]
        assert (pages[0].previous, pages[-1].next) == (None, None)


def test_where_nobody_counted_to_the_end_the_last_page_is_whole_and_has_no_number(eleven: list[Product]) -> None:
    last = asked(("name", "id"), LAST, count=None)

    assert last.rows == list(Product.objects.order_by("name", "id"))[-3:]
    assert (last.first, last.last, last.next) == (None, None, None)
    assert last.previous is not None
    assert asked(("name", "id"), str(last.previous), count=None).first is None


def test_what_comes_and_goes_meanwhile_neither_skips_nor_repeats_a_row(eleven: list[Product]) -> None:
    ordering = ("name", "id")
    first = asked(ordering, "")
    first.rows[0].delete()
    first.rows[2].delete()
    ProductFactory(name="Aaa")

    second = asked(ordering, str(first.next))

    left = list(Product.objects.order_by(*ordering))
    assert second.rows == left[2:5]


def test_the_page_before_the_second_is_the_first_even_when_it_shrank(eleven: list[Product]) -> None:
    ordering = ("name", "id")
    second = asked(ordering, str(asked(ordering, "").next))
    Product.objects.filter(pk=asked(ordering, "").rows[0].pk).delete()

    back = asked(ordering, str(second.previous))

    assert (back.first, back.previous, len(back.rows)) == (1, None, 3)


@pytest.mark.parametrize(
    "place",
    [
        "2",
        "x",
        "bGFzdA",
        "🦊",
        "W" * 3000,
        str(Place("beside", ("a", "b"))),
        str(Place("behind", ("a",))),
        str(Place("behind", ("Thing 1", "no key"))),
        str(Place("behind", ("a\x00", "b"), 3)),
        str(Place("behind", (None, None))),
    ],
)
def test_what_is_no_place_is_the_first_page(eleven: list[Product], place: str) -> None:
    page = asked(("name", "id"), place)

    assert (page.first, page.previous) == (1, None)
    assert page.rows == list(Product.objects.order_by("name", "id")[:3])


def test_places_are_read_as_they_were_written() -> None:
    place = Place("before", ('Ä "quoted"', None, "2026-11-26T10:00:00.000001+00:00"), 51)
    assert place_from(str(place)) == place


def test_a_list_has_first_previous_next_and_last_and_keeps_its_filters(
    make_shop: Callable[..., TenantInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop("acme")
    with tenant_context(shop):
        for number in range(7):
            ProductFactory(name=f"Mug {number}", status="active" if number != 3 else "draft")
    monkeypatch.setattr("tenant_shop.backoffice.catalog.ProductAdmin.list_per_page", 2)
    browser = staff_browser(shop)

    def shown(query: str) -> tuple[list[str], dict[str, str]]:
        page = browser.get(PRODUCTS + query)
        assert page.status_code == 200
        cl = page.context["cl"]
        return [row.name for row in cl.result_list], {name: url for name, url in cl.pages if url}

    first, links = shown("?status__exact=active&q=mug")
    assert (first, sorted(links)) == (["Mug 0", "Mug 1"], ["Last", "Next"])
    assert "q=mug" in links["Next"]
    assert "status__exact=active" in links["Next"]
    second, links = shown(links["Next"])
    assert (second, sorted(links)) == (["Mug 2", "Mug 4"], ["First", "Last", "Next", "Previous"])
    last, links = shown(links["Last"])
    assert (last, sorted(links)) == (["Mug 5", "Mug 6"], ["First", "Previous"])
    assert shown(links["Previous"])[0] == ["Mug 2", "Mug 4"]
    assert shown(links["First"])[0] == ["Mug 0", "Mug 1"]
    page = browser.get(f"{PRODUCTS}{links['Previous']}").content.decode()
    assert "3 to 4 of 6" in page
    assert 'rel="next"' in page


def test_the_end_is_reached_where_nobody_counts(
    make_shop: Callable[..., TenantInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop("acme")
    with tenant_context(shop):
        for number in range(7):
            ProductFactory(name=f"Mug {number}")
    monkeypatch.setattr("tenant_shop.backoffice.whole_list.LONGEST_COUNT", 4)
    monkeypatch.setattr("tenant_shop.backoffice.catalog.ProductAdmin.list_per_page", 2)
    browser = staff_browser(shop)
    browser.get(PRODUCTS)

    with StatementCount() as of_first:
        browser.get(PRODUCTS)
    with StatementCount() as of_last:
        last = browser.get(f"{PRODUCTS}?p=last")

    assert [row.name for row in last.context["cl"].result_list] == ["Mug 5", "Mug 6"]
    assert of_first.count == of_last.count
    assert str(last.context["cl"].result_count) == "4+"
    assert BoundedPaginator.template_name == "admin/shop/_pages.html"
