"""Keeping a product as it is while something of it is changed."""

from uuid import UUID

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant


def lock_product(product_id: UUID) -> Product:
    """The product, locked until the caller's transaction ends. Its variants are locked first, in key order, as
    everything does that moves stock. Three statements. Errors: Product.DoesNotExist.
    """
    list(ProductVariant.objects.filter(product=product_id).order_by("pk").select_for_update(no_key=True).values("pk"))
    list(Product.objects.filter(pk=product_id).select_for_update(no_key=True).values("pk"))
    return Product.objects.defer("variants").get(pk=product_id)
