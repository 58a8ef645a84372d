"""How much of each thing a plan allows: the one place that knows how the columns say "unlimited"."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

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


class HasLimits(Protocol):
    """A plan's row, or anything with its limit columns."""

    max_products: int | None
    max_orders_per_month: int | None
    max_customers: int | None
    max_staff_users: int | None
    max_file_storage_gb: int | None
    max_api_calls_per_hour: int | None


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """The limits of one plan; None is unlimited."""

    plan: str
    limits: dict[Limited, int | None]

    def of(self, what: Limited) -> int | None:
        """The most of `what` that the plan includes, None when it is unlimited."""
        return self.limits[what]

    def overage(self, what: Limited, used: int) -> int:
        """How many of `used` lie beyond the plan; 0 within it."""
        limit = self.limits[what]
        return 0 if limit is None else max(0, used - limit)


class PlanLimitReached(RuleViolation):
    """The merchant's plan includes no more of this."""

    code = "plan_limit_reached"

    def __init__(self, plan: str, what: Limited, limit: int) -> None:
        self.plan, self.what, self.limit = plan, what, limit
        super().__init__(f"The plan {plan} includes {limit} {what.value}. Upgrade it to add more.")


def limits_of(plan: HasLimits, *, name: str) -> PlanLimits:
    """The limits written in the columns of `plan`."""
    return PlanLimits(
        name,
        {
            Limited.PRODUCTS: _read(plan.max_products),
            Limited.ORDERS_PER_MONTH: _read(plan.max_orders_per_month),
            Limited.CUSTOMERS: _read(plan.max_customers),
            Limited.STAFF_USERS: _read(plan.max_staff_users),
            Limited.FILE_STORAGE_GB: _read(plan.max_file_storage_gb),
            Limited.API_CALLS_PER_HOUR: _read(plan.max_api_calls_per_hour),
        },
    )


def check_room(limits: PlanLimits, what: Limited, *, used: int, adding: int = 1) -> int:
    """How many of `used + adding` lie beyond the plan; 0 unless `what` is never refused.

    Errors: PlanLimitReached when the plan refuses more of `what`.
    """
    overage = limits.overage(what, used + adding)
    limit = limits.of(what)
    if overage and limit is not None and what.is_refused_beyond:
        raise PlanLimitReached(limits.plan, what, limit)
    return overage


def _read(column: int | None) -> int | None:
    return None if column is None or column == UNLIMITED else column
