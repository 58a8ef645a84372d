"""The lines of an invoice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from platform_core.billing.periods import Period
from platform_core.plans.models import TenantPlan
from smartseller.money import quantize


class LineKind(StrEnum):
    PLAN = "plan"
    SETUP = "setup"
    UNUSED = "unused"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`amount` is before tax, rounded, negative for what is given back. `first` and `last` are days in UTC."""

    kind: LineKind
    plan: str
    description: str
    first: date
    last: date
    amount: Decimal

    def as_json(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "plan": self.plan,
            "description": self.description,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "amount": f"{self.amount:f}",
        }


def line_of(kind: LineKind, plan: TenantPlan, period: Period, amount: Decimal, currency: str) -> Line:
    """What is asked, or given back, for a plan's use in a period."""
    words = {
        LineKind.PLAN: plan.display_name,
        LineKind.SETUP: f"{plan.display_name}, setting up",
        LineKind.UNUSED: f"{plan.display_name}, not used",
    }
    return Line(
        kind=kind,
        plan=plan.name,
        description=words[kind],
        first=period.first,
        last=period.last,
        amount=quantize(amount, currency),
    )
