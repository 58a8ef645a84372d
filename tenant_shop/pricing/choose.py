"""Which of several offers holds for some goods, and what they cost by it. Pure. The rules: docs/pricing.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

from smartseller.money import quantize


class Reach(IntEnum):
    """What an offer is about; the narrowest holds."""

    EVERYTHING = 0
    CATEGORY = 1
    PRODUCT = 2
    VARIANT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Goods that have a price: a variant, its product and the category where that stands.

    `price` is what everybody pays, unrounded, in the shop's currency.
    """

    variant_id: UUID
    product_id: UUID
    category_id: UUID | None
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An entry of a price list: from `min_quantity` pieces on either `unit_price`, or `percent_off` the normal price.

    `goods_id` is the variant, product or category that `reach` speaks of; None for everything.
    """

    reach: Reach
    goods_id: UUID | None
    min_quantity: int
    unit_price: Decimal | None = None
    percent_off: Decimal | None = None
    priority: int = 0

    def is_about(self, article: Article) -> bool:
        match self.reach:
            case Reach.VARIANT:
                return self.goods_id == article.variant_id
            case Reach.PRODUCT:
                return self.goods_id == article.product_id
            case Reach.CATEGORY:
                return self.goods_id is not None and self.goods_id == article.category_id
            case Reach.EVERYTHING:
                return True

    def price_of(self, article: Article, currency: str) -> Decimal:
        """A fixed price holds even where it is higher than the normal one: the merchant wrote it down."""
        if self.unit_price is not None:
            return quantize(self.unit_price, currency)
        return quantize(article.price * (100 - (self.percent_off or 0)) / 100, currency)


@dataclass(frozen=True, slots=True)
class Break:
    """From so many pieces on, each costs `unit_price`."""

    min_quantity: int
    unit_price: Decimal


def unit_price(article: Article, quantity: int, offers: Iterable[Offer], currency: str) -> Decimal:
    """What one piece costs when `quantity` of them are bought.

    Of the offers that are about the goods and begin at so many pieces, the narrowest holds; of those, the ones of the
    highest priority; of those, the cheapest. Without one, the normal price.
    Rounding: half up to the currency's minor unit.
    """
    fitting = [offer for offer in offers if offer.min_quantity <= quantity and offer.is_about(article)]
    if not fitting:
        return quantize(article.price, currency)
    rank = max((offer.reach, offer.priority) for offer in fitting)
    return min(offer.price_of(article, currency) for offer in fitting if (offer.reach, offer.priority) == rank)


def price_breaks(article: Article, offers: Iterable[Offer], currency: str, *, least: int = 1) -> tuple[Break, ...]:
    """The quantities at which the price changes, beginning with `least`; the last price holds for any more."""
    fitting = [offer for offer in offers if offer.is_about(article)]
    found: list[Break] = []
    for start in sorted({least, *(offer.min_quantity for offer in fitting if offer.min_quantity > least)}):
        price = unit_price(article, start, fitting, currency)
        if not found or found[-1].unit_price != price:
            found.append(Break(start, price))
    return tuple(found)
