"""What a shop uses of its plan, by the platform's records: its database is not asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db.models import Sum

from platform_core.accounts.models import TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.metrics.models import TenantMetric
from platform_core.plans.limits import Limited, terms_of
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.call_limit import bucket_of_programs, calls_in_use
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant

GIGABYTE = 1024**3
FULL, NEARLY = 100, 80


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


def use_of_plan(shop: Tenant, now: datetime, *, month_of: date | None = None) -> PlanUse:
    """Five statements to the platform's database, and one question to Redis.

    Orders are those of the month that `month_of` lies in, today's unless told, by the shop's time zone. Storage is what
    its pictures took when its figures were last rolled up, in whole GB, what is begun counts. Calls of the API are
    those of the last hour that are not there again: the limit fills up evenly. None while Redis is away, and for a plan
    without a limit of them.
    """
    plan = TenantPlan.objects.get(name=shop.plan_type)
    terms = terms_of(plan)
    first = (month_of or now.astimezone(ZoneInfo(shop.timezone)).date()).replace(day=1)
    days = TenantMetric.objects.filter(tenant=shop.pk)
    newest = days.order_by("-date").first()
    stored = days.filter(stored_bytes__isnull=False).order_by("-date").values_list("stored_bytes", flat=True).first()
    of_month = days.filter(date__gte=first, date__lt=(first + timedelta(days=31)).replace(day=1))
    orders = of_month.aggregate(all=Sum("orders"))["all"] or 0
    calls = terms.of(Limited.API_CALLS_PER_HOUR)
    used = {
        Limited.PRODUCTS: newest.products if newest else None,
        Limited.ORDERS_PER_MONTH: orders if newest else None,
        Limited.CUSTOMERS: newest.customers if newest else None,
        Limited.STAFF_USERS: TenantAccess.objects.filter(LIVE, tenant=shop.pk).count(),
        Limited.FILE_STORAGE_GB: None if stored is None else ceil(stored / GIGABYTE),
        Limited.API_CALLS_PER_HOUR: _calls(shop, calls) if calls else None,
    }
    return PlanUse(
        plan=terms.plan,
        as_of=newest.date if newest else None,
        used=[Used(what, used[what], terms.of(what)) for what in Limited],
    )


def _calls(shop: Tenant, limit: int) -> int | None:
    with tenant_context(directory.read_now(shop.pk)):
        return calls_in_use(bucket_of_programs(limit))
