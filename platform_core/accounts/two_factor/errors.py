"""Why a second factor is refused."""

from smartseller.errors import RuleViolation


class CodeRefused(RuleViolation):
    """The code is wrong, was used, is of another moment, or the account is locked: which of them is not said."""

    code = "code_refused"
    status = 403

    def __init__(self) -> None:
        super().__init__("This code is not right, or was used before. Wait for the next one and try again.")


class TwoFactorIsOn(RuleViolation):
    """There is a second factor; another telephone needs the first one removed."""

    code = "two_factor_is_on"

    def __init__(self) -> None:
        super().__init__("Two-factor log-in is on already.")


class TwoFactorRequired(RuleViolation):
    """The platform's own people cannot do without."""

    code = "two_factor_required"
    status = 403

    def __init__(self) -> None:
        super().__init__("The platform's own people cannot work without two-factor log-in.")
