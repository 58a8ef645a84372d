"""How much of the merchant's plan is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from platform_core.plans.limits import Limited, PlanTerms
from tenant_shop.backoffice.at_once import Question, how_many, value_of
from tenant_shop.backoffice.today import MOST, Waiting
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
    then, but for staff.
    """

    title: str
    used: int | None
    included: int | None
    is_refused_beyond: bool

    @property
    def percent(self) -> int:
        """Of what is included, 100 at most; what is begun counts."""
        if not self.included:
            return FULL if self.used else 0
        return min(FULL, ceil(FULL * (self.used or 0) / self.included))

    @property
    def beyond(self) -> int:
        return 0 if self.included is None else max(0, (self.used or 0) - self.included)

    @property
    def is_tight(self) -> bool:
        return self.included is not None and self.percent >= NEARLY


def usage_questions(limits: PlanTerms, now: datetime, zone: ZoneInfo) -> dict[str, Question]:
    """What is to be asked for `usage_of`; what is unlimited is not counted, the rest not far beyond its limit."""
    month = datetime.combine(now.astimezone(zone).date().replace(day=1), time.min, zone)
    rows = {
        Limited.PRODUCTS: products_of_plan(),
        Limited.ORDERS_PER_MONTH: Order.objects.filter(created_at__gte=month, is_test=False),
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


def usage_of(plan: PlanAndStaff, answers: Mapping[str, Any]) -> list[Usage]:
    """What is used, by the answers to `usage_questions()`."""
    used = {what: answers.get(f"used {what.name}") for what, _ in SHOWN}
    used[Limited.STAFF_USERS] = plan.staff
    if plan.limits.of(Limited.FILE_STORAGE_GB) is not None:
        stored = sum(total or 0 for name, total in answers.items() if name.startswith("bytes "))
        used[Limited.FILE_STORAGE_GB] = ceil(stored / GIGABYTE)
    return [Usage(title, used[what], plan.limits.of(what), what.is_refused_beyond) for what, title in SHOWN]


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
