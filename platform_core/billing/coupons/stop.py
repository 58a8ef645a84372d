"""Ending the offer of a coupon."""

from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.coupons.models import PlanCoupon


def stop_coupon(code: str, *, reason: str = "", actor_id: UUID | None = None) -> PlanCoupon:
    """Let nobody redeem the coupon `code` any more; who has redeemed it keeps its terms. Safe to repeat.

    Errors: PlanCoupon.DoesNotExist.
    """
    with transaction.atomic():
        coupon = PlanCoupon.objects.select_for_update(no_key=True).get(code=code)
        if coupon.is_active:
            coupon.is_active = False
            coupon.save(update_fields=["is_active"])
            record(
                "stop_coupon",
                resource_type="plancoupon",
                resource_id=coupon.pk,
                user_id=actor_id,
                old_values={"is_active": True},
                new_values={"is_active": False},
                metadata={"name": coupon.code, **({"reason": reason} if reason else {})},
            )
    return coupon
