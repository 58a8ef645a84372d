"""Why a job is not taken."""

from typing import ClassVar

from smartseller.errors import RuleViolation


class TooManyRows(RuleViolation):
    """More rows than the plan takes at once."""

    code = "too_many_rows"
    status: ClassVar[int] = 422

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"Your plan takes {most} rows at once. Send them in parts.")


class TooManyJobs(RuleViolation):
    """The shop has as many jobs under way as it may have."""

    code = "too_many_jobs"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"{most} jobs are under way. Wait until one is done.")
