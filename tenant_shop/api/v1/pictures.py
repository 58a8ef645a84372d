"""`/api/v1/products/<id>/images/`: what products look like."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from smartseller.api.inputs import LARGEST_WHOLE, Flag, Input, Text, Whole
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Deletes, Edits, Lists, Resource, Shows, Values
from tenant_shop.api.v1.uploads import TrueOrFalse, Uploads
from tenant_shop.catalog.lock_product import lock_product
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.pictures.of_product import add_address, add_file, change_picture, remove_picture
from tenant_shop.catalog.pictures.read import MEGABYTE, read_picture


class ImageOutput(RowOutput):
    """A picture of a product. The primary one stands for it, then the lowest `sort_order`.

    `state`: it is `stored`; it is `waiting` to be fetched from `url`; that `failed`, and `problem` says why; or it
    stays `elsewhere`. What is not stored is shown from its address.
    """

    product_id = serializers.UUIDField(read_only=True)
    url = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    problem = serializers.CharField(source="rendition_problem", read_only=True, allow_null=True)

    class Meta:
        model = ProductImage
        fields = (
            "id",
            "product_id",
            "url",
            "alt_text",
            "sort_order",
            "is_primary",
            "state",
            "problem",
            "mime_type",
            "size_bytes",
            "width",
            "height",
            "created_at",
        )
        read_only_fields = fields

    def get_url(self, image: ProductImage) -> str:
        return shop_url(current_tenant().slug, image.url) if image.url.startswith("/") else image.url

    def get_state(self, image: ProductImage) -> str:
        if image.filename:
            return "stored"
        if image.renditions_due_at:
            return "waiting"
        return "failed" if image.rendition_problem else "elsewhere"


class ImageInput(Input):
    """Where a worker fetches the picture: a public address that begins with https. Redirects are not followed."""

    url = Text(max_length=500)
    alt_text = Text(max_length=255, required=False, allow_blank=True)
    sort_order = Whole(required=False)
    is_primary = Flag(required=False)


class ImageForm(Input):
    """JPEG, PNG, WebP, AVIF or GIF. It is encoded anew: what else is in the file is left behind."""

    file = serializers.FileField(allow_empty_file=True)
    alt_text = serializers.CharField(max_length=255, required=False, allow_blank=True)
    sort_order = serializers.IntegerField(required=False, min_value=-LARGEST_WHOLE, max_value=LARGEST_WHOLE)
    is_primary = TrueOrFalse(required=False)


class ImageChanges(Input):
    """How it is shown. Another picture is another image."""

    alt_text = Text(max_length=255, required=False, allow_null=True, allow_blank=True)
    sort_order = Whole(required=False)
    is_primary = Flag(required=False)


class ImageRows(Resource):
    """Pictures of one product."""

    model = ProductImage
    output = ImageOutput
    scopes = Scopes("products")

    def chosen(self, **keys: Any) -> Values:
        return {"product": keys["key"], "pk": keys["image"]}

    def lock(self, row: ProductImage) -> None:
        lock_product(row.product_id)


class ImageList(ImageRows, Lists, Uploads):
    """The pictures of one product, at most 250. A new one stands behind the others unless it is told where."""

    input, form = ImageInput, ImageForm
    stamp = "created_at"
    examples = {"POST": {"url": "https://www.example.com/hammer.jpg", "alt_text": "A hammer"}}

    def most_bytes(self) -> int:
        return int(settings.PICTURE_MAX_MEGABYTES) * MEGABYTE

    def listed(self, **keys: Any) -> QuerySet[ProductImage]:
        if not Product.objects.filter(pk=keys["key"]).exists():
            raise Http404
        return self.rows().filter(product=keys["key"])

    def create(self, values: Values, **keys: Any) -> ProductImage:
        product = lock_product(keys["key"])
        if "file" in values:
            return add_file(product, read_picture(values.pop("file")), values)
        return add_address(product, values.pop("url"), values)


class ImageItem(ImageRows, Shows, Edits, Deletes):
    """A picture of a product. Its file goes with it."""

    changes = ImageChanges

    def change(self, row: ProductImage, values: Values) -> None:
        change_picture(row, values)

    def remove(self, row: ProductImage) -> None:
        remove_picture(row)
