"""Whether the merchant's plan has the API, and has a call left."""

from collections.abc import Iterator

from django.urls import reverse
from rest_framework.request import Request

from platform_core.plans.api_terms import api_terms
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.call_limit import Bucket, bucket_of_programs
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from platform_core.tenancy.spend_call import spend_call
from smartseller.api.refusals import Refusal
from smartseller.client_address import address_of
from tenant_shop.integrations.keys.models import ApiKey

# Calls an hour that one address may make with publishable keys: whoever reads one off a page uses up a visitor's share.
OF_A_VISITOR = 1_000


def allow(request: Request, key: ApiKey) -> dict[str, str]:
    """Take a call from what the plan includes; the headers that say what is left, none where it has no limit.

    Errors: Refusal 403 (api_not_in_plan) and 429 (rate_limited).
    """
    shop = current_tenant()
    terms = api_terms(shop.plan)
    if not terms.is_included:
        raise Refusal(
            403,
            "api_not_in_plan",
            f"The plan {terms.plan} does not include the API.",
            facts={"plan": terms.plan, "upgrade_url": shop_url(shop.slug, reverse("admin:plan"))},
        )
    return {} if terms.calls_per_hour is None else spend_call(list(_buckets(request, key, terms.calls_per_hour)))


def _buckets(request: Request, key: ApiKey, calls: int) -> Iterator[Bucket]:
    """All secret keys share one. Shoppers' pages cannot use it up: publishable keys have another of the same size, and
    of that each visitor a share.
    """
    if not key.is_publishable:
        yield bucket_of_programs(calls)
        return
    yield Bucket(fenced_key("api-calls-of-pages", "", 1), calls)
    yield Bucket(fenced_key(f"api-calls-of:{address_of(request._request)}", "", 1), min(calls, OF_A_VISITOR))
