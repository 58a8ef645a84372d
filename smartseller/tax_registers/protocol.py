"""What a register of tax ids promises."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`name` is whose id it is, where the register tells; `reference` names the question, for the tax office."""

    is_valid: bool
    name: str = ""
    reference: str = ""


class TaxIdRegister(Protocol):
    """It is asked outside of transactions and of shoppers' requests: it may take its time."""

    name: str

    def covers(self, tax_id: str) -> bool:
        """Whether it knows of ids like this one, as they are kept."""

    def ask(self, tax_id: str) -> Answer:
        """Whether the id is real. Errors: RegisterUnavailable, for whatever is no clear answer."""
