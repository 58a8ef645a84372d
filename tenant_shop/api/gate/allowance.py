"""Whether the merchant's plan has the API, and has a call left."""

from collections.abc import Iterator

from rest_framework.request import Request

from platform_core.plans.limits import Feature, Limited
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.call_limit import Bucket, bucket_of_programs, take_call
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hooks import platform_hooks
from platform_core.tenancy.spend_call import headers_unless_refused
from smartseller.client_address import address_of
from tenant_shop.api.gate.in_plan import check_feature
from tenant_shop.integrations.keys.models import ApiKey

# Calls an hour that one address may make with publishable keys: whoever reads one off a page uses up a visitor's share.
OF_A_VISITOR = 1_000


def allow(request: Request, key: ApiKey) -> dict[str, str]:
    """Take a call from what the plan includes; the headers that say what is left, none where it has no limit.

    Errors: Refusal 403 (api_not_in_plan) and 429 (rate_limited).
    """
    check_feature(Feature.API_ACCESS)
    calls = current_tenant().plan_terms.of(Limited.API_CALLS_PER_HOUR)
    if calls is None:
        return {}
    allowance = take_call(list(_buckets(request, key, calls)))
    if not key.is_publishable and platform_hooks.calls_noted is not None:
        platform_hooks.calls_noted(allowance.limit - allowance.left, allowance.limit)
    return headers_unless_refused(allowance)


def _buckets(request: Request, key: ApiKey, calls: int) -> Iterator[Bucket]:
    """All secret keys share one. Shoppers' pages cannot use it up: publishable keys have another of the same size, and
    of that each visitor a share.
    """
    if not key.is_publishable:
        yield bucket_of_programs(calls)
        return
    yield Bucket(fenced_key("api-calls-of-pages", "", 1), calls)
    yield Bucket(fenced_key(f"api-calls-of:{address_of(request._request)}", "", 1), min(calls, OF_A_VISITOR))
