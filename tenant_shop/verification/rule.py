"""What a rule of the books is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`broken` selects (kind of row, its id, its name, what it says, what it should say), the last two as text."""

    name: str
    promise: str
    broken: str
