"""What a shop uses of its plan, by the platform's records: its database is not asked."""

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from platform_core.accounts.models import TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.plans.limits import Limited, PlanTerms, terms_of
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.call_limit import bucket_of_programs, calls_in_use
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant

GIGABYTE = 1024**3
FULL, NEARLY = 100, 80
# How the days stand, and what was sold in the month that begins with `first`.
RECORDED = """
    SELECT newest.date, newest.products, newest.customers,
           (SELECT COALESCE(sum(orders), 0) FROM tenant_metrics
            WHERE tenant_id = %(shop)s AND date >= %(first)s AND date < %(first)s::date + INTERVAL '1 month'),
           (SELECT stored_bytes FROM tenant_metrics
            WHERE tenant_id = %(shop)s AND stored_bytes IS NOT NULL ORDER BY date DESC LIMIT 1)
    FROM tenant_metrics newest WHERE tenant_id = %(shop)s ORDER BY date DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Used:
    """One thing that the plan limits. `included` is None when it is unlimited, `used` while nobody has counted it."""

    what: Limited
    used: int | None
    included: int | None

    @property
    def percent(self) -> int:
        """Of what is included, 100 at most; what is begun counts."""
        if self.included is None:
            return 0
        return min(FULL, ceil(FULL * (self.used or 0) / self.included)) if self.included else FULL * bool(self.used)

    @property
    def is_tight(self) -> bool:
        return self.included is not None and self.percent >= NEARLY


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUse:
    """As the shop's figures stood on `as_of`, a day of its own time zone; None before the first."""

    plan: str
    as_of: date | None
    used: list[Used]


def level_of(used: int, included: int) -> int:
    """80 or 100, the percentage that is reached; 0 below."""
    reached = FULL * used
    return FULL if reached >= FULL * included else NEARLY if reached >= NEARLY * included else 0


def use_of_plan(shop: Tenant, now: datetime) -> PlanUse:
    """What is used by now, by the shop's time zone; as `recorded_use`, and the calls of the API with it.

    Calls are those of the last hour that are not there again: the limit fills up evenly. None while Redis is away, and
    for a plan without a limit of them. Four statements to the platform's database, and one question to Redis.
    """
    terms = terms_of(TenantPlan.objects.get(name=shop.plan_type))
    limit = terms.of(Limited.API_CALLS_PER_HOUR)
    calls = _calls(shop, limit) if limit else None
    return recorded_use(shop.pk, terms, now.astimezone(ZoneInfo(shop.timezone)).date(), calls=calls)


def recorded_use(shop: UUID, terms: PlanTerms, month_of: date, *, calls: int | None = None) -> PlanUse:
    """What is used by the days that were rolled up, and by the platform's people. Two statements.

    Orders are those of the month that `month_of` lies in. Storage is what the shop's pictures took when its figures
    were last rolled up, in whole GB, what is begun counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECORDED, {"shop": shop, "first": month_of.replace(day=1)})
        as_of, products, customers, orders, stored = cursor.fetchone() or (None,) * 5
    used = {
        Limited.PRODUCTS: products,
        Limited.ORDERS_PER_MONTH: orders,
        Limited.CUSTOMERS: customers,
        Limited.STAFF_USERS: TenantAccess.objects.filter(LIVE, tenant=shop).count(),
        Limited.FILE_STORAGE_GB: None if stored is None else ceil(stored / GIGABYTE),
        Limited.API_CALLS_PER_HOUR: calls,
    }
    return PlanUse(plan=terms.plan, as_of=as_of, used=[Used(what, used[what], terms.of(what)) for what in Limited])


def _calls(shop: Tenant, limit: int) -> int | None:
    with tenant_context(directory.read_now(shop.pk)):
        return calls_in_use(bucket_of_programs(limit))
