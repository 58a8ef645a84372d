"""An SKU belongs to one product only, whether it stands on the product or on a variant of it."""

from uuid import UUID

from django.core.exceptions import ValidationError

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant


def check_sku(sku: str, *, product_id: UUID) -> None:
    """Two statements. Errors: ValidationError `sku_taken` when another product than this one has it.

    Between the question and the answer's use somebody else may take it: the database has the last word.
    """
    if (
        Product.objects.filter(sku=sku).exclude(pk=product_id).exists()
        or ProductVariant.objects.filter(sku=sku).exclude(product=product_id).exists()
    ):
        raise ValidationError(f"Another product has the SKU {sku}.", code="sku_taken")
