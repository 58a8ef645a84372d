"""How much of a database server a shop of each plan may take: the one place that knows the numbers.

A plan's row may say otherwise, value by value, in `features`: {"database": {"connections": 60}}.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from platform_core.plans.models import TenantPlan

# What `features` of a plan's row calls them.
KEY = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment:
    """What PostgreSQL lets one shop's database take.

    `statement_seconds` is how long a statement of a request or a job may run; `connections` how many there may be at
    once, the fleet's own (backup, migration) among them; `work_mem_kb` the memory of one sort or hash, in KiB.
    """

    statement_seconds: int
    connections: int
    work_mem_kb: int


DEFAULT = Allotment(statement_seconds=60, connections=30, work_mem_kb=4096)
OF_PLANS = {
    "basic": DEFAULT,
    "premium": replace(DEFAULT, connections=60, work_mem_kb=8192),
    "enterprise": Allotment(statement_seconds=120, connections=120, work_mem_kb=16384),
}
# Nobody locks a shop out, or a server up, by a slip in a plan's row.
BOUNDS = {"statement_seconds": (1, 3600), "connections": (8, 1000), "work_mem_kb": (64, 1024 * 1024)}


def allotment_of(plan: str, features: Mapping[str, Any] | None = None) -> Allotment:
    """The allotment of the plan `plan`; `features` are its row's. A value that is no whole number within its bounds is
    passed over, and so is an unknown name."""
    standard = OF_PLANS.get(plan, DEFAULT)
    said = (features or {}).get(KEY)
    if not isinstance(said, Mapping):
        return standard
    return replace(standard, **{name: said[name] for name in asdict(standard) if _holds(name, said.get(name))})


def allotments() -> dict[str, Allotment]:
    """Every plan's allotment, by the plan's name; one statement."""
    return {name: allotment_of(name, features) for name, features in TenantPlan.objects.values_list("name", "features")}


def _holds(name: str, value: object) -> bool:
    least, most = BOUNDS[name]
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
