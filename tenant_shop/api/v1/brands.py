"""`/api/v1/brands/`: who makes the products."""

from smartseller.api import filters
from smartseller.api.inputs import Flag, Input, PictureUrl, Slug, Text
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Values
from tenant_shop.api.v1.saved import Saved, SavedItem, SavedList
from tenant_shop.catalog.delete import delete_shelf
from tenant_shop.catalog.models import Brand
from tenant_shop.catalog.save_brand import save_brand


class BrandOutput(RowOutput):
    """A brand."""

    class Meta:
        model = Brand
        fields = (
            "id",
            "name",
            "slug",
            "description",
            "logo_url",
            "website_url",
            "is_active",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class BrandInput(Input):
    """`slug` is made of the name unless it is given."""

    name = Text(max_length=255)
    slug = Slug(required=False)
    description = Text(max_length=20_000, required=False, allow_null=True, allow_blank=True)
    logo_url = PictureUrl()
    website_url = Text(max_length=500, required=False, allow_null=True, allow_blank=True)
    is_active = Flag(required=False)


class Brands(Saved):
    model, output = Brand, BrandOutput
    scopes = Scopes("products")

    def save(self, row: Brand, values: Values) -> Brand:
        return save_brand(row, values)

    def discard(self, row: Brand) -> None:
        delete_shelf(row)


class BrandList(Brands, SavedList):
    """The shop's brands."""

    input = BrandInput
    filters = {
        "slug": filters.text("slug", "The one with this address."),
        "is_active": filters.flag("is_active", "On, or off."),
    }


class BrandItem(Brands, SavedItem):
    """A brand. Deleting is refused while it has products."""

    changes = BrandInput
