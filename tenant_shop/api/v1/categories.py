"""`/api/v1/categories/`: the shelves of the shop."""

from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Flag, Id, Input, PictureUrl, Slug, Text, Whole
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Values
from tenant_shop.api.v1.saved import Saved, SavedItem, SavedList
from tenant_shop.catalog.delete import delete_shelf
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.save_category import save_category


class CategoryOutput(RowOutput):
    """A category; those without a parent stand at the top."""

    parent_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = Category
        fields = (
            "id",
            "name",
            "slug",
            "description",
            "parent_id",
            "image_url",
            "sort_order",
            "is_active",
            "is_featured",
            "meta_title",
            "meta_description",
            "meta_keywords",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class CategoryInput(Input):
    """`slug` is made of the name unless it is given."""

    name = Text(max_length=255)
    slug = Slug(required=False)
    description = Text(max_length=20_000, required=False, allow_null=True, allow_blank=True)
    parent_id = Id(required=False, allow_null=True)
    image_url = PictureUrl()
    sort_order = Whole(required=False)
    is_active = Flag(required=False)
    is_featured = Flag(required=False)
    meta_title = Text(max_length=255, required=False, allow_null=True, allow_blank=True)
    meta_description = Text(max_length=5_000, required=False, allow_null=True, allow_blank=True)
    meta_keywords = Text(max_length=500, required=False, allow_null=True, allow_blank=True)


class Categories(Saved):
    model, output = Category, CategoryOutput
    scopes = Scopes("products")

    def save(self, row: Category, values: Values) -> Category:
        return save_category(row, values)

    def discard(self, row: Category) -> None:
        delete_shelf(row)


class CategoryList(Categories, SavedList):
    """The shop's categories."""

    input = CategoryInput
    filters = {
        "parent_id": filters.key("parent_id", "Those directly below it."),
        "slug": filters.text("slug", "The one with this address."),
        "is_active": filters.flag("is_active", "On, or off."),
    }


class CategoryItem(Categories, SavedItem):
    """A category. Deleting is refused while it has products; its own categories move to the top then."""

    changes = CategoryInput
