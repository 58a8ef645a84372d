"""A call of an API taken from what there is, or refused."""

from collections.abc import Sequence

from platform_core.tenancy.call_limit import Allowance, Bucket, take_call
from smartseller.api.refusals import Refusal


def spend_call(buckets: Sequence[Bucket]) -> dict[str, str]:
    """Take a call from each of the buckets; the headers that say what is left. Errors: Refusal 429 (rate_limited)."""
    return headers_unless_refused(take_call(buckets))


def headers_unless_refused(allowance: Allowance) -> dict[str, str]:
    """The headers that say what is left. Errors: Refusal 429 (rate_limited) when the call was not granted."""
    if not allowance.is_granted:
        raise Refusal(
            429,
            "rate_limited",
            f"There were {allowance.limit} calls within an hour. Try again in {allowance.retry_in} seconds.",
            facts={"retry_after": allowance.retry_in},
            headers={"Retry-After": str(allowance.retry_in), **headers_of(allowance)},
        )
    return headers_of(allowance)


def headers_of(allowance: Allowance) -> dict[str, str]:
    """What is left, as the IETF's draft has it (draft-ietf-httpapi-ratelimit-headers-07)."""
    return {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.left),
        "RateLimit-Reset": str(allowance.full_in),
        "RateLimit-Policy": f"{allowance.limit};w=3600",
    }
