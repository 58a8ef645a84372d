"""Making and changing a product."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.make_variants import make_variants
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.publish import note_publication
from tenant_shop.catalog.room import check_product_room
from tenant_shop.catalog.save_variant import add_variants
from tenant_shop.catalog.skus import check_sku
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.catalog.write import found, unused_slug, write_columns
from tenant_shop.taxes.models import known_classes


def create_product(
    values: Mapping[str, Any],
    *,
    variants: Sequence[Mapping[str, Any]] = (),
    options: Mapping[str, Sequence[str]] | None = None,
    actor: str,
) -> Product:
    """A new product of `values`, by attribute name, with its variants (`save_variant.add_variants`).

    `options` makes a variant for each combination of its values that is not among `variants`. A product of neither has
    one variant, under its own SKU. Without a slug it gets its name's. `actor` is whose stock movements they are.
    Errors: ValidationError by field; PlanLimitReached; TooManyVariants. Nothing is made then.
    """
    with shop_transaction():
        product = Product()
        given = dict(values)
        if not given.get("slug"):
            given["slug"] = unused_slug(Product, str(given.get("name", "")))
        save_product(product, given)
        add_variants(product, variants, actor=actor)
        if not variants:
            ProductVariant.objects.create(product=product, sku=product.sku)
        if options:
            make_variants(product, options)
    return product


def save_product(product: Product, values: Mapping[str, Any]) -> Product:
    """Write `values` into a new or a locked product and save it; on its first day on show it is dated.

    Errors: ValidationError by field: `sku_taken`, `unknown_class` of `tax_class`, `future` of `published_at`,
        `does_not_exist` of `category_id` and `brand_id`; PlanLimitReached for one that is new or leaves the archive.
    """
    with shop_transaction():
        was = None if product._state.adding else product.status
        _check(product, values)
        write_columns(product, values)
        is_counted = product.status != Product.Status.ARCHIVED
        if is_counted and was in (None, Product.Status.ARCHIVED):
            check_product_room()
        if product.status != was:
            note_publication(product, at=timezone.now())
        product.save()
    return product


def _check(product: Product, values: Mapping[str, Any]) -> None:
    if "sku" in values and values["sku"] != product.sku:
        try:
            check_sku(values["sku"], product_id=product.pk)
        except ValidationError as error:
            raise ValidationError({"sku": error}) from error
    found(Category, values.get("category_id"), field="category_id")
    found(Brand, values.get("brand_id"), field="brand_id")
    if "tax_class" in values and values["tax_class"] not in dict(known_classes(chosen=product.tax_class)):
        refusal = ValidationError("There is no such tax class.", code="unknown_class")
        raise ValidationError({"tax_class": refusal})
    moment = values.get("published_at")
    if moment is not None and moment > timezone.now():
        raise ValidationError({"published_at": ValidationError("This is still to come.", code="future")})
