"""Why a key was not made, or does not open."""

from smartseller.errors import RuleViolation


class TooManyKeys(RuleViolation):
    """So many programs nobody can look after."""

    code = "too_many_keys"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"There are up to {most} keys that work. Revoke one that nobody needs.")


class KeyNotMade(RuleViolation):
    """What was asked for is no key."""

    code = "key_not_made"


class ScopeNotYours(RuleViolation):
    """Nobody gives a key more than the own role may do."""

    code = "scope_not_yours"

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(f"You may not do this yourself, so no key of yours may: {scope}.")


class KeyIsOver(RuleViolation):
    """It was revoked, or its time is over."""

    code = "key_is_over"

    def __init__(self) -> None:
        super().__init__("This key does not work any more. Make a new one.")


class KeyRefused(RuleViolation):
    """The secret opens nothing here. `code` says why, to whoever has a secret that once did."""

    status = 401

    def __init__(self, code: str, message: str) -> None:
        self.code = code  # type: ignore[misc]
        super().__init__(message)
