"""What an import of orders did, in numbers that add up."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenant_shop.imports.drafts import Outcome

OUTCOMES = (Outcome.IMPORTED, Outcome.SKIPPED, Outcome.REJECTED)


@dataclass(slots=True)
class HistoryReport:
    """Every row that was read has one outcome, so the three add up to `rows_read`.

    `orders` and `credit_notes` count those that were made; `skipped` says how many rows were skipped for which reason.
    `rejects_file` is None when no row was rejected. `notes` are sentences for people.
    """

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    credit_notes: int = 0
    products: int = 0
    customers: int = 0
    rejects_file: Path | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        return self.outcomes.total()

    def as_json(self) -> dict[str, Any]:
        """The report for machines; the keys are a promise to them."""
        return {
            "rows_read": self.rows_read,
            **{outcome.value: self.outcomes[outcome] for outcome in OUTCOMES},
            "orders": self.orders,
            "credit_notes": self.credit_notes,
            "products": self.products,
            "customers": self.customers,
            "skipped_because": dict(self.skipped),
            "rejects_file": None if self.rejects_file is None else str(self.rejects_file),
        }
