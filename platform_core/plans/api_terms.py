"""Whether a plan includes the API, and how often it may be called: asked with every call, so kept at hand."""

import time
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from platform_core.plans.limits import Limited, limits_of
from platform_core.plans.models import TenantPlan

# Seconds that a plan is believed to include what it did. Another plan for a shop holds at once.
BELIEVED_FOR = 60.0


@dataclass(frozen=True, slots=True)
class ApiTerms:
    """What a plan says of the API. `plan` is what people call it; `calls_per_hour` is None without a limit."""

    plan: str
    is_included: bool
    calls_per_hour: int | None


_known: dict[str, tuple[float, ApiTerms]] = {}


def api_terms(plan: str) -> ApiTerms:
    """The terms of the plan with this name. At most one statement a minute; what was known last goes on holding while
    the platform's database cannot be asked.
    """
    now = time.monotonic()
    found = _known.get(plan)
    if found is not None and now - found[0] <= BELIEVED_FOR:
        return found[1]
    try:
        terms = _read(plan)
    except (DatabaseError, InterfaceError):
        if found is None:
            raise
        terms = found[1]
    _known[plan] = now, terms
    return terms


def forget_terms() -> None:
    """Ask anew."""
    _known.clear()


def _read(name: str) -> ApiTerms:
    plan = TenantPlan.objects.get(name=name)
    calls = limits_of(plan, name=plan.display_name).of(Limited.API_CALLS_PER_HOUR)
    return ApiTerms(plan.display_name, plan.features.get("api_access") is True and calls != 0, calls)
