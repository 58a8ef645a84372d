"""Why a custom field, or a value for one, is refused."""

from collections.abc import Mapping
from typing import ClassVar

from smartseller.errors import NotReady, RuleViolation


class ValueRefused(RuleViolation):
    """A value that its field does not take."""

    code = "custom_value_refused"
    status: ClassVar[int] = 422


class ValuesRefused(RuleViolation):
    """Values that their fields do not take: `problems` says why, by the field's key."""

    code = "custom_values_refused"
    status: ClassVar[int] = 422

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class TooManyFields(RuleViolation):
    """A field more than forms and lists have room for."""

    code = "too_many_custom_fields"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"There are {most} fields already. Delete one that you do not need.")


class IndexesBusy(NotReady):
    """Another process is making this shop's indexes."""

    code = "indexes_busy"

    def __init__(self) -> None:
        super().__init__("Another process is making indexes in this shop's database.")
