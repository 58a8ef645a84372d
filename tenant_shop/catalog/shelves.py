"""The shop's active categories as a tree, read at once: for navigation, breadcrumbs and whole branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import F

from tenant_shop.catalog.covers import cover, cover_facts
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.tree import filled, has_products, shown_parents


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category as shoppers meet it; `image` as `summary.picture_of` reads it, the `meta_…` for search engines."""

    id: UUID
    parent_id: UUID | None
    name: str
    slug: str
    description: str | None
    image: Mapping[str, Any] | None
    is_featured: bool
    meta_title: str | None = None
    meta_description: str | None = None
    has_products: bool = True


class Shelves:
    """The active categories that do not lie below one that is off, in the merchant's order.

    Those with nothing in them, nor below them, keep their page, and are led to by none.
    """

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        parents = shown_parents({shelf.id: shelf.parent_id for shelf in shelves})
        shelves = [
            shelf if shelf.parent_id == parents[shelf.id] else replace(shelf, parent_id=parents[shelf.id])
            for shelf in shelves
            if shelf.id in parents
        ]
        self._by_id = {shelf.id: shelf for shelf in shelves}
        self._by_slug = {shelf.slug: shelf for shelf in shelves}
        self._children: dict[UUID | None, list[Shelf]] = {}
        for shelf in shelves:
            self._children.setdefault(shelf.parent_id, []).append(shelf)
        self._filled = filled({shelf.id: shelf.parent_id for shelf in shelves}, self._with_products())

    def _with_products(self) -> list[UUID]:
        return [shelf.id for shelf in self._by_id.values() if shelf.has_products]

    def is_filled(self, shelf: Shelf) -> bool:
        """Whether there is a product in it or below it."""
        return shelf.id in self._filled

    @property
    def all(self) -> list[Shelf]:
        """Every one that has something."""
        return [shelf for shelf in self._by_id.values() if self.is_filled(shelf)]

    @property
    def top(self) -> list[Shelf]:
        """The categories without a parent, and those that lie below themselves."""
        return self._filled_below(None)

    @property
    def featured(self) -> list[Shelf]:
        """What the merchant puts forward, else the top categories."""
        return [shelf for shelf in self.all if shelf.is_featured] or self.top

    def by_slug(self, slug: str) -> Shelf | None:
        return self._by_slug.get(slug)

    def by_id(self, shelf_id: UUID | None) -> Shelf | None:
        return self._by_id.get(shelf_id) if shelf_id else None

    def path_to(self, shelf_id: UUID | None) -> list[Shelf]:
        """The way from the top down to a category, itself included; empty when it is not shown."""
        path: list[Shelf] = []
        while shelf_id is not None and (shelf := self._by_id.get(shelf_id)) and shelf not in path:
            path.insert(0, shelf)
            shelf_id = shelf.parent_id
        return path

    def branch(self, shelf_id: UUID) -> set[UUID]:
        """A category and all that hangs below it."""
        found, open_ends = {shelf_id}, [shelf_id]
        while open_ends:
            below = {child.id for child in self._children.get(open_ends.pop(), [])} - found
            found |= below
            open_ends += below
        return found

    def children(self, shelf_id: UUID) -> list[Shelf]:
        return self._filled_below(shelf_id)

    def _filled_below(self, shelf_id: UUID | None) -> list[Shelf]:
        return [shelf for shelf in self._children.get(shelf_id, []) if self.is_filled(shelf)]


def read_shelves() -> Shelves:
    """The active shop's shelves; one SELECT."""
    rows = Category.objects.filter(is_active=True).order_by("sort_order", "name")
    columns = ("id", "parent_id", "name", "slug", "description", "is_featured", "meta_title", "meta_description")
    found = rows.values(*columns, address=F("image_url"), uploaded=cover_facts(), has_products=has_products())
    return Shelves([Shelf(image=cover(row.pop("address"), row.pop("uploaded")), **row) for row in found])
