"""What a new shop still needs, each step told by what is there, with the form where it is done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tenant_shop.backoffice.at_once import Question, how_many, is_there, value_of
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.design.pictures import PICTURES
from tenant_shop.configuration.design.read import HISTORY
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.seed import FIRST_RATE
from tenant_shop.configuration.settings import DEFAULTS, ShopSettings
from tenant_shop.configuration.setup_steps import dismissed_rows, read_dismissed
from tenant_shop.orders.models import Order
from tenant_shop.pages.legal import TERMS, WHO_WE_ARE
from tenant_shop.pages.models import Page
from tenant_shop.payments.methods import offered


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `url` leads to where it is done."""

    name: str
    title: str
    explanation: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """The steps, done or not, without those that were dismissed."""

    steps: list[Step]
    dismissed: int

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_over(self) -> bool:
        """Nothing is left to be done, or to be reminded of."""
        return all(step.is_done for step in self.steps)


NAMES = ("product", "shipping", "tax", "payment", "look", "legal", "contact", "order")


def checklist_questions() -> dict[str, Question]:
    """What is to be asked for `checklist_of`."""
    published = Page.objects.filter(is_published=True)
    return {
        "setup product": is_there(Product.objects.filter(status=Product.Status.ACTIVE)),
        "setup looks": is_there(Setting.objects.filter(key=HISTORY).exclude(value=[])),
        "setup legal": how_many(published.filter(slug__in=TERMS), most=len(TERMS)),
        "setup contact": is_there(published.filter(slug__in=WHO_WE_ARE)),
        # Imported orders had no cart.
        "setup order": is_there(Order.objects.filter(cart_id__isnull=False)),
        "setup dismissed": value_of(dismissed_rows().values("value")),
    }


def checklist_of(answers: Mapping[str, Any], shop: ShopSettings, theme: Mapping[str, Any]) -> Checklist:
    """The steps, by the answers to `checklist_questions()`, the settings and the live look."""
    kept = answers["setup dismissed"]
    dismissed = read_dismissed(json.loads(kept) if isinstance(kept, str) else kept)
    real = [method for method in offered(shop) if method.code != "test_card"]
    lacks_account = all(method.code == "bank_transfer" for method in real) and not shop.payment_instructions
    steps = [
        Step(
            "product",
            "Put your first product on sale",
            "with a price, a picture and what is in stock",
            reverse("admin:tenant_shop_product_add"),
            answers["setup product"],
        ),
        Step(
            "shipping",
            "Say what delivery costs",
            "zones, and a rate for each; until then everything is sent at no charge",
            reverse("admin:tenant_shop_shippingzone_changelist"),
            bool(shop.shipping_zones) or shop.shipping_rates not in ((), (FIRST_RATE,)),
        ),
        Step(
            "tax",
            "Set up taxes",
            "the rates of the countries you sell to; a shop that charges none can dismiss this",
            reverse("admin:tax_settings"),
            bool(shop.tax_rates) or shop.tax_rate > 0,
        ),
        Step(
            "payment",
            "Choose how you are paid",
            "your bank account for transfers, cards, or cash on delivery",
            f"{reverse('admin:settings')}#transfers" if real and lacks_account else reverse("admin:payment_settings"),
            bool(real) and not lacks_account,
        ),
        Step(
            "look",
            "Make it look like you",
            "a logo, your colours, your pictures",
            reverse("admin:design"),
            any(theme.get(key) for key in PICTURES) or answers["setup looks"],
        ),
        Step(
            "legal",
            "Publish terms, returns and privacy",
            "drafts are there already; the checkout links to them once they are published",
            reverse("admin:tenant_shop_page_changelist"),
            answers["setup legal"] == len(TERMS),
        ),
        Step(
            "contact",
            "Say who you are and how to reach you",
            "your e-mail address in the settings, and a page about you",
            reverse("admin:tenant_shop_page_changelist")
            if shop.store_email != DEFAULTS["store_email"]
            else reverse("admin:settings"),
            shop.store_email != DEFAULTS["store_email"] and answers["setup contact"],
        ),
        Step(
            "order",
            "Place a test order",
            "buy something in your own shop and see what your customers see",
            reverse("storefront:home"),
            answers["setup order"],
        ),
    ]
    return Checklist([step for step in steps if step.name not in dismissed], len(dismissed & set(NAMES)))
