"""Slowing down those who try out codes of coupons."""

from contextlib import suppress

from django.http import HttpRequest

from smartseller.throttle import TooOften, count_visit, has_sent_too_many

# Wrong codes from one address in an hour, over all pages that take one, and the API.
MOST_WRONG = 20
WHAT = "coupon"


def may_guess(request: HttpRequest) -> bool:
    """Whether a code from here is still looked up. Counts nothing."""
    return not has_sent_too_many(request, WHAT, most=MOST_WRONG)


def note_wrong(request: HttpRequest) -> None:
    """A code was wrong."""
    with suppress(TooOften):
        count_visit(request, WHAT, most=MOST_WRONG)
