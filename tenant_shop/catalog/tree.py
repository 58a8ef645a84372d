"""Categories are a tree: none lies below itself, and what lies below one that is off is off with it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.listing.models import ProductListing
from tenant_shop.catalog.models import Category

# The name of the turn in which categories move; the trigger `categories_are_a_tree` takes it too.
TURN = "categories are a tree"

# What was written before circles were refused ends, too: a category is found once.
BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM categories WHERE id = ANY(%s)
    UNION
    SELECT category.id FROM categories AS category JOIN below ON category.parent_id = below.id
)
SELECT id FROM below
"""


def closes_circle(category_id: UUID, *, parent_id: UUID) -> bool:
    """Whether the category would lie below itself if it had that parent. Runs in the transaction that moves it.

    Until that transaction ends nobody else moves a category, so the answer holds. One statement for each level.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TURN])
    above: UUID | None = parent_id
    passed = set[UUID]()
    while above is not None and above not in passed:
        if above == category_id:
            return True
        passed.add(above)
        above = Category.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    return False


def with_those_below(category_ids: Iterable[UUID]) -> set[UUID]:
    """The categories and all that lie below them, on or off. One statement."""
    with shop_connection().cursor() as cursor:
        cursor.execute(BELOW, [list(category_ids)])
        return {row[0] for row in cursor.fetchall()}


def has_products() -> Exists:
    """Whether a category has a product of its own that lists show.

    Asked of the listings, whose index answers alone: one of `products` would be read row by row for an empty category.
    """
    return Exists(ProductListing.objects.filter(is_listed=True, category_id=OuterRef("pk")))


def filled(parents: Mapping[UUID, UUID | None], with_products: Iterable[UUID]) -> set[UUID]:
    """Of the categories, by their parents, those that have a product or that lie above one that has."""
    found = set[UUID]()
    for key in with_products:
        here: UUID | None = key
        while here is not None and here in parents and here not in found:
            found.add(here)
            here = parents[here]
    return found


def shown_parents(parents: Mapping[UUID, UUID | None]) -> dict[UUID, UUID | None]:
    """Of the active categories, by their parents, those that shoppers meet: each with its parent among them, or none.

    A category below one that is off is not met. Those that lie below themselves have no parent: else they would be in
    no menu.
    """
    circling = _below_themselves(parents)
    found: dict[UUID, UUID | None] = {key: None for key, parent in parents.items() if parent is None or key in circling}
    below: dict[UUID, list[UUID]] = {}
    for key, parent in parents.items():
        if parent is not None and key not in found:
            below.setdefault(parent, []).append(key)
    open_ends = list(found)
    while open_ends:
        parent = open_ends.pop()
        for key in below.get(parent, ()):
            found[key] = parent
            open_ends.append(key)
    return found


def _below_themselves(parents: Mapping[UUID, UUID | None]) -> set[UUID]:
    """The categories to which the way up leads back; those written before the database refused it."""
    found, passed = set[UUID](), set[UUID]()
    for start in parents:
        way: list[UUID] = []
        here: UUID | None = start
        while here is not None and here in parents and here not in passed:
            passed.add(here)
            way.append(here)
            here = parents[here]
        if here in way:
            found.update(way[way.index(here) :])
    return found
