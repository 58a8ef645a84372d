"""Using a discount code for an order, and giving the use back."""

from uuid import UUID

from django.db.models import F
from django.utils import timezone

from tenant_shop.promotions.errors import CouponRefused, Refusal
from tenant_shop.promotions.find import normalised_code
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption


def lock_code(typed: str) -> DiscountCode:
    """The code, locked until the transaction ends, so that its limits cannot be passed meanwhile.

    Errors: CouponRefused (unknown).
    """
    name = normalised_code(typed)
    code = DiscountCode.objects.select_for_update(no_key=True).filter(code=name).first()
    if code is None:
        raise CouponRefused(name, Refusal.UNKNOWN)
    return code


def check_customer_limit(code: DiscountCode, email: str) -> None:
    """Refuse a customer who has used the locked `code` as often as one may. Errors: CouponRefused."""
    limit = code.usage_limit_per_customer
    if limit is None:
        return
    used = DiscountRedemption.objects.filter(
        discount=code, customer_email=normalised_email(email), released_at=None
    ).count()
    if used >= limit:
        raise CouponRefused(code.code, Refusal.USED_BY_CUSTOMER)


def redeem(code: DiscountCode, *, order_id: UUID, email: str) -> None:
    """Record that `order_id` uses the locked and checked `code`. Two statements."""
    DiscountRedemption.objects.create(discount=code, order_id=order_id, customer_email=normalised_email(email))
    DiscountCode.objects.filter(pk=code.pk).update(usage_count=F("usage_count") + 1)


def release_redemptions(order_id: UUID) -> None:
    """Give back the uses that `order_id` made. Runs in the caller's transaction, under the order's lock. Safe twice."""
    open_uses = DiscountRedemption.objects.filter(order_id=order_id, released_at=None)
    discount_ids = list(open_uses.values_list("discount_id", flat=True))
    if not discount_ids:
        return
    DiscountCode.objects.filter(pk__in=discount_ids, usage_count__gt=0).update(usage_count=F("usage_count") - 1)
    open_uses.update(released_at=timezone.now())


def normalised_email(email: str) -> str:
    """An address as limits compare it: without spaces around it and in lower case."""
    return email.strip().lower()
