"""Categories, brands, products and variants."""

from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")
    slug = factory.Sequence(lambda n: f"category-{n}")


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Brand {n}")
    slug = factory.Sequence(lambda n: f"brand-{n}")


class ProductFactory(DjangoModelFactory[Product]):
    """A product on sale, with one variant that shares its SKU; `stock` pieces of it came in.

    Not saved when `default_variant` is false: saving its first variant saves it.
    """

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    sku = factory.Sequence(lambda n: f"P-{n}")
    price = Decimal("19.990")
    status = Product.Status.ACTIVE

    @classmethod
    def _create(
        cls, model_class: type[Product], *args: Any, stock: int = 0, default_variant: bool = True, **kwargs: Any
    ) -> Product:
        product = model_class(*args, **kwargs)
        if default_variant:
            VariantFactory(product=product, sku=product.sku, options={}, stock=stock)
            product.refresh_from_db()
        return product


class VariantFactory(DjangoModelFactory[ProductVariant]):
    """A variant; of a product of its own unless `product` is given. Its `stock` came in by a movement."""

    class Meta:
        model = ProductVariant

    product = factory.SubFactory(ProductFactory, default_variant=False)
    sku = factory.Sequence(lambda n: f"V-{n}")
    options = factory.Sequence(lambda n: {"Size": str(n)})

    @classmethod
    def _create(cls, model_class: type[ProductVariant], *args: Any, stock: int = 0, **kwargs: Any) -> ProductVariant:
        with shop_transaction():  # a product alone could not be committed
            if kwargs["product"]._state.adding:
                kwargs["product"].save(force_insert=True)
            variant: ProductVariant = super()._create(model_class, *args, **kwargs)
            if stock:
                StockMovement.objects.create(variant=variant, delta=stock, reason=StockMovement.Reason.INITIAL)
                variant.refresh_from_db(fields=["inventory_quantity"])
        return variant
