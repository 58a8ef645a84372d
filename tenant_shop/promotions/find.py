"""Finding a code that a shopper typed."""

from tenant_shop.promotions.errors import CouponRefused, Refusal
from tenant_shop.promotions.models import DiscountCode


def normalised_code(typed: str) -> str:
    """A code as it is stored: in capitals, without the spaces around it."""
    return typed.strip().upper()


def code_by_name(typed: str) -> DiscountCode:
    """The code, however it was capitalised; whether it holds is another question. Errors: CouponRefused (unknown)."""
    name = normalised_code(typed)
    # PostgreSQL cannot store NUL in text, so nothing is called that.
    code = None if "\x00" in name else DiscountCode.objects.filter(code=name).first()
    if code is None:
        raise CouponRefused(name[:50], Refusal.UNKNOWN)
    return code
