"""Why a return is refused."""

from typing import ClassVar

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class NotReturnable(RuleViolation):
    """The order has not been sent, or the time for sending it back is over."""

    code = "not_returnable"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("Order %(number)s cannot be sent back now.") % {"number": number})


class NothingToReturn(RuleViolation):
    """No piece was chosen, or more than were bought and are not on their way back already."""

    code = "nothing_to_return"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(_("Please choose what you want to send back, at most as much as you have bought."))


class ReturnNotMovable(RuleViolation):
    """A return does not go from its state to that one."""

    code = "return_not_movable"

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after = before, after
        super().__init__(f"A return that is {before} cannot become {after}.")
