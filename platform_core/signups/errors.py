"""Why a shop that was asked for is not opened."""

from typing import ClassVar

from smartseller.errors import RuleViolation


class SignUpOver(RuleViolation):
    """The link is forged, spent or too old: which of them is not said."""

    code = "sign_up_over"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__("This link does not work any more. It opens one shop, within a day: ask for a new one.")


class OtherAccount(RuleViolation):
    """Somebody else is logged in than the link was sent to."""

    code = "other_account"
    status: ClassVar[int] = 403

    def __init__(self, email: str) -> None:
        super().__init__(f"This link was sent to {email}. Log in with that account to open the shop.")
