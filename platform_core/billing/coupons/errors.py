"""Why a coupon cannot be redeemed."""

from typing import ClassVar

from smartseller.errors import RuleViolation


class CouponRefused(RuleViolation):
    """There is no such coupon for this merchant today. `reason` is for programs, the sentence for people."""

    code = "coupon_refused"
    status: ClassVar[int] = 422

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


def unknown(code: str) -> CouponRefused:
    return CouponRefused("unknown", f"There is no coupon “{code}”, or it does not hold today.")


def used_up() -> CouponRefused:
    return CouponRefused("used_up", "This coupon has been used up.")


def had_it() -> CouponRefused:
    return CouponRefused("had_it", "You have used this coupon already.")


def other_plan(plans: str) -> CouponRefused:
    return CouponRefused("other_plan", f"This coupon is for other plans: {plans}.")


def one_runs() -> CouponRefused:
    return CouponRefused("one_runs", "Another coupon holds for your next bills. One is taken at a time.")
