"""Redeeming a coupon: from the next billed period on it takes something off."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from platform_core.audit.record import record
from platform_core.billing.coupons.errors import one_runs
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.coupons.offer import offered
from platform_core.billing.errors import SubscriptionClosed
from platform_core.billing.models import TenantSubscription
from platform_core.billing.running import RENEWED, locked_subscription
from platform_core.tenants.person import person_of

HOLDS = Q(periods_left=None) | Q(periods_left__gt=0)


def redeem_coupon(tenant_id: UUID, code: str, *, today: date, actor_id: UUID | None = None) -> CouponUse:
    """Have the coupon `code` hold for the shop's next billed periods, by its terms of `today` (UTC).

    Limits hold whoever redeems at the same moment: the coupon's row is locked, after the shop's. A person is a mail
    address, however many shops it has. Errors: NoSubscription, SubscriptionClosed, CouponRefused; nothing changes then.
    """
    with locked_subscription(tenant_id) as (tenant, subscription):
        if subscription.status not in RENEWED:
            raise SubscriptionClosed(subscription.status)
        person = person_of(tenant.contact_email)
        plan = subscription.next_plan or subscription.plan
        rows = PlanCoupon.objects.select_for_update(no_key=True)
        coupon = offered(rows, code, plan=plan.name, currency=subscription.currency, today=today, person=person)
        if running_use(subscription) is not None:
            raise one_runs()
        coupon.uses += 1
        coupon.save(update_fields=["uses"])
        use = CouponUse.objects.create(
            coupon=coupon,
            tenant=tenant,
            subscription=subscription,
            person=person,
            code=coupon.code,
            kind=coupon.kind,
            value=coupon.value,
            plans=coupon.plans,
            periods_left=coupon.periods,
            redeemed_on=today,
        )
        record(
            "redeem_coupon",
            resource_type="subscription",
            resource_id=subscription.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            new_values={"coupon": coupon.code},
        )
    return use


def running_use(subscription: TenantSubscription) -> CouponUse | None:
    """The coupon that holds for billed periods to come. One statement."""
    return CouponUse.objects.filter(HOLDS, subscription=subscription).first()
