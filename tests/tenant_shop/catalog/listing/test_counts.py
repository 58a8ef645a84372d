"""Facet counts are what counting by hand gives, for any catalogue and any filters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from smartseller.ids import uuid7
from tenant_shop.catalog.browse import product_list
from tenant_shop.catalog.listing.conditions import entry
from tenant_shop.catalog.listing.counts import Counts
from tenant_shop.catalog.listing.filters import Filters
from tenant_shop.models import Brand, Category, Customer, Product, ProductReview, ProductVariant, StockMovement
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory

SIZES, COLOURS, MATERIALS, TAGS = ("S", "M", "L"), ("Red", "Blue"), ("linen", "wool"), ("warm", "light")


@dataclass(frozen=True)
class Variant:
    options: tuple[tuple[str, str], ...]
    stock: int
    is_active: bool
    price: int | None


@dataclass(frozen=True)
class Goods:
    """A product as a merchant writes it down."""

    category: int | None
    brand: int | None
    price: int
    before: int | None
    status: str
    visibility: str
    backorder: bool
    tags: tuple[str, ...]
    materials: tuple[str, ...]
    days_old: int | None
    ratings: tuple[int, ...]
    variants: tuple[Variant, ...]

    @property
    def on_sale(self) -> list[Variant]:
        return [variant for variant in self.variants if variant.is_active]

    @property
    def buyable(self) -> list[Variant]:
        return [variant for variant in self.on_sale if self.visibility == "visible" and variant.stock > 0]

    def price_of(self, variant: Variant) -> int:
        return self.price if variant.price is None else variant.price

    @property
    def cheapest(self) -> int:
        return min(map(self.price_of, self.on_sale), default=self.price)

    @property
    def dearest(self) -> int:
        return max(map(self.price_of, self.on_sale), default=self.price)

    @property
    def is_reduced(self) -> bool:
        return bool(self.on_sale) and self.before is not None and self.before > self.cheapest

    @property
    def is_listed(self) -> bool:
        return self.status == "active" and self.visibility != "hidden"

    @property
    def rating(self) -> Decimal | None:
        return Decimal(sum(self.ratings)) / len(self.ratings) if self.ratings else None


options = st.tuples(
    st.tuples(st.just("Colour"), st.sampled_from(COLOURS)), st.tuples(st.just("Size"), st.sampled_from(SIZES))
)
variants = st.builds(
    Variant,
    options=options,
    stock=st.sampled_from([0, 0, 1, 5]),
    is_active=st.sampled_from([True, True, True, False]),
    price=st.none() | st.sampled_from([5, 25]),
)
goods = st.builds(
    Goods,
    category=st.none() | st.integers(0, 2),
    brand=st.none() | st.integers(0, 1),
    price=st.sampled_from([10, 20, 30]),
    before=st.none() | st.just(28),
    status=st.sampled_from(["active", "active", "active", "draft"]),
    visibility=st.sampled_from(["visible", "visible", "visible", "hidden", "catalog_only"]),
    backorder=st.sampled_from([False, False, True]),
    tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
    materials=st.lists(st.sampled_from(MATERIALS), unique=True).map(tuple),
    days_old=st.none() | st.sampled_from([1, 60, -2]),
    ratings=st.lists(st.integers(1, 5), max_size=2).map(tuple),
    variants=st.lists(variants, min_size=1, max_size=4, unique_by=lambda variant: variant.options).map(tuple),
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(values), unique=True, min_size=1).map(
        lambda found: tuple(sorted(found))
    )


def named(**facets: tuple[str, ...]) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    chosen = st.fixed_dictionaries({name: some(values) for name, values in facets.items()})
    return chosen.map(lambda found: {name: values for name, values in found.items() if values})


filters = st.builds(
    Filters,
    brands=some(("brand-a", "brand-b", "nobody")),
    tags=some(TAGS),
    specifications=named(Material=MATERIALS),
    options=named(Colour=COLOURS, Size=SIZES),
    price_from=st.none() | st.sampled_from([Decimal(6), Decimal("20")]),
    price_to=st.none() | st.just(Decimal(25)),
    rating=st.none() | st.sampled_from([3, 4]),
    available=st.booleans(),
    sale=st.booleans(),
    new=st.sampled_from([False, False, True]),
)
categories = st.sampled_from([(), (), ("kitchen",), ("mugs", "garden"), ("nowhere",)])


@pytest.fixture
def shelves_and_brands(shop: TenantInfo) -> tuple[list[Category], list[Brand], list[Customer]]:
    kitchen = CategoryFactory(slug="kitchen")
    below = [CategoryFactory(slug="mugs", parent=kitchen), CategoryFactory(slug="garden")]
    # One for each of a product's ratings, and one whose review waits.
    customers = [CustomerFactory() for _ in range(3)]
    return [kitchen, *below], [BrandFactory(slug="brand-a"), BrandFactory(slug="brand-b")], customers


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    catalogue=st.lists(goods, min_size=1, max_size=8),
    asked=st.lists(st.tuples(filters, categories), min_size=1, max_size=6),
)
def test_counts_are_those_of_a_recount(
    shelves_and_brands: Any, catalogue: list[Goods], asked: list[tuple[Filters, tuple[str, ...]]]
) -> None:
    shelves, brands, customers = shelves_and_brands
    Product.objects.all()._raw_delete(Product.objects.db)
    write(catalogue, shelves, brands, customers)
    for chosen, slugs in asked:
        found = product_list(filters=chosen, category_slugs=slugs)
        ids = {shelf.slug: shelf.pk for shelf in shelves}
        within = {"kitchen": {ids["kitchen"], ids["mugs"]}, "nowhere": set()}
        branches = set().union(*(within.get(slug, {ids.get(slug)}) for slug in slugs)) if slugs else None
        recounted = Recount(catalogue, chosen, branches, shelves, brands).counts()

        assert {**found.counts.entries} == recounted.entries
        assert (found.counts.total, found.counts.flags, found.counts.stars) == (
            recounted.total,
            recounted.flags,
            recounted.stars,
        )
        assert (found.counts.price_low, found.counts.price_high) == (recounted.price_low, recounted.price_high)
        assert len(found.page) == recounted.total


def test_size_and_price_meet_in_one_variant(shop: TenantInfo) -> None:
    towel = ProductFactory(price=Decimal(201), default_variant=False)
    VariantFactory(product=towel, options={"Size": "S"}, price=Decimal(99), stock=1)
    VariantFactory(product=towel, options={"Size": "L"}, stock=1)
    VariantFactory(product=towel, options={"Size": "M"}, price=Decimal(120), stock=0)

    def total(low: int, high: int, *sizes: str) -> int:
        options = {"Size": sizes} if sizes else {}
        return product_list(
            filters=Filters(options=options, price_from=Decimal(low), price_to=Decimal(high))
        ).counts.total

    assert (total(0, 140, "L"), total(0, 140, "S"), total(200, 210, "L"), total(0, 140, "L", "S")) == (0, 1, 1, 1)
    assert (total(0, 140), total(200, 300), total(100, 150)) == (1, 1, 0)
    counts = product_list(filters=Filters(price_to=Decimal(140))).counts
    assert (counts.entries, counts.price_low, counts.price_high) == ({entry("o", "Size", "S"): 1}, 99, 201)


def test_what_cannot_be_bought_is_found_by_the_prices_it_shows(shop: TenantInfo) -> None:
    vase = ProductFactory(price=Decimal(50), default_variant=False, visibility="catalog_only")
    VariantFactory(product=vase, options={"Size": "S"}, price=Decimal(20))
    VariantFactory(product=vase, options={"Size": "L"})
    totals = [
        product_list(filters=Filters(price_from=Decimal(low), price_to=Decimal(high))).counts.total
        for low, high in ((0, 19), (0, 20), (30, 40), (50, 60), (51, 60))
    ]
    assert totals == [0, 1, 1, 1, 0]


def write(catalogue: list[Goods], shelves: list[Category], brands: list[Brand], customers: list[Customer]) -> None:
    products, rows, movements, reviews = [], [], [], []
    for number, one in enumerate(catalogue):
        product = Product(
            name=f"Thing {number}",
            slug=f"thing-{number}",
            sku=f"T-{number}",
            price=one.price,
            compare_at_price=one.before,
            status=one.status,
            visibility=one.visibility,
            allow_backorder=one.backorder,
            category=None if one.category is None else shelves[one.category],
            brand=None if one.brand is None else brands[one.brand],
            tags=list(one.tags),
            specifications={"Material": list(one.materials)} if one.materials else {},
            published_at=None if one.days_old is None else timezone.now() - timedelta(days=one.days_old),
        )
        products.append(product)
        for place, variant in enumerate(one.variants):
            row = ProductVariant(
                id=uuid7(),
                product=product,
                sku=f"T-{number}-{place}",
                options=dict(variant.options),
                price=variant.price,
                is_active=variant.is_active,
                position=place,
            )
            rows.append(row)
            if variant.stock:
                movements.append(StockMovement(variant=row, delta=variant.stock, reason="initial"))
        reviews += [
            ProductReview(product=product, customer=customer, rating=rating, status="approved")
            for customer, rating in zip(customers, one.ratings, strict=False)
        ]
        reviews.append(ProductReview(product=product, customer=customers[-1], rating=1, status="pending"))
    with shop_transaction():
        Product.objects.bulk_create(products)
        ProductVariant.objects.bulk_create(rows)
        StockMovement.objects.bulk_create(movements)
        ProductReview.objects.bulk_create(reviews)


@dataclass(frozen=True)
class Recount:
    """Counting as one would with paper and pencil."""

    catalogue: list[Goods]
    chosen: Filters
    branches: set[UUID] | None
    shelves: list[Category]
    brands: list[Brand]

    def counts(self) -> Counts:
        amounts = self.left("price")
        return Counts(
            total=len(self.left()),
            price_low=min((Decimal(one.cheapest) for one in amounts), default=None),
            price_high=max((Decimal(one.dearest) for one in amounts), default=None),
            flags={
                "available": sum(bool(one.buyable) for one in self.left("available")),
                "sale": sum(one.is_reduced for one in self.left("sale")),
                "new": sum(one.days_old == 1 for one in self.left("new")),
            },
            stars={
                stars: sum(one.rating is not None and one.rating >= stars for one in self.left("rating"))
                for stars in (1, 2, 3, 4)
            },
            entries=self.entries(),
        )

    def entries(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, shelf in enumerate(self.shelves):
            self._count(found, entry("c", str(shelf.pk)), "category", lambda one, n=number: one.category == n)
        for number, brand in enumerate(self.brands):
            self._count(found, entry("b", str(brand.pk)), "brand", lambda one, n=number: one.brand == n)
        for tag in TAGS:
            self._count(found, entry("t", tag), "tag", lambda one, tag=tag: tag in one.tags)
        for material in MATERIALS:
            has = self._has_material(material)
            self._count(found, entry("s", "Material", material), "Material", has)
        for name, values in (("Colour", COLOURS), ("Size", SIZES)):
            for value in values:
                wanted = replace(self.chosen, options={**self.chosen.options, name: (value,)})
                among = replace(self, chosen=wanted).left()
                if among:
                    found[entry("o", name, value)] = len(among)
        return found

    @staticmethod
    def _has_material(material: str) -> Callable[[Goods], bool]:
        return lambda one: material in one.materials

    def _count(self, found: dict[str, int], word: str, facet: str, has: Callable[[Goods], bool]) -> None:
        if number := sum(has(one) for one in self.left(facet)):
            found[word] = number

    def left(self, but: str = "") -> list[Goods]:
        """The products that pass every filter, the one of the facet `but` left out."""
        return [
            one for one in self.catalogue if one.is_listed and all(ok or facet == but for facet, ok in self._tests(one))
        ]

    def _tests(self, one: Goods) -> Iterator[tuple[str, bool]]:
        chosen = self.chosen
        category = None if one.category is None else self.shelves[one.category].pk
        brand = None if one.brand is None else self.brands[one.brand].slug
        yield "category", self.branches is None or category in self.branches
        yield "brand", not chosen.brands or brand in chosen.brands
        yield "tag", not chosen.tags or bool({*chosen.tags} & {*one.tags})
        material = chosen.specifications.get("Material", ())
        yield "Material", not material or bool({*material} & {*one.materials})
        yield "price", self._has_price(one)
        yield "rating", chosen.rating is None or (one.rating is not None and one.rating >= chosen.rating)
        yield "available", not chosen.available or bool(one.buyable)
        yield "sale", not chosen.sale or one.is_reduced
        yield "new", not chosen.new or one.days_old == 1
        yield "options", not chosen.options or any(map(self._has_options, one.buyable))

    def _has_options(self, variant: Variant) -> bool:
        return all(dict(variant.options)[name] in values for name, values in self.chosen.options.items())

    def _has_price(self, one: Goods) -> bool:
        """What a shopper could put into the cart at that price; else what the product says that it costs."""
        low, high = self.chosen.price_from or 0, self.chosen.price_to or 1_000_000
        if (low, high) == (0, 1_000_000):
            return True
        if one.buyable or self.chosen.options:
            prices = [one.price_of(variant) for variant in one.buyable if self._has_options(variant)]
            return any(low <= price <= high for price in prices)
        return one.cheapest <= high and one.dearest >= low
