"""On what terms somebody buys: what each piece costs them, and how many they may order.

Whatever shows a price to a shopper, and whatever charges one, asks here: what is seen and what is paid cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from smartseller.money import quantize
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.pricing.choose import Article, Break, Offer, Reach, price_breaks, unit_price
from tenant_shop.pricing.groups import group_of_company, group_of_id
from tenant_shop.pricing.models import CustomerGroup, PriceListEntry, QuantityRule
from tenant_shop.pricing.quantities import ANY_NUMBER, Allowed


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms of one buyer for the goods that they were read for; for other goods they are everybody's.

    `group` is None for who buys as everybody does. `agreed` are prices of a piece that were offered, by variant: they
    hold whatever lists say. Unit prices are rounded to `currency`.
    """

    currency: str
    group: CustomerGroup | None = None
    offers: Sequence[Offer] = ()
    quantities: Mapping[UUID, Allowed] = field(default_factory=dict)
    agreed: Mapping[UUID, Decimal] = field(default_factory=dict)

    @property
    def are_own(self) -> bool:
        """Whether some price may be another than everybody's."""
        return bool(self.offers)

    @property
    def minimum_order(self) -> Decimal | None:
        return self.group.minimum_order_amount if self.group else None

    def price(self, variant: ProductVariant, quantity: int) -> Decimal:
        """What one of `quantity` pieces of a variant (with its product) costs."""
        agreed = self.agreed.get(variant.pk)
        return self.article_price(article_of(variant), quantity) if agreed is None else self.rounded(agreed)

    def article_price(self, article: Article, quantity: int) -> Decimal:
        return unit_price(article, quantity, self.offers, self.currency)

    def rounded(self, price: Decimal) -> Decimal:
        return quantize(price, self.currency)

    def breaks(self, article: Article) -> tuple[Break, ...]:
        """The prices by quantity, from the least on that is sold."""
        return price_breaks(article, self.offers, self.currency, least=self.allowed(article.variant_id).least)

    def allowed(self, variant_id: UUID) -> Allowed:
        return self.quantities.get(variant_id, ANY_NUMBER)


def article_of(variant: ProductVariant) -> Article:
    """A variant (with its product) as price lists see it."""
    return Article(
        variant_id=variant.pk,
        product_id=variant.product_id,
        category_id=variant.product.category_id,
        price=variant.effective_price,
    )


def everybodys(currency: str) -> Terms:
    """The terms of who is in no group, where any number is sold."""
    return Terms(currency=currency)


def terms_for(
    customer_id: UUID | None,
    variants: Iterable[ProductVariant],
    settings: ShopSettings,
    *,
    company: Company | None = None,
) -> Terms:
    """The terms of a customer, or of a guest, for `variants` (with their products). `company`, with its group, is the
    one they buy for, where that is known already.

    At most three statements. None for a guest where no rules of quantity are, and none for anybody in a shop that has
    neither groups nor such rules.
    """
    group = None
    if settings.has_customer_groups:
        group = group_of_company(company) or group_of_id(customer_id, settings)
    if group is None and not settings.has_quantity_rules:
        return everybodys(settings.currency)
    return terms_of_group(group, [article_of(variant) for variant in variants], settings)


def terms_of_group(group: CustomerGroup | None, articles: Sequence[Article], settings: ShopSettings) -> Terms:
    """The terms of a group, or of everybody, for `articles`. At most two statements."""
    return Terms(
        currency=settings.currency,
        group=group,
        offers=_offers(group, articles, settings.currency) if group and articles else (),
        quantities=_quantities(group, articles) if settings.has_quantity_rules and articles else {},
    )


def _offers(group: CustomerGroup, articles: Sequence[Article], currency: str) -> tuple[Offer, ...]:
    now = timezone.now()
    goods = (
        Q(variant__in={article.variant_id for article in articles})
        | Q(product__in={article.product_id for article in articles})
        | Q(category__in={article.category_id for article in articles if article.category_id})
        | Q(variant=None, product=None, category=None)
    )
    rows = PriceListEntry.objects.filter(
        goods,
        Q(price_list__starts_at=None) | Q(price_list__starts_at__lte=now),
        Q(price_list__ends_at=None) | Q(price_list__ends_at__gt=now),
        price_list__group=group,
        price_list__is_active=True,
        price_list__currency=currency,
    )
    columns = ("variant_id", "product_id", "category_id", "min_quantity", "unit_price", "percent_off")
    return tuple(
        Offer(
            reach=Reach.VARIANT if variant else Reach.PRODUCT if product else Reach.CATEGORY if category else Reach(0),
            goods_id=variant or product or category,
            min_quantity=least,
            unit_price=price,
            percent_off=percent,
            priority=priority,
        )
        for variant, product, category, least, price, percent, priority in rows.values_list(
            *columns, "price_list__priority"
        )
    )


def _quantities(group: CustomerGroup | None, articles: Sequence[Article]) -> dict[UUID, Allowed]:
    """By variant. A group's own rule goes before everybody's, and of these a variant's before its product's."""
    of_group = Q(group=None) | Q(group=group) if group else Q(group=None)
    goods = Q(variant__in={article.variant_id for article in articles}) | Q(
        product__in={article.product_id for article in articles}
    )
    rules = {
        (group_id is not None, variant or product): Allowed(minimum, multiple)
        for group_id, variant, product, minimum, multiple in QuantityRule.objects.filter(of_group, goods).values_list(
            "group_id", "variant_id", "product_id", "minimum", "multiple"
        )
    }
    found = {}
    for article in articles:
        for key in (
            (True, article.variant_id),
            (True, article.product_id),
            (False, article.variant_id),
            (False, article.product_id),
        ):
            if key in rules:
                found[article.variant_id] = rules[key]
                break
    return found
