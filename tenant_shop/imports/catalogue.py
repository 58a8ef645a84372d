"""What the shop has already of the things that a batch of drafts names, read in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from platform_core.plans.limits import Limited, PlanLimitReached, PlanTerms
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.room import count_before_adding
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.drafts import ProductDraft
from tenant_shop.imports.identifiers import sku_of, slug_of


@dataclass
class Catalogue:
    """The shop's side of a batch. `brand` and `category` remember what they had to make, for the batch to insert.

    `skus` are those that the drafts name; `skus_before` those that each of their products has now.
    """

    products: dict[str, Product]
    variants: dict[UUID, list[ProductVariant]]
    images: dict[UUID, list[ProductImage]]
    sku_owners: dict[str, UUID]
    brands: dict[str, Brand]
    categories: dict[str, Category]
    limits: PlanTerms
    products_in_shop: int
    skus: set[str]
    skus_before: dict[UUID, set[str]]
    new_brands: list[Brand] = field(default_factory=list)
    new_categories: list[Category] = field(default_factory=list)

    def brand(self, name: str) -> Brand | None:
        """The brand called `name`, or whose slug is the same; made when there is none. None for an empty name."""
        if not name:
            return None
        brand = self.brands.get(name) or self.brands.get(slug_of(name))
        if brand is None:
            brand = Brand(name=name, slug=slug_of(name))
            self.brands[brand.slug] = brand
            self.new_brands.append(brand)
        return brand

    def category(self, name: str) -> Category | None:
        """The category with the slug of `name`, made when there is none. None for an empty name."""
        if not name:
            return None
        category = self.categories.get(slug_of(name))
        if category is None:
            category = Category(name=name, slug=slug_of(name))
            self.categories[category.slug] = category
            self.new_categories.append(category)
        return category

    def admit_product(self) -> None:
        """Count one more product. Errors: PlanLimitReached when the merchant's plan includes no more."""
        limit = self.limits.of(Limited.PRODUCTS)
        if limit is not None and self.products_in_shop >= limit:
            raise PlanLimitReached(self.limits.plan, Limited.PRODUCTS, limit)
        self.products_in_shop += 1

    def dismiss_product(self) -> None:
        """Take back `admit_product`: the product is not made after all."""
        self.products_in_shop -= 1


def read_catalogue(drafts: Sequence[ProductDraft], limits: PlanTerms) -> Catalogue:
    """What the active shop has of `drafts`: seven statements, and two more when the plan limits products."""
    products = {product.slug: product for product in Product.objects.filter(slug__in=[draft.slug for draft in drafts])}
    ids = [product.pk for product in products.values()]
    variants: dict[UUID, list[ProductVariant]] = defaultdict(list)
    for variant in ProductVariant.objects.filter(product_id__in=ids):
        variants[variant.product_id].append(variant)
    images: dict[UUID, list[ProductImage]] = defaultdict(list)
    for image in ProductImage.objects.filter(product_id__in=ids):
        images[image.product_id].append(image)
    brand_names = {draft.brand for draft in drafts if draft.brand}
    brands: dict[str, Brand] = {}
    for brand in Brand.objects.filter(Q(name__in=brand_names) | Q(slug__in=[slug_of(name) for name in brand_names])):
        brands[brand.slug] = brands[brand.name] = brand
    category_slugs = {slug_of(draft.category) for draft in drafts if draft.category}
    skus = skus_of(drafts)
    return Catalogue(
        products=products,
        variants=variants,
        images=images,
        sku_owners={
            **dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk")),
            **dict(ProductVariant.objects.filter(sku__in=skus).values_list("sku", "product_id")),
        },
        brands=brands,
        categories={category.slug: category for category in Category.objects.filter(slug__in=category_slugs)},
        limits=limits,
        products_in_shop=0 if limits.of(Limited.PRODUCTS) is None else count_before_adding(),
        skus=skus,
        skus_before={
            product.pk: {product.sku, *(variant.sku for variant in variants[product.pk])}
            for product in products.values()
        },
    )


def skus_of(drafts: Iterable[ProductDraft]) -> set[str]:
    """The SKUs that the rows of `drafts` name or, without a name, will have."""
    return {
        row.variant.sku or sku_of(draft.slug, row.variant.option_values)
        for draft in drafts
        for row in draft.rows
        if row.variant is not None and row.fault is None
    }
