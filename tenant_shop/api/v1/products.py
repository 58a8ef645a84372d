"""`/api/v1/products/`: what a shopper looks at, with its variants."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.tenancy.context import current_tenant
from smartseller.api import filters
from smartseller.api.inputs import Choice, Flag, Id, Input, Measure, Slug, Text, Texts, Whole
from smartseller.api.outputs import Expansion, RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.amounts import AmountInput
from tenant_shop.api.v1.brands import BrandOutput
from tenant_shop.api.v1.categories import CategoryOutput
from tenant_shop.api.v1.custom_fields import CustomFieldsInput, CustomFieldsOutput, read_custom_values
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.pictures import ImageOutput
from tenant_shop.api.v1.resource import Creates, Deletes, Edits, Lists, Resource, Shows, Values
from tenant_shop.api.v1.variants import LONGEST_VALUE, OPTION, VALUE, NewVariantInput, VariantOutput, check_options
from tenant_shop.catalog.delete import delete_product
from tenant_shop.catalog.facts import named_values
from tenant_shop.catalog.lock_product import lock_product
from tenant_shop.catalog.make_variants import MOST_VARIANTS
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.save_product import create_product, save_product
from tenant_shop.configuration.custom_fields.models import CustomField

LONGEST_TEXT = 100_000


class SpecificationOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())


class ProductOutput(CustomFieldsOutput, RowOutput):
    """A product. Amounts are in the shop's currency, weights in grams, lengths in centimetres.

    `price` is everybody's; price lists of customer groups are not looked at.
    """

    custom_owner = CustomField.Owner.PRODUCT
    price = Amount()
    compare_at_price = Amount(allow_null=True)
    cost_price = Amount(allow_null=True)
    currency = serializers.SerializerMethodField()
    weight = serializers.DecimalField(max_digits=8, decimal_places=2, read_only=True, allow_null=True)
    length = serializers.DecimalField(max_digits=8, decimal_places=2, read_only=True, allow_null=True)
    width = serializers.DecimalField(max_digits=8, decimal_places=2, read_only=True, allow_null=True)
    height = serializers.DecimalField(max_digits=8, decimal_places=2, read_only=True, allow_null=True)
    tags = serializers.SerializerMethodField()
    specifications = serializers.SerializerMethodField()
    category_id = serializers.UUIDField(read_only=True, allow_null=True)
    brand_id = serializers.UUIDField(read_only=True, allow_null=True)
    options = serializers.SerializerMethodField()
    variants = VariantOutput(source="shown_variants", many=True, read_only=True)
    expansions = {
        "category": Expansion(CategoryOutput, joins=("category",)),
        "brand": Expansion(BrandOutput, joins=("brand",)),
        "images": Expansion(ImageOutput, fetches=("images",), many=True),
    }

    class Meta:
        model = Product
        fields = (
            "id",
            "name",
            "slug",
            "sku",
            "status",
            "visibility",
            "short_description",
            "description",
            "price",
            "compare_at_price",
            "cost_price",
            "currency",
            "tax_class",
            "inventory_quantity",
            "track_inventory",
            "allow_backorder",
            "low_stock_threshold",
            "category_id",
            "brand_id",
            "tags",
            "specifications",
            "weight",
            "length",
            "width",
            "height",
            "customs_code",
            "origin_country",
            "meta_title",
            "meta_description",
            "meta_keywords",
            "options",
            "variants",
            "custom_fields",
            "published_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_currency(self, product: Product) -> str:
        return current_tenant().currency

    def get_tags(self, product: Product) -> list[str]:
        return product.tags or []

    def get_specifications(self, product: Product) -> list[dict[str, str | list[str]]]:
        return [{"name": name, "values": values} for name, values in named_values(product.specifications)]

    def get_options(self, product: Any) -> dict[str, list[str]]:
        """The values of each option, in the order of the variants."""
        found: dict[str, list[str]] = {}
        for variant in product.shown_variants:
            for name, value in variant.options.items():
                values = found.setdefault(name, [])
                if value not in values:
                    values.append(value)
        return found


class SpecificationInput(Input):
    name = Text(max_length=60)
    values = Texts(longest=500, most=50, min_length=1)


class ProductInput(Input):
    """`slug` is made of the name unless it is given. Variants are changed at their own address."""

    name = Text(max_length=255)
    slug = Slug(required=False)
    sku = Text(max_length=100)
    status = Choice(Product.Status.choices, required=False)
    visibility = Choice(Product.Visibility.choices, required=False)
    short_description = Text(max_length=5_000, required=False, allow_null=True, allow_blank=True)
    description = Text(max_length=LONGEST_TEXT, required=False, allow_null=True, allow_blank=True)
    price = AmountInput()
    compare_at_price = AmountInput(required=False, allow_null=True)
    cost_price = AmountInput(required=False, allow_null=True)
    tax_class = Text(max_length=50, required=False)
    track_inventory = Flag(required=False)
    allow_backorder = Flag(required=False)
    low_stock_threshold = Whole(required=False, min_value=0)
    category_id = Id(required=False, allow_null=True)
    brand_id = Id(required=False, allow_null=True)
    tags = Texts(longest=100, most=100, required=False)
    specifications = SpecificationInput(many=True, required=False)
    weight = Measure(required=False, allow_null=True)
    length = Measure(required=False, allow_null=True)
    width = Measure(required=False, allow_null=True)
    height = Measure(required=False, allow_null=True)
    customs_code = serializers.RegexField(r"^(\d{4,12})?$", required=False, allow_blank=True)
    origin_country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)
    meta_title = Text(max_length=255, required=False, allow_null=True, allow_blank=True)
    meta_description = Text(max_length=5_000, required=False, allow_null=True, allow_blank=True)
    meta_keywords = Text(max_length=500, required=False, allow_null=True, allow_blank=True)
    published_at = serializers.DateTimeField(required=False, allow_null=True)
    custom_fields = CustomFieldsInput(required=False)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "array", "items": VALUE, "minItems": 1, "maxItems": MOST_VARIANTS},
        **OPTION,
    }
)
class OptionValues(serializers.DictField):
    """Names of options, each with its values."""

    def __init__(self, **settings: Any) -> None:
        values = Texts(longest=LONGEST_VALUE, most=MOST_VARIANTS, min_length=1)
        super().__init__(child=values, allow_empty=True, **settings)

    def to_internal_value(self, data: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = super().to_internal_value(data)
        check_options(found)
        return {name: list(dict.fromkeys(values)) for name, values in found.items()}


class NewProductInput(ProductInput):
    """A product with its variants: those that are listed, and one for each combination of `options`."""

    variants = NewVariantInput(many=True, required=False, max_length=MOST_VARIANTS)  # type: ignore[call-arg]
    options = OptionValues(required=False)


# As a list: a manager for each of two hundred products, asked twice, is a tenth of their time.
VARIANTS = Prefetch("variant_rows", to_attr="shown_variants")


class ProductRows(Resource):
    """Products with their variants, in two statements."""

    model = Product
    output = ProductOutput
    scopes = Scopes("products")

    def rows(self) -> QuerySet[Product]:
        return Product.objects.prefetch_related(VARIANTS).defer("variants", "features")


def columns(values: Values, metadata: Any, *, is_new: bool) -> Values:
    """What the body says, by the names of columns."""
    found = dict(values)
    if "specifications" in found:
        found["specifications"] = [
            {"name": each["name"], "value": each["values"][0] if len(each["values"]) == 1 else each["values"]}
            for each in found["specifications"]
        ]
    custom: Mapping[str, Any] = found.pop("custom_fields", {})
    if custom or is_new:
        found["metadata"] = read_custom_values(CustomField.Owner.PRODUCT, custom, metadata=metadata, is_new=is_new)
    return found


class ProductList(ProductRows, Lists, Creates):
    """The shop's products with their variants."""

    input = NewProductInput
    filters = {
        "status": filters.choice("status", Product.Status.choices, "Those of this status."),
        "visibility": filters.choice("visibility", Product.Visibility.choices, "Those seen so."),
        "sku": filters.text("sku", "The one with this SKU of its own."),
        "slug": filters.text("slug", "The one with this address."),
        "category_id": filters.key("category_id", "Those that stand directly in this category."),
        "brand_id": filters.key("brand_id", "Those of this brand."),
        "tag": filters.among("tags__contains", "Those with this tag."),
        "created_from": filters.moment("created_at__gte", "Made then or later."),
        "created_until": filters.moment("created_at__lte", "Made then or before."),
    }

    def create(self, values: Values, **keys: Any) -> Product:
        variants, options = values.pop("variants", ()), values.pop("options", None)
        given = columns(values, {}, is_new=True)
        return create_product(given, variants=variants, options=options, actor=self.actor)


class ProductItem(ProductRows, Shows, Edits, Deletes):
    """A product. Deleting is refused once it was sold: archive it instead."""

    changes = ProductInput

    def lock(self, row: Product) -> None:
        lock_product(row.pk)

    def change(self, row: Product, values: Values) -> None:
        save_product(row, columns(values, row.metadata, is_new=False))

    def remove(self, row: Product) -> None:
        delete_product(row)
