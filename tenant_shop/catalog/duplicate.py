"""A product made after another."""

from uuid import UUID

from django.forms.models import model_to_dict
from django.utils.text import slugify

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.make_variants import LONGEST_SKU
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.room import check_product_room
from tenant_shop.catalog.variants import ProductVariant

LONGEST_NAME = 255
OWN = ("id", "product", "created_at")


def duplicate_product(product_id: UUID) -> Product:
    """A draft with all that the product says, its variants and pictures; without stock, history and schedule.

    Its slug and SKUs are the product's with `copy` behind them, numbered where they are taken. The pictures are the
    same files: each is kept as long as one of the two shows it.
    Errors: Product.DoesNotExist, PlanLimitReached; nothing is made then.
    """
    with shop_transaction():
        check_product_room()
        source = Product.objects.defer("variants").get(pk=product_id)
        word = _unused_word(source)
        copy = Product(
            **{
                field.attname: getattr(source, field.attname)
                for field in Product._meta.concrete_fields
                if field.editable and field.attname not in ("id", "published_at")
            }
        )
        copy.name = f"{source.name[: LONGEST_NAME - 7]} (copy)"
        copy.slug, copy.sku = _slug(source, word), _sku(source.sku, word)
        copy.status = Product.Status.DRAFT
        copy.save(force_insert=True)
        pictures = _copy_pictures(source, copy)
        variants = []
        for variant in source.variant_rows.all():
            fields = {name: getattr(variant, name) for name in model_to_dict(variant) if name not in (*OWN, "image")}
            image = pictures.get(variant.image_id) if variant.image_id else None
            variants.append(
                ProductVariant(**{**fields, "sku": _sku(variant.sku, word), "product": copy, "image_id": image})
            )
        ProductVariant.objects.bulk_create(variants)
    return copy


def _copy_pictures(source: Product, copy: Product) -> dict[UUID, UUID]:
    """Rows that name the same files; the new key by the old one."""
    pairs = []
    for image in source.images.all():
        fields = {
            field.attname: getattr(image, field.attname)
            for field in ProductImage._meta.concrete_fields
            if field.attname not in ("id", "product_id", "created_at")
        }
        pairs.append((image.pk, ProductImage(product=copy, **fields)))
    ProductImage.objects.bulk_create([image for _, image in pairs])
    return {old: image.pk for old, image in pairs}


def _unused_word(source: Product) -> str:
    """`copy`, or `copy-2` and so on: the first with which slug and SKUs are nobody's."""
    skus = [source.sku, *source.variant_rows.values_list("sku", flat=True)]
    number = 1
    while True:
        word = "copy" if number == 1 else f"copy-{number}"
        wanted = [_sku(sku, word) for sku in skus]
        if not (
            Product.objects.filter(slug=_slug(source, word)).exists()
            or Product.objects.filter(sku__in=wanted).exists()
            or ProductVariant.objects.filter(sku__in=wanted).exists()
        ):
            return word
        number += 1


def _slug(source: Product, word: str) -> str:
    return f"{source.slug[:230]}-{slugify(word)}"


def _sku(sku: str, word: str) -> str:
    ending = f"-{word.upper()}"
    return f"{sku[: LONGEST_SKU - len(ending)]}{ending}"
