"""Why events cannot be read on from a place."""

from typing import ClassVar
from uuid import UUID

from smartseller.errors import RuleViolation


class EventForgotten(RuleViolation):
    """An event that there never was, or that is so old that it was forgotten: begin anew."""

    code = "event_forgotten"
    status: ClassVar[int] = 410

    def __init__(self, event_id: UUID) -> None:
        self.event_id = event_id
        super().__init__("This event is not kept any more. Read the lists anew, then go on with the newest event.")
