"""What runs low: the one definition that the home, the list of products and the reorder report share.

A variant is what runs out, not a product: forty blue ones help nobody who wants the red one.
"""

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant

# Of what can be ordered and is counted; of nothing else it matters how much is there.
STOCKED = Q(is_active=True, product__status=Product.Status.ACTIVE, product__track_inventory=True)
SOLD_OUT = STOCKED & Q(inventory_quantity__lte=0)
RUNS_LOW = SOLD_OUT | STOCKED & Q(inventory_quantity__lte=F("product__low_stock_threshold"))
# The same of a product is its column `runs_low` (migration 0060), so that the few are found without reading the rest.
# The same in SQL, of `variant` and its `product`; a test compares.
STOCKED_SQL = "variant.is_active AND product.status = 'active' AND product.track_inventory"
IS_LOW_SQL = "variant.inventory_quantity <= greatest(product.low_stock_threshold, 0)"


def running_low(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those with a variant on sale that is sold out, or at or below the product's threshold."""
    return products.filter(runs_low=True)


def sold_out(products: QuerySet[Product]) -> QuerySet[Product]:
    """Those with a variant on sale of which nothing is there."""
    return products.filter(Exists(_of_product(SOLD_OUT)), runs_low=True)


def how_many_low() -> Coalesce:
    """Of each of the products that it annotates: how many of its variants run low."""
    counted = _of_product(RUNS_LOW).values("product").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _of_product(condition: Q) -> QuerySet[ProductVariant]:
    return ProductVariant.objects.order_by().filter(condition, product=OuterRef("pk"))
