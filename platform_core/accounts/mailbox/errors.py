"""Why a link in a mail is refused."""

from smartseller.errors import RuleViolation


class LinkOver(RuleViolation):
    """The link is forged, spent, too old, or was replaced: which of them is not said."""

    code = "link_over"
    status = 403

    def __init__(self) -> None:
        super().__init__("This link does not work any more. It works once and for a short time: ask for a new one.")


class EmailTaken(RuleViolation):
    """Another account has the address; told to nobody but who reads its mail."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("Another account has this e-mail address by now.")
