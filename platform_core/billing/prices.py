"""What a plan costs today, and shares of a price."""

from decimal import Decimal

from platform_core.billing.errors import PlanNotOffered
from platform_core.billing.models import BillingCycle
from platform_core.plans.models import TenantPlan
from smartseller.money import quantize


def price_of(plan: TenantPlan, cycle: str, currency: str) -> Decimal:
    """The price of one period. Rounding: to the minor unit of `currency`. Errors: PlanNotOffered without a price."""
    price = plan.annual_price if cycle == BillingCycle.ANNUAL else plan.monthly_price
    if price is None:
        raise PlanNotOffered(plan.name, cycle)
    return quantize(price, currency)


def share(amount: Decimal, days: int, of_days: int, currency: str) -> Decimal:
    """What `days` of a period of `of_days` cost at `amount` for all of it. Rounding: half up to the minor unit."""
    return quantize(amount * days / of_days, currency)
