"""What a plan includes, asked by name: how much of each thing, and which features. The one place that knows how a
plan's row says it.

A shop carries the terms of its plan along (`TenantInfo.plan_terms`), so that asking costs no statement and goes on
while the platform's database is away. No model is imported here: the directory needs this before there are any.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Protocol, cast

from django.apps import apps
from django.db.models import TextField
from django.db.models.functions import Cast, JSONObject

from smartseller.errors import RuleViolation

# The specification writes -1, an operator may leave the field empty: both mean unlimited.
UNLIMITED = -1


class Limited(Enum):
    """What plans limit. The value is how people say it."""

    PRODUCTS = "products"
    ORDERS_PER_MONTH = "orders per month"
    CUSTOMERS = "customers"
    STAFF_USERS = "staff users"
    FILE_STORAGE_GB = "GB of file storage"
    API_CALLS_PER_HOUR = "API calls per hour"

    @property
    def is_refused_beyond(self) -> bool:
        """Whether more is refused. Sales never are: the overage is recorded and the merchant is told."""
        return self not in (Limited.ORDERS_PER_MONTH, Limited.CUSTOMERS)

    def many(self, number: int) -> str:
        """So many of it, in words: `1 product`, `1,000 products`."""
        return f"{number:,} {ONE.get(self, self.value) if number == 1 else self.value}"

    @property
    def column(self) -> str:
        """The column of a plan's row."""
        return f"max_{self.name.lower()}"


# How people say it of one; storage is the same.
ONE = {
    Limited.PRODUCTS: "product",
    Limited.ORDERS_PER_MONTH: "order per month",
    Limited.CUSTOMERS: "customer",
    Limited.STAFF_USERS: "staff user",
    Limited.API_CALLS_PER_HOUR: "API call per hour",
}


class Feature(Enum):
    """What a plan includes or not. The value is how people say it."""

    ANALYTICS = "analytics"
    ADVANCED_REPORTS = "advanced reports"
    API_ACCESS = "API access"
    CUSTOM_DOMAIN = "your own domain"
    WHITE_LABEL = "white label"

    @property
    def key(self) -> str:
        """What `features` of a plan's row calls it."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """As a heading."""
        return self.value[0].upper() + self.value[1:]

    @property
    def promise(self) -> str:
        """What merchants get, in a sentence."""
        return PROMISES[self]


PROMISES = {
    Feature.ANALYTICS: "Visitors and conversion, new and returning customers, best sellers, countries and hours, any "
    "days you choose, and the figures as files and over the API.",
    Feature.ADVANCED_REPORTS: "Who comes back, month by month, and what each discount cost and brought.",
    Feature.API_ACCESS: "Keys for programs of your own, and webhooks.",
    Feature.CUSTOM_DOMAIN: "Shoppers find your shop at your own address.",
    Feature.WHITE_LABEL: "No page of your shop says whose platform it runs on.",
}


class PlanRow(Protocol):
    """A plan's row, or anything with these columns of it."""

    display_name: str
    features: Any
    max_products: int | None
    max_orders_per_month: int | None
    max_customers: int | None
    max_staff_users: int | None
    max_file_storage_gb: int | None
    max_api_calls_per_hour: int | None


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What one plan includes. `plan` is what people call it; a limit of None is unlimited.

    Features are in the order of `Feature`: the digests of shared pages are made of how this is written.
    """

    plan: str
    limits: Mapping[Limited, int | None]
    features: tuple[Feature, ...]

    def of(self, what: Limited) -> int | None:
        """The most of `what` that the plan includes, None when it is unlimited."""
        return self.limits[what]

    def overage(self, what: Limited, used: int) -> int:
        """How many of `used` lie beyond the plan; 0 within it."""
        limit = self.limits[what]
        return 0 if limit is None else max(0, used - limit)

    def includes(self, feature: Feature) -> bool:
        """Whether the plan has the feature."""
        return feature in self.features


class PlanLimitReached(RuleViolation):
    """The merchant's plan includes no more of this."""

    code = "plan_limit_reached"

    def __init__(self, plan: str, what: Limited, limit: int) -> None:
        self.plan, self.what, self.limit = plan, what, limit
        super().__init__(f"The plan {plan} includes {what.many(limit)}. Upgrade it to add more.")


def check_room(terms: PlanTerms, what: Limited, *, used: int, adding: int = 1) -> int:
    """How many of `used + adding` lie beyond the plan; 0 unless `what` is never refused.

    Errors: PlanLimitReached when the plan refuses more of `what`.
    """
    overage = terms.overage(what, used + adding)
    limit = terms.of(what)
    if overage and limit is not None and what.is_refused_beyond:
        raise PlanLimitReached(terms.plan, what, limit)
    return overage


def terms_of(plan: PlanRow) -> PlanTerms:
    """The terms that a plan's row says. An API that may not be called is none."""
    limits = {what: _read(getattr(plan, what.column)) for what in Limited}
    said = plan.features if isinstance(plan.features, Mapping) else {}
    without = {Feature.API_ACCESS} if limits[Limited.API_CALLS_PER_HOUR] == 0 else set()
    features = (feature for feature in Feature if said.get(feature.key) is True and feature not in without)
    return PlanTerms(plan.display_name, limits, tuple(features))


def terms_called(plan: str) -> PlanTerms:
    """The terms of the plan with this name; one statement. Who knows the shop asks its `plan_terms` instead."""
    written = apps.get_model("platform_core", "TenantPlan").objects.filter(name=plan).values_list(WRITTEN, flat=True)
    return read_terms(plan, written.first())


# The terms of a plan as one text, to be selected from its row: what `read_terms` reads.
WRITTEN = Cast(
    JSONObject(**{column: column for column in ("display_name", "features", *(what.column for what in Limited))}),
    TextField(),
)


@lru_cache(maxsize=256)
def read_terms(plan: str, written: str | None) -> PlanTerms:
    """The terms of the plan called `plan`, from JSON with the columns of its row: one object for all shops of the plan.

    Of a plan that there is no row of: no features, and no limits, since no merchant can do anything about it.
    """
    if written is None:
        return PlanTerms(plan, dict.fromkeys(Limited), ())
    return terms_of(cast("PlanRow", SimpleNamespace(**json.loads(written))))


def _read(column: int | None) -> int | None:
    return None if column is None or column == UNLIMITED else column
