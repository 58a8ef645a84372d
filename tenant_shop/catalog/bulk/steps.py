"""One instruction for the amounts of many rows: "+10 %", "-2.50", "19.90", "none"."""

import re
from dataclasses import dataclass
from decimal import Decimal

from smartseller.errors import RuleViolation
from smartseller.money import quantize

STEP = re.compile(r"(?P<sign>[+\-\u2212])?\s*(?P<number>\d{1,10}(?:[.,]\d{1,4})?)\s*(?P<percent>%)?")
NOTHING = "none"
LARGEST_PERCENT = 1000


class UnreadableStep(RuleViolation):
    """It is no instruction that can be understood."""

    code = "step_unreadable"
    status = 422

    def __init__(self, text: str) -> None:
        super().__init__(f"“{text[:40]}” cannot be understood. Write 19.90, +10%, -5%, +2.50, -1 or none.")


class BelowZero(RuleViolation):
    """The instruction would make an amount negative; nothing is changed."""

    code = "below_zero"
    status = 422

    def __init__(self, value: Decimal | int, text: str) -> None:
        super().__init__(f"{value} {text} is below zero.")


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of an amount. `sign` is empty for a new amount; `number` None takes the amount away."""

    text: str
    sign: str
    number: Decimal | None
    is_percent: bool

    def of(self, value: Decimal | None, *, currency: str) -> Decimal | None:
        """`value` afterwards, rounded half up to what the currency has; none stays none when it is changed by so much.

        Errors: BelowZero.
        """
        if self.number is None or not self.sign:
            return None if self.number is None else quantize(self.number, currency)
        if value is None:
            return None
        by = value * self.number / 100 if self.is_percent else self.number
        found = quantize(value + by if self.sign == "+" else value - by, currency)
        if found < 0:
            raise BelowZero(value, self.text)
        return found


def read_step(text: str) -> Step:
    """Errors: UnreadableStep."""
    text = " ".join(text.split())
    if text.lower() == NOTHING:
        return Step(text, "", None, is_percent=False)
    found = STEP.fullmatch(text)
    if found is None or (found["percent"] and not found["sign"]):
        raise UnreadableStep(text)
    number = Decimal(found["number"].replace(",", "."))
    if found["percent"] and number > LARGEST_PERCENT:
        raise UnreadableStep(text)
    sign = {"\u2212": "-", None: ""}.get(found["sign"], found["sign"] or "")
    return Step(text, sign, number, is_percent=bool(found["percent"]))
