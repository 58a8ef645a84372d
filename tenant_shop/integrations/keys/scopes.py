"""What keys can be allowed: reading or writing one kind of things."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that the API has. `model` is the last word of the permission that people need for the same; where
    `is_close`, only who may change it looks at it.
    """

    title: str
    model: str
    is_written: bool = True
    is_close: bool = False


RESOURCES = {
    "products": Resource("Products, variants, categories, brands and pictures", "product"),
    "inventory": Resource("Stock and its movements", "stockmovement"),
    "orders": Resource("Orders, their payments, parcels, refunds and returns", "order"),
    "customers": Resource("Customers, their addresses and groups", "customer"),
    "companies": Resource("Company accounts", "company"),
    "carts": Resource("Carts and checkout", "shoppingcart"),
    "discounts": Resource("Discounts", "discountcode"),
    "campaigns": Resource("Campaigns", "emailcampaign"),
    "reviews": Resource("Reviews", "productreview"),
    "analytics": Resource("Figures", "analyticsdaily", is_written=False),
    "settings": Resource("Settings", "setting"),
    # Apart from the others: who has it says where the money goes.
    "payment_settings": Resource("Ways to pay, bank account and account with Stripe", "setting", is_close=True),
    "custom_fields": Resource("Custom fields", "customfield"),
    "imports": Resource("Imports and other jobs", "importrun"),
    "webhooks": Resource("Webhooks", "webhook"),
    "events": Resource("Events", "outboxevent", is_written=False),
    "staff": Resource("Staff", "staff", is_written=False),
}


def _all() -> Iterator[str]:
    for name, resource in RESOURCES.items():
        yield f"read_{name}"
        if resource.is_written:
            yield f"write_{name}"


SCOPES = frozenset(_all())


def permission_for(scope: str) -> str:
    """What somebody must be permitted to allow `scope` to a key, and to do the same without one."""
    action, _, name = scope.partition("_")
    resource = RESOURCES[name]
    is_looking = action == "read" and not resource.is_close
    return f"tenant_shop.{'view' if is_looking else 'change'}_{resource.model}"


def in_order(scopes: Iterable[str]) -> list[str]:
    """Each once, as they are listed; what is no scope is left out."""
    wanted = set(scopes)
    return [scope for scope in _all() if scope in wanted]
