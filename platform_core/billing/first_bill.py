"""What somebody who signs up will be asked for, to the cent, before anything is made."""

from dataclasses import dataclass
from datetime import date, timedelta

from platform_core.billing.coupons.discount import discount_of, period_discount
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.coupons.offer import CURRENCY
from platform_core.billing.issue import Amounts, amounts_of
from platform_core.billing.lines import Line, LineKind, line_of
from platform_core.billing.models import BillingCycle
from platform_core.billing.open_trial import TRIAL_DAYS
from platform_core.billing.periods import period_from
from platform_core.billing.prices import price_of
from platform_core.billing.taxes import tax_in
from platform_core.plans.models import TenantPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstBill:
    """`first` is what is billed on `day` (UTC), `later` what each period costs once the coupon, which holds for
    `periods` (None: for ever), is used up, without the setup fee; all with tax, in `currency`."""

    day: date
    lines: tuple[Line, ...]
    first: Amounts
    later: Amounts
    currency: str
    discount: str
    periods: int | None
    has_trial: bool


def first_bill(
    plan: TenantPlan,
    *,
    country: str,
    today: date,
    coupon: PlanCoupon | None = None,
    has_trial: bool = True,
    cycle: str = BillingCycle.MONTHLY,
) -> FirstBill:
    """The first invoice of a shop in `country` that is made on `today`, as `renew` will issue it. One statement.

    Errors: PlanNotOffered without a price of the cycle.
    """
    tax = tax_in(country)
    price = price_of(plan, cycle, CURRENCY)
    day = today + timedelta(days=TRIAL_DAYS if has_trial else 0)
    period = period_from(day, anchor=day, cycle=cycle)
    lines = [line_of(LineKind.PLAN, plan, period, price, CURRENCY)]
    if plan.setup_fee:
        lines.append(line_of(LineKind.SETUP, plan, period, plan.setup_fee, CURRENCY))
    taken = period_discount(coupon, plan, price, CURRENCY)
    discounts = [discount_of(coupon, taken, CURRENCY)] if coupon is not None and taken else []
    lasts = discounts and coupon is not None and coupon.periods is None
    return FirstBill(
        day=day,
        lines=tuple(lines),
        first=amounts_of(lines, discounts, tax, CURRENCY),
        later=amounts_of(lines[:1], discounts if lasts else [], tax, CURRENCY),
        currency=CURRENCY,
        discount=discounts[0].description if discounts else "",
        periods=coupon.periods if coupon is not None else None,
        has_trial=has_trial,
    )
