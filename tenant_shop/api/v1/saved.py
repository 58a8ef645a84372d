"""Rows that one verb of their room makes and changes, and another deletes.

class Brands(Saved):
    model, output = Brand, BrandOutput
    scopes = Scopes("products")

    def save(self, row: Brand, values: Values) -> Brand:
        return save_brand(row, values)

    def discard(self, row: Brand) -> None:
        delete_shelf(row)

class BrandList(Brands, SavedList): ...
class BrandItem(Brands, SavedItem): ...
"""

from typing import Any

from tenant_shop.api.v1.resource import Creates, Deletes, Edits, Lists, Resource, Shows, Values


class Saved(Resource):
    """What the list and the row alone have in common."""

    def save(self, row: Any, values: Values) -> Any:
        """Write the values into a new or a locked row, by a room's verb, and save it."""
        raise NotImplementedError

    def discard(self, row: Any) -> None:
        """Delete a locked row, by a room's verb."""
        raise NotImplementedError


class SavedList(Saved, Lists, Creates):
    """`GET` and `POST`."""

    def create(self, values: Values, **keys: Any) -> Any:
        return self.save(self.model(), values)


class SavedItem(Saved, Shows, Edits, Deletes):
    """`GET`, `PATCH` and `DELETE`."""

    def change(self, row: Any, values: Values) -> None:
        self.save(row, values)

    def remove(self, row: Any) -> None:
        self.discard(row)
