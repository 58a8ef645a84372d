"""Making a coupon."""

from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.coupons.models import PlanCoupon


def make_coupon(coupon: PlanCoupon, *, actor_id: UUID | None = None) -> PlanCoupon:
    """Offer a coupon from now on; its terms stay as they are. Errors: ValidationError, and nothing is made."""
    coupon.full_clean()
    with transaction.atomic():
        coupon.save()
        record(
            "add_plancoupon",
            resource_type="plancoupon",
            resource_id=coupon.pk,
            user_id=actor_id,
            new_values={
                "kind": coupon.kind,
                "value": f"{coupon.value:f}",
                "currency": coupon.currency,
                "periods": coupon.periods,
                "plans": coupon.plans,
                "most_uses": coupon.most_uses,
            },
            metadata={"name": coupon.code},
        )
    return coupon
