"""How much of the merchant's plan is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from math import ceil
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from platform_core.plans.limits import Limited, PlanTerms
from tenant_shop.backoffice.at_once import Question, how_many, value_of
from tenant_shop.backoffice.today import MOST, MayAsk, Waiting
from tenant_shop.catalog.pictures.storage import GIGABYTE, stored_sums
from tenant_shop.catalog.room import products_of_plan
from tenant_shop.configuration.plan import PlanAndStaff
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order

FULL = 100
# From here on a bar warns.
NEARLY = 80
SHOWN = (
    (Limited.PRODUCTS, "Products"),
    (Limited.ORDERS_PER_MONTH, "Orders this month"),
    (Limited.CUSTOMERS, "Customers"),
    (Limited.STAFF_USERS, "Staff"),
    (Limited.FILE_STORAGE_GB, "Pictures, in GB"),
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What is used of one thing that the plan limits. `included` is None when it is unlimited; `used` is not counted
    then, but for staff. `url` leads to the list of what is counted; "" leads nowhere.
    """

    title: str
    used: int | float | None
    included: int | None
    is_refused_beyond: bool
    url: str = ""

    @property
    def percent(self) -> int:
        """Of what is included, 100 at most; what is begun counts."""
        if not self.included:
            return FULL if self.used else 0
        return min(FULL, ceil(FULL * (self.used or 0) / self.included))

    @property
    def beyond(self) -> int | float:
        return 0 if self.included is None else max(0, round((self.used or 0) - self.included, 2))

    @property
    def is_tight(self) -> bool:
        return self.included is not None and self.percent >= NEARLY


def usage_questions(limits: PlanTerms, now: datetime, zone: ZoneInfo) -> dict[str, Question]:
    """What is to be asked for `usage_of`; what is unlimited is not counted, the rest not far beyond its limit."""
    rows = {
        Limited.PRODUCTS: products_of_plan(),
        Limited.ORDERS_PER_MONTH: Order.objects.filter(created_at__gte=_month(now, zone), is_test=False),
        Limited.CUSTOMERS: Customer.objects.exclude(email__endswith=ERASED_AT),
    }
    asked = {
        f"used {what.name}": how_many(counted, most=limit + MOST)
        for what, counted in rows.items()
        if (limit := limits.of(what)) is not None
    }
    if limits.of(Limited.FILE_STORAGE_GB) is not None:
        asked |= {f"bytes {number}": value_of(total) for number, total in enumerate(stored_sums())}
    return asked


def usage_links(user: MayAsk, now: datetime, zone: ZoneInfo) -> dict[Limited, str]:
    """Where `user` may see what is counted."""
    month = urlencode({"created_at__gte": _month(now, zone).isoformat(), "is_test__exact": 0})
    lists = {
        Limited.PRODUCTS: ("product", "admin:tenant_shop_product_changelist", ""),
        Limited.ORDERS_PER_MONTH: ("order", "admin:tenant_shop_order_changelist", f"?{month}"),
        Limited.CUSTOMERS: ("customer", "admin:tenant_shop_customer_changelist", ""),
        Limited.STAFF_USERS: ("staff", "admin:staff", ""),
    }
    return {
        what: f"{reverse(page)}{query}"
        for what, (model, page, query) in lists.items()
        if user.has_perm(f"tenant_shop.view_{model}")
    }


def usage_of(
    plan: PlanAndStaff, answers: Mapping[str, Any], links: Mapping[Limited, str] = MappingProxyType({})
) -> list[Usage]:
    """What is used, by the answers to `usage_questions()`; gigabytes to the hundredth, what is begun counts."""
    used = {what: answers.get(f"used {what.name}") for what, _ in SHOWN}
    used[Limited.STAFF_USERS] = plan.staff
    if plan.limits.of(Limited.FILE_STORAGE_GB) is not None:
        stored = sum(total or 0 for name, total in answers.items() if name.startswith("bytes "))
        hundredths = ceil(FULL * stored / GIGABYTE)
        used[Limited.FILE_STORAGE_GB] = hundredths / FULL if hundredths % FULL else hundredths // FULL
    return [
        Usage(title, used[what], plan.limits.of(what), what.is_refused_beyond, links.get(what, ""))
        for what, title in SHOWN
    ]


def _month(now: datetime, zone: ZoneInfo) -> datetime:
    """When the month began by the shop's clock."""
    return datetime.combine(now.astimezone(zone).date().replace(day=1), time.min, zone)


def beyond_plan(
    plan: PlanAndStaff, answers: Mapping[str, Any], what: Limited, *, title: str, url: str
) -> list[Waiting]:
    """A warning, as long as there are more than the plan includes of what is never refused."""
    there, included = answers.get(f"used {what.name}"), plan.limits.of(what)
    beyond = plan.limits.overage(what, there or 0)
    if not beyond:
        return []
    explanation = (
        f"the plan {plan.limits.plan} includes {included}, you have {there}. "
        "Nobody is turned away; please choose a larger plan"
    )
    return [Waiting(beyond, f"{title} beyond your plan", explanation, url)]
