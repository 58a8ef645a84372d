"""Categories as a tree: moved by buttons, dense under concurrency, never a circle."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.move_category import CannotMove, Move, branches, move_category, place_category
from tests.back_office import entries
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.people import let_in, make_user, staff_browser
from tests.shopping import at_once, everything
from tests.statements import StatementCount
from tests.tenant_shop.backoffice.test_staff_in_browser import log_in

TREE = "/admin/tenant_shop/category/tree/"


def grow(*names: str, below: Category | None = None) -> list[Category]:
    return [CategoryFactory(name=name, parent=below) for name in names]


def tree() -> list[str]:
    """Each category with its depth before its name, and its position behind it."""
    rows = Category.objects.order_by("sort_order", "name", "pk")
    return [f"{'-' * each.depth}{each.category.name}{each.category.sort_order}" for each in branches(list(rows))]


@pytest.fixture
def garden(shop: TenantInfo) -> dict[str, Category]:
    """A, B with C and D below it, E; as yet without positions."""
    a, b, e = grow("A", "B", "E")
    c, d = grow("C", "D", below=b)
    return {"A": a, "B": b, "C": c, "D": d, "E": e}


@pytest.mark.parametrize(
    ("name", "move", "after"),
    [
        ("B", Move.UP, ["B0", "-C0", "-D0", "A1", "E2"]),
        ("B", Move.DOWN, ["A0", "E1", "B2", "-C0", "-D0"]),
        ("B", Move.IN, ["A0", "-B0", "--C0", "--D0", "E1"]),
        ("E", Move.IN, ["A0", "B1", "-C0", "-D1", "-E2"]),
        ("D", Move.IN, ["A0", "B0", "-C0", "--D0", "E0"]),
        ("C", Move.OUT, ["A0", "B1", "-D0", "C2", "E3"]),
        ("D", Move.OUT, ["A0", "B1", "-C0", "D2", "E3"]),
    ],
)
def test_a_move_is_one_step(name: str, move: Move, after: list[str], garden: dict[str, Category]) -> None:
    move_category(garden[name].pk, move)

    assert tree() == after


@pytest.mark.parametrize(
    ("name", "move", "why"),
    [
        ("A", Move.UP, "A was not moved: it is the first there."),
        ("E", Move.DOWN, "E was not moved: it is the last there."),
        ("A", Move.IN, "A was not moved: there is none before it that it could go below."),
        ("E", Move.OUT, "E was not moved: it lies below none."),
    ],
)
def test_where_there_is_nowhere_to_go_nothing_moves(
    name: str, move: Move, why: str, garden: dict[str, Category]
) -> None:
    before = everything()

    with pytest.raises(CannotMove) as refusal:
        move_category(garden[name].pk, move)

    assert str(refusal.value) == why
    assert everything() == before


def test_none_is_placed_below_itself(garden: dict[str, Category]) -> None:
    before = everything()

    for parent in (garden["B"], garden["C"]):
        with pytest.raises(CannotMove, match="it would lie below itself"):
            place_category(garden["B"].pk, parent_id=parent.pk, place=0)
    with pytest.raises(Category.DoesNotExist):
        place_category(garden["B"].pk, parent_id=uuid4(), place=0)

    assert everything() == before


def test_a_category_is_placed_anywhere_else(garden: dict[str, Category]) -> None:
    place_category(garden["D"].pk, parent_id=None, place=1)
    assert tree() == ["A0", "D1", "B2", "-C0", "E3"]

    place_category(garden["A"].pk, parent_id=garden["B"].pk, place=99)
    assert tree() == ["D0", "B1", "-C0", "-A1", "E2"]


def test_positions_stay_dense_when_many_move_at_once(shop: TenantInfo) -> None:
    rows = grow(*"ABCDEFGH")

    results = at_once(shop, [lambda key=row.pk: move_category(key, Move.DOWN) for row in rows])

    assert {type(result).__name__ for result in results} <= {"Category", "CannotMove"}
    found = Category.objects.order_by("sort_order").values_list("name", "sort_order")
    assert [place for _, place in found] == list(range(8))
    assert sorted(name for name, _ in found) == list("ABCDEFGH")


def test_two_that_go_below_each_other_at_once_make_no_circle(shop: TenantInfo) -> None:
    first, second = grow("A", "B")

    results = at_once(
        shop,
        [
            lambda: place_category(first.pk, parent_id=second.pk, place=0),
            lambda: place_category(second.pk, parent_id=first.pk, place=0),
        ],
    )

    assert sorted(type(result).__name__ for result in results) == ["CannotMove", "Category"]
    assert len([row for row in Category.objects.all() if row.parent_id is None]) == 1


def test_a_move_costs_the_same_however_many_there_are(shop: TenantInfo) -> None:
    counts = []
    for size in ("abc", "defghijklm"):
        rows = grow(*size)
        with StatementCount() as statements:
            move_category(rows[0].pk, Move.DOWN)
        counts.append(statements.count)

    assert counts[0] == counts[1]


def test_the_page_shows_the_tree_with_counts_and_costs_the_same(acme: TenantInfo) -> None:
    browser, counts = staff_browser(acme), []
    with tenant_context(acme):
        [home] = grow("Home")
        [kitchen] = grow("<b>Kitchen", below=home)
        ProductFactory(category=home)
        ProductFactory(category=kitchen)
    browser.get(TREE)
    for name in ("Garden", "Cellar"):
        with StatementCount() as statements:
            page = browser.get(TREE).content.decode()
        counts.append(statements.count)
        with tenant_context(acme):
            grow(name, below=home)

    assert "1 product, 2 with those below" in page
    assert "&lt;b&gt;Kitchen" in page
    assert "<b>Kitchen" not in page
    assert counts[0] == counts[1]


def test_buttons_move_and_the_log_says_so(acme: TenantInfo) -> None:
    with tenant_context(acme):
        first, second = grow("A", "B")
    browser = staff_browser(acme)

    moved = browser.post(f"/admin/tenant_shop/category/{second.pk}/move/", {"move": "in"})
    refused = browser.post(f"/admin/tenant_shop/category/{first.pk}/move/", {"move": "up"}, follow=True)
    unknown = browser.post(f"/admin/tenant_shop/category/{first.pk}/move/", {"move": "away"})

    assert moved["Location"] == f"{TREE}#category-{second.pk}"
    assert "A was not moved: it is the first there." in refused.content.decode()
    assert unknown.status_code == 400
    with tenant_context(acme):
        assert tree() == ["A0", "-B0"]
    [entry] = entries(acme)
    assert (entry.action, entry.new_values) == ("change_category", {"parent": str(first.pk), "sort_order": 0})


def test_viewers_and_other_shops_move_nothing(acme: TenantInfo, make_shop: Any) -> None:
    other = make_shop("other")
    with tenant_context(acme):
        keys: list[UUID] = [row.pk for row in grow("A", "B")]
    viewer, stranger = staff_browser(acme, AccessRole.VIEWER), staff_browser(other, email="other@example.com")
    with tenant_context(acme):
        before = everything()
    path = f"/admin/tenant_shop/category/{keys[1]}/move/"

    assert [browser.post(path, {"move": "up"}).status_code for browser in (viewer, stranger)] == [403, 404]
    assert "Move A" not in viewer.get(TREE).content.decode()

    with tenant_context(acme):
        assert everything() == before


def test_what_is_dragged_goes_to_its_place_and_what_is_no_place_moves_nothing(acme: TenantInfo) -> None:
    with tenant_context(acme):
        first, second, third = grow("A", "B", "C")
    browser, path = staff_browser(acme), f"/admin/tenant_shop/category/{third.pk}/move/"

    placed = browser.post(path, {"move": "place", "parent": str(first.pk), "place": "0"})
    back = browser.post(path, {"move": "place", "parent": "", "place": "1"}, follow=True)

    assert placed["Location"] == f"{TREE}#category-{third.pk}"
    assert "C was moved." in back.content.decode()
    with tenant_context(acme):
        assert tree() == ["A0", "C1", "B2"]
        before = everything()
    statuses = [
        browser.post(path, {"move": "place", "parent": parent, "place": place}).status_code
        for parent, place in (("", "-1"), ("", "²"), ("", "9" * 9), ("", ""), ("nobody", "0"))
    ]
    below_itself = browser.post(path, {"move": "place", "parent": str(third.pk), "place": "0"}, follow=True)
    gone = browser.post(path, {"move": "place", "parent": str(uuid4()), "place": "0"}, follow=True)
    viewer = staff_browser(acme, AccessRole.VIEWER)
    refused = viewer.post(path, {"move": "place", "parent": str(second.pk), "place": "0"})
    assert statuses == [400] * 5
    assert "C was not moved: it would lie below itself." in below_itself.content.decode()
    assert "C was not moved: somebody has deleted where it was to go." in gone.content.decode()
    assert refused.status_code == 403
    with tenant_context(acme):
        now = everything()
    assert {table for table in before if before[table] != now[table]} <= {"django_session"}


@pytest.mark.slow
def test_a_category_is_dragged_below_another(acme: TenantInfo, site: Any, browser: Any) -> None:
    with tenant_context(acme):
        first, second, third = grow("A", "B", "C")
    let_in(make_user(), acme)
    page = browser.new_page()
    log_in(page, site, "owner@acme.example")
    page.goto(site.url("acme", TREE))
    row, height = page.locator(f"#category-{third.pk}"), page.locator(f"#category-{first.pk}").bounding_box()["height"]

    row.drag_to(page.locator(f"#category-{first.pk}"), target_position={"x": 300, "y": height / 2})
    page.get_by_text("C was moved.").wait_for()
    page.get_by_role("link", name="C, level 2").wait_for()
    with tenant_context(acme):
        assert tree() == ["A0", "-C0", "B1"]

    row.drag_to(page.locator(f"#category-{second.pk}"), target_position={"x": 300, "y": height - 4})
    page.get_by_role("link", name="C", exact=True).wait_for()
    with tenant_context(acme):
        assert tree() == ["A0", "B1", "C2"]
