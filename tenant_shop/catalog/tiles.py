"""Categories as tiles: how many products are in them, and a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.shelves import Shelf, Shelves
from tenant_shop.catalog.summary import Picture, picture_facts, picture_of


@dataclass(frozen=True, slots=True)
class Tile:
    """A category with the number of products in its branch."""

    shelf: Shelf
    picture: Picture | None
    product_count: int


def category_tiles(shelves: Shelves, chosen: Sequence[Shelf]) -> list[Tile]:
    """Tiles of the `chosen` shelves that have products. The picture is the category's own, else one of its products'.

    One statement.
    """
    branches = {shelf.id: shelves.branch(shelf.id) for shelf in chosen}
    pictures = (
        ProductImage.objects.filter(product__category=OuterRef("category"), product__status=Product.Status.ACTIVE)
        .exclude(product__visibility=Product.Visibility.HIDDEN)
        .order_by("-is_primary", "sort_order", "-product__created_at", "id")
        .values(found=picture_facts())
    )
    rows = (
        Product.objects.listed()
        .filter(category__in=set().union(*branches.values()))
        .order_by()
        .values("category")
        .annotate(products=Count("pk"), picture=Subquery(pictures[:1]))
    )
    by_category = {row["category"]: row for row in rows}
    tiles = []
    for shelf in chosen:
        found = [by_category[key] for key in (shelf.id, *(branches[shelf.id] - {shelf.id})) if key in by_category]
        if found:
            picture = picture_of(shelf.image, shelf.name) or next(
                (picture for row in found if (picture := picture_of(row["picture"], shelf.name))), None
            )
            tiles.append(Tile(shelf, picture, sum(row["products"] for row in found)))
    return tiles
