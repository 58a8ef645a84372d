"""What a coupon takes off."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from platform_core.billing.coupons.models import CouponKind, CouponUse, PlanCoupon
from platform_core.billing.coupons.redeem import running_use
from platform_core.billing.models import TenantSubscription
from platform_core.billing.periods import Period
from platform_core.plans.models import TenantPlan
from smartseller.money import display, quantize


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """`amount` is taken off the sum of an invoice's lines, before tax."""

    code: str
    description: str
    amount: Decimal

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "description": self.description, "amount": f"{self.amount:f}"}


def period_discount(use: CouponUse | PlanCoupon | None, plan: TenantPlan, price: Decimal, currency: str) -> Decimal:
    """What the coupon takes off a whole period of `plan` at `price`: never more than it costs. Rounding: half up."""
    if use is None or (use.plans and plan.name not in use.plans):
        return quantize(Decimal(0), currency)
    if use.kind == CouponKind.PERCENTAGE:
        return quantize(price * use.value / 100, currency)
    return min(quantize(use.value, currency), price)


def discount_of(use: CouponUse | PlanCoupon, amount: Decimal, currency: str) -> Discount:
    what = f"{use.value.normalize():f} %" if use.kind == CouponKind.PERCENTAGE else display(use.value, currency)
    return Discount(code=use.code, description=f"Coupon {use.code}: {what} off", amount=amount)


def covering_use(subscription: TenantSubscription, today: date) -> CouponUse | None:
    """The coupon that took something off the period that runs on `today`. One statement."""
    if not subscription.period_discount:
        return None
    found = CouponUse.objects.filter(subscription=subscription, covers_until__gte=today)
    return found.order_by("-covers_until").first()


def begin_period(
    subscription: TenantSubscription, plan: TenantPlan, price: Decimal, period: Period
) -> tuple[Discount, ...]:
    """Use the coupon for one more period that is billed; the caller has locked the subscription, and saves it."""
    use = running_use(subscription)
    taken = period_discount(use, plan, price, subscription.currency)
    subscription.period_discount = taken
    if use is None or not taken:
        return ()
    if use.periods_left is not None:
        use.periods_left -= 1
    use.covers_until = period.last
    use.save(update_fields=["periods_left", "covers_until"])
    return (discount_of(use, taken, subscription.currency),)
