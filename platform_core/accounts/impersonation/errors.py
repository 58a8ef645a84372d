"""Why an operator is not let into somebody's place."""

from smartseller.errors import RuleViolation


class NotAllowedIn(RuleViolation):
    """The merchant has forbidden it, the person does not work there, or the operator's role does not reach so far."""

    code = "not_allowed_in"
    status = 403


class NotForGuests(RuleViolation):
    """What only the shop's own people do."""

    code = "not_for_guests"
    status = 403

    def __init__(self) -> None:
        super().__init__("This is for the shop's own people: it cannot be done while logged in in somebody's place.")
