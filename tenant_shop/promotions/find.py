"""Finding the discounts that may hold for a cart."""

from datetime import datetime

from django.db.models import F, Q

from tenant_shop.promotions.models import DiscountCode

# Automatic discounts that are looked at, the oldest first; the back office does not let more be active at once.
MOST_AUTOMATIC = 20
# As long as the column that keeps a code.
LONGEST_CODE = 50


def normalised_code(typed: str) -> str:
    """A code as it is stored: in capitals, without the spaces around it."""
    return typed.strip().upper()


def running_discounts(coupon_code: str | None, at: datetime) -> list[DiscountCode]:
    """The discount of the code, if there is one (whether it holds is another question), then the automatic ones that
    run at the moment `at` (aware), the oldest first. One statement.
    """
    running = Q(code=None, is_active=True) & (Q(starts_at=None) | Q(starts_at__lte=at))
    wanted = running & (Q(ends_at=None) | Q(ends_at__gt=at))
    name = normalised_code(coupon_code or "")
    # PostgreSQL cannot store NUL in text, so nothing is called that.
    if name and "\x00" not in name:
        wanted |= Q(code=name)
    found = DiscountCode.objects.filter(wanted).order_by(F("code").asc(nulls_last=True), "created_at", "id")
    return list(found[: MOST_AUTOMATIC + 1])
