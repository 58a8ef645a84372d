"""Products and variants by what the shop's people know of them.

Shoppers search what is listed, with stems and synonyms (`catalog.search`); here everything is found by any part of
what it is called.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from smartseller.words import IsAny, words_of
from tenant_shop.catalog.models import PRODUCT_WORDS, Product
from tenant_shop.catalog.variants import ProductVariant


class _Skus(Func):
    """An array of what `product_skus` has of the SKUs that are like a pattern.

    Products' and variants' SKUs are in that one table, which triggers keep (migration 0004).
    """

    template = "ARRAY(SELECT %(column)s FROM product_skus WHERE upper(sku) LIKE upper(%(expressions)s))"
    output_field = TextField()

    def __init__(self, column: str, word: str) -> None:
        told = word.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        super().__init__(Value(f"%{told}%"), column=column)


def products_by_words(products: QuerySet[Product], typed: str) -> QuerySet[Product]:
    """Those with each of the words in their name, address, tags or one of their SKUs; all of them when nothing was
    typed. Read by idx_products_words and idx_product_skus_words."""
    products = products.alias(words=PRODUCT_WORDS)
    for word in words_of(typed):
        products = products.filter(Q(words__icontains=word) | Q(IsAny(F("pk"), _Skus("product_id", word))))
    return products


def variants_by_words(variants: QuerySet[ProductVariant], typed: str) -> QuerySet[ProductVariant]:
    """Those with each of the words in their SKU or their product's name or address; all of them when nothing was
    typed."""
    for word in words_of(typed):
        named = Product.objects.order_by().alias(words=PRODUCT_WORDS).filter(words__icontains=word).values("pk")
        variants = variants.filter(
            Q(IsAny(F("sku"), _Skus("sku", word))) | Q(IsAny(F("product_id"), ArraySubquery(named)))
        )
    return variants
