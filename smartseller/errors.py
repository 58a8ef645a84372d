"""The family of errors that people may read."""

from typing import ClassVar


class SmartSellerError(Exception):
    """An error with a stable code and a sentence for people.

    Subclasses set `code` and name the facts as attributes. `retry_after` is in how many seconds it may go well, where
    waiting helps. Doors translate, once: pages and the API
    show `str(error)` under `status`, commands print it and leave with exit code 1.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    retry_after: int | None = None


class RuleViolation(SmartSellerError):
    """The request was understood and refused by a rule of the business; nothing was changed."""

    code = "rule_violation"
    status = 409


class NotReady(SmartSellerError):
    """A part of the system cannot answer now; trying again later may help."""

    code = "not_ready"
    status = 503
    retry_after = 5
