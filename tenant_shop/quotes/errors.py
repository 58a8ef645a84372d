"""Why a quote cannot be asked for, answered or accepted."""

from typing import ClassVar

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class QuotesNotOffered(RuleViolation):
    """The shop takes no requests, or none from guests."""

    code = "quotes_not_offered"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(_("This shop does not take requests for quotes from you. Please write to it."))


class QuoteNotFound(RuleViolation):
    """There is no such quote, or it is somebody else's."""

    code = "quote_not_found"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such quote."))


class QuoteNotOpen(RuleViolation):
    """The offer was accepted, declined or taken back, or its time is over."""

    code = "quote_not_open"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(_("The offer %(number)s does not hold any more. You can ask again.") % {"number": number})


class QuoteChanged(RuleViolation):
    """The merchant has changed the offer since it was seen."""

    code = "quote_changed"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(
            _("The offer %(number)s was changed meanwhile. Nothing has been ordered. Please look at it again.")
            % {"number": number}
        )


class QuoteWaits(RuleViolation):
    """Somebody in the customer's company is to decide on the offer first."""

    code = "quote_waits"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(
            _("Your company decides on the offer %(number)s. Withdraw the request for approval first.")
            % {"number": number}
        )


class QuoteNotMovable(RuleViolation):
    """A request does not go from its state to that one."""

    code = "quote_not_movable"

    def __init__(self, number: str, before: str, after: str) -> None:
        self.number, self.before, self.after = number, before, after
        super().__init__(_("This is not possible any more with the quote %(number)s.") % {"number": number})


class InvalidAnswer(RuleViolation):
    """An answer without a price for each line, or whose time is over already. For the shop's people: in English."""

    code = "invalid_answer"
    status: ClassVar[int] = 422
