"""What is done with a row. The API says it, as it says what such a call alone does; rooms import no doors, so it fills
this in (`apps.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from platform_core.audit.origin import Origin


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a job: `actor` for ledgers and histories, `origin` for the audit log."""

    actor: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a row: the status of an answer, what was made or changed, or why not."""

    status: int
    subject_id: UUID | None = None
    error: Mapping[str, Any] | None = None


# Makes or changes what the row says, in the transaction that is open; what is refused has changed nothing.
# Errors: whatever is a fault of the program or comes from outside, such as a database that is lost.
Run = Callable[[Mapping[str, Any], Sender], Result]

# Gives, when it is first asked, what is done with a row of each kind.
load: Callable[[], Mapping[str, Run]] = dict
