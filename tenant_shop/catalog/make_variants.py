"""The variants that a product's options make: one for each combination."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product as combinations

from smartseller.errors import RuleViolation
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant

MOST_VARIANTS = 250
LONGEST_SKU = 100


class TooManyVariants(RuleViolation):
    """The options make more variants than a product may have; none was made."""

    code = "too_many_variants"

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        super().__init__(f"These options make {wanted} variants; a product has at most {MOST_VARIANTS}.")


def make_variants(product: Product, options: Mapping[str, Sequence[str]]) -> list[ProductVariant]:
    """Give the product a variant for each combination of the values; those that were missing are made and returned.

    Variants that have not yet an option that is named here get its first value, so that the only variant of a product
    without options becomes the first of many and keeps its SKU, stock and history. Values that variants have besides
    those named here stay. Runs in the caller's transaction.
    Errors: TooManyVariants.
    """
    variants = list(product.variant_rows.all())
    first = {name: values[0] for name, values in options.items()}
    wanted = [dict(zip(options, values, strict=True)) for values in combinations(*options.values())]
    completed = [{**first, **variant.options} for variant in variants]
    known = {_key(chosen) for chosen in completed}
    # An option that only the variants have: each of its values is combined with the new ones.
    others: dict[str, list[str]] = {}
    for variant in variants:
        for name, value in variant.options.items():
            if name not in options and value not in others.setdefault(name, []):
                others[name].append(value)
    if others:
        besides = [dict(zip(others, values, strict=True)) for values in combinations(*others.values())]
        wanted = [{**beside, **chosen} for beside in besides for chosen in wanted]
    missing = [chosen for chosen in wanted if _key(chosen) not in known]
    if len(variants) + len(missing) > MOST_VARIANTS:
        raise TooManyVariants(len(variants) + len(missing))
    used = {_key(variant.options) for variant in variants}
    for variant, chosen in zip(variants, completed, strict=True):
        if _key(chosen) not in used:  # another variant is that already: this one stays what it is
            used.add(_key(chosen))
            variant.options = chosen
            variant.save(update_fields=["options"])
    position = max((variant.position for variant in variants), default=-1) + 1
    skus = unused_skus(product, [[*chosen.values()] for chosen in missing])
    made = [
        ProductVariant(product=product, sku=sku, options=chosen, position=position + place)
        for place, (sku, chosen) in enumerate(zip(skus, missing, strict=True))
    ]
    ProductVariant.objects.bulk_create(made)
    return made


def unused_skus(product: Product, endings: Sequence[Iterable[str]]) -> list[str]:
    """An SKU for each ending: that of the product with the words behind it, numbered if taken. Two SELECTs."""
    stems = [_stem(product.sku, words) for words in endings]
    prefix = product.sku[: LONGEST_SKU - 30]
    taken = {
        *Product.objects.filter(sku__startswith=prefix).values_list("sku", flat=True),
        *ProductVariant.objects.filter(sku__startswith=prefix).values_list("sku", flat=True),
    }
    found: list[str] = []
    for stem in stems:
        sku, number = stem, 2
        while sku in taken:
            sku, number = f"{stem}-{number}", number + 1
        taken.add(sku)
        found.append(sku)
    return found


def _stem(sku: str, words: Iterable[str]) -> str:
    ending = "-".join(part for word in words if (part := re.sub(r"\W+", "-", word).strip("-").upper()))
    return f"{sku[: LONGEST_SKU - 30]}-{ending[:24]}".rstrip("-")


def _key(options: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(options.items())
