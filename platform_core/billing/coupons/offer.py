"""Which coupons hold for whom, today."""

from datetime import date

from django.db.models import QuerySet

from platform_core.billing.coupons.errors import had_it, other_plan, unknown, used_up
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.plans.models import TenantPlan

CURRENCY = "USD"


def offered_coupon(code: str, *, plan: str, today: date, person: str = "", currency: str = CURRENCY) -> PlanCoupon:
    """The coupon, as long as it would be redeemed on `today` (UTC) for a plan; with `person` (`tenants.person`), also
    by that one. Nothing is locked: what was offered may be used up a moment later. Errors: CouponRefused.
    """
    return offered(PlanCoupon.objects.all(), code, plan=plan, currency=currency, today=today, person=person)


def offered(rows: QuerySet[PlanCoupon], code: str, *, plan: str, currency: str, today: date, person: str) -> PlanCoupon:
    """As `offered_coupon`, of `rows`, which may lock. Errors: CouponRefused."""
    wanted = code.strip().upper()
    coupon = rows.filter(code=wanted).first()
    if coupon is None or not _holds(coupon, currency, today):
        raise unknown(wanted)
    if person and CouponUse.objects.filter(coupon=coupon, person=person).count() >= coupon.most_per_person:
        raise had_it()
    if coupon.most_uses is not None and coupon.uses >= coupon.most_uses:
        raise used_up()
    if coupon.plans and plan not in coupon.plans:
        names = TenantPlan.objects.filter(name__in=coupon.plans).values_list("display_name", flat=True)
        raise other_plan(", ".join(names))
    return coupon


def _holds(coupon: PlanCoupon, currency: str, today: date) -> bool:
    return (
        coupon.is_active
        and (coupon.first_day is None or coupon.first_day <= today)
        and (coupon.last_day is None or today <= coupon.last_day)
        and (coupon.kind == PlanCoupon.Kind.PERCENTAGE or coupon.currency == currency)
    )
