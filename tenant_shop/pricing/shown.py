"""Products as a buyer sees them: at their own prices, in the numbers that are sold to them."""

from collections.abc import Sequence
from dataclasses import replace

from tenant_shop.catalog.summary import ProductSummary, VariantFacts
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.pricing.choose import Article
from tenant_shop.pricing.models import CustomerGroup
from tenant_shop.pricing.terms import Terms, terms_of_group


def for_buyer(
    products: Sequence[ProductSummary], group: CustomerGroup | None, settings: ShopSettings
) -> list[ProductSummary]:
    """`products` as the group sees them, or as everybody does. At most two statements, however many products; none for
    everybody in a shop without rules of quantity.
    """
    if not products or (group is None and not settings.has_quantity_rules):
        return list(products)
    articles = [_article(product, variant) for product in products for variant in product.variants]
    terms = terms_of_group(group, articles, settings)
    return [_shown(product, terms) for product in products]


def _article(product: ProductSummary, variant: VariantFacts) -> Article:
    return Article(variant_id=variant.id, product_id=product.id, category_id=product.category_id, price=variant.price)


def _shown(product: ProductSummary, terms: Terms) -> ProductSummary:
    variants = tuple(_variant(product, variant, terms) for variant in product.variants)
    cheapest = min(variants, key=lambda variant: variant.price, default=None)
    if cheapest is None:
        return product
    return replace(
        product,
        variants=variants,
        price=cheapest.price,
        compare_at=cheapest.compare_at,
        has_price_range=len({variant.price for variant in variants}) > 1,
        is_own_price=cheapest.is_own_price,
    )


def _variant(product: ProductSummary, variant: VariantFacts, terms: Terms) -> VariantFacts:
    """The price is that of the least that is sold; the normal one is shown beside it where that is higher."""
    allowed = terms.allowed(variant.id)
    if not terms.are_own:
        return replace(variant, allowed=allowed)
    breaks, normal = terms.breaks(_article(product, variant)), terms.rounded(variant.price)
    price = breaks[0].unit_price
    shown = replace(variant, allowed=allowed, breaks=breaks if len(breaks) > 1 else ())
    if price == normal:
        return shown
    return replace(shown, price=price, compare_at=normal if normal > price else None, is_own_price=True)
