"""What an import did, in numbers that add up."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenant_shop.imports.drafts import Outcome


@dataclass(slots=True)
class ImportReport:
    """Every row that was read has one outcome, so the four add up to `rows_read`.

    `products` and `variants` count those of the file that the shop has now, whether they were new, changed or as they
    were. `rejects_file` is None when no row was rejected. `notes` are sentences for people.
    """

    dry_run: bool
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    products: int = 0
    variants: int = 0
    rejects_file: Path | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        return self.outcomes.total()

    def as_json(self) -> dict[str, Any]:
        """The report for machines; the keys are a promise to them."""
        return {
            "rows_read": self.rows_read,
            **{outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "products": self.products,
            "variants": self.variants,
            "rejects_file": None if self.rejects_file is None else str(self.rejects_file),
        }
