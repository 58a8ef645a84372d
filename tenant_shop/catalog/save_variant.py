"""Making and changing variants."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.make_variants import MOST_VARIANTS, TooManyVariants, unused_skus
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.skus import check_sku
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.catalog.write import write_columns
from tenant_shop.inventory.adjust import adjust_stock
from tenant_shop.inventory.models import StockMovement

STOCK = "inventory_quantity"


def add_variants(product: Product, variants: Sequence[Mapping[str, Any]], *, actor: str) -> list[ProductVariant]:
    """New variants of a locked product, each of its values by attribute name; without an SKU they get one of the
    product's. `inventory_quantity` comes in by a movement of `actor`.

    Errors: ValidationError by field, with `options_taken` for two of the same options; TooManyVariants.
    """
    if not variants:
        return []
    with shop_transaction():
        others = list(product.variant_rows.all()) if not product._state.adding else []
        if len(others) + len(variants) > MOST_VARIANTS:
            raise TooManyVariants(len(others) + len(variants))
        made, taken = [], [variant.options for variant in others]
        skus = iter(unused_skus(product, [_words(given) for given in variants if not given.get("sku")]))
        for place, given in enumerate(variants):
            variant = ProductVariant(product=product, position=len(others) + place)
            values = {name: value for name, value in given.items() if name != STOCK}
            if not values.get("sku"):
                alone = len(variants) == 1 and not others
                made_up = next(skus)
                values["sku"] = product.sku if alone else made_up
            write_variant(variant, values, taken=taken)
            taken.append(variant.options)
            made.append(variant)
        ProductVariant.objects.bulk_create(made)
        stock = {variant.pk: int(given.get(STOCK) or 0) for variant, given in zip(made, variants, strict=True)}
        adjust_stock(stock, reason=StockMovement.Reason.INITIAL, actor=actor)
    return made


def save_variant(variant: ProductVariant, values: Mapping[str, Any]) -> ProductVariant:
    """Write `values` into a variant of a locked product and save it. Its stock moves by `inventory` verbs alone.

    Errors: ValidationError by field.
    """
    with shop_transaction():
        others = ProductVariant.objects.filter(product=variant.product_id).exclude(pk=variant.pk)
        taken = list(others.values_list("options", flat=True)) if "options" in values else []
        write_variant(variant, values, taken=taken)
        variant.save(update_fields=[*values])
    return variant


def write_variant(variant: ProductVariant, values: Mapping[str, Any], *, taken: Sequence[Mapping[str, str]]) -> None:
    """Set and check the columns; `taken` are the options of its product's other variants."""
    if "options" in values and values["options"] in taken:
        refusal = ValidationError("Another variant of this product has these options.", code="options_taken")
        raise ValidationError({"options": refusal})
    if "sku" in values and values["sku"] != variant.sku:
        try:
            check_sku(values["sku"], product_id=variant.product_id)
        except ValidationError as error:
            raise ValidationError({"sku": error}) from error
    image_id = values.get("image_id")
    if image_id is not None and not ProductImage.objects.filter(pk=image_id, product=variant.product_id).exists():
        refusal = ValidationError("Its product has no such picture.", code="does_not_exist")
        raise ValidationError({"image_id": refusal})
    write_columns(variant, values)


def _words(given: Mapping[str, Any]) -> list[str]:
    return [str(value) for value in (given.get("options") or {}).values()]
