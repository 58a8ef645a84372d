"""A discount in one sentence, for who sets it up."""

from collections.abc import Sequence

from smartseller.formats import amount, moment
from tenant_shop.promotions.assess import describe
from tenant_shop.promotions.models import DiscountCode

# Goods that are called by their names; of others there is a number.
MOST_NAMED = 5


def sentence(discount: DiscountCode, *, products: Sequence[str], categories: Sequence[str], currency: str) -> str:
    """What `discount` gives, for what, from which order on, to whom, until when; in English, amounts in `currency`.

    `products` and `categories` are the names of those that it is for.
    """
    parts = [f"{describe(discount, currency)} {_goods(discount, products, categories)}"]
    if discount.excludes_sale_items:
        parts.append("not for what is reduced already")
    if discount.minimum_order_amount is not None:
        parts.append(f"from {amount(discount.minimum_order_amount, currency)}")
    if discount.first_order_only:
        parts.append("for a first order")
    if discount.usage_limit_per_customer is not None:
        parts.append(f"{_times(discount.usage_limit_per_customer)} per customer")
    if discount.usage_limit is not None:
        parts.append(f"{_times(discount.usage_limit)} in all")
    if discount.starts_at is not None:
        parts.append(f"from {moment(discount.starts_at)}")
    if discount.ends_at is not None:
        parts.append(f"until {moment(discount.ends_at)}")
    who = f"with the code {discount.code}" if discount.code else "without a code"
    return f"{', '.join(parts)}, {who}."


def _goods(discount: DiscountCode, products: Sequence[str], categories: Sequence[str]) -> str:
    named = [*products, *(f"everything in {name}" for name in categories)]
    if not named and (discount.applicable_products or discount.applicable_categories):
        return "on nothing any more: what it was for is gone"
    if discount.type == DiscountCode.Type.FREE_SHIPPING:
        return f"with {_one_of(named)}" if named else "of every order"
    return f"on {_one_of(named)}" if named else "the whole order"


def _one_of(names: Sequence[str]) -> str:
    shown, more = list(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if more > 0:
        shown.append(f"{more} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
