"""Why two accounts are not merged."""

from smartseller.errors import RuleViolation


class SameCustomer(RuleViolation):
    """An account cannot be merged with itself."""

    code = "same_customer"

    def __init__(self) -> None:
        super().__init__("This is the same account. Choose another one to merge with it.")


class CustomerGone(RuleViolation):
    """One of the two is erased, or was merged into another account already."""

    code = "customer_gone"

    def __init__(self) -> None:
        super().__init__("One of the two accounts is erased, or was merged already. Nothing was changed.")


class CustomerNotActive(RuleViolation):
    """The account that stays is closed, or the other one is suspended: a merge must not let somebody in again."""

    code = "customer_not_active"

    def __init__(self, status: str) -> None:
        self.standing = status
        super().__init__(
            f"One of the two accounts is {status}. The one that stays has to be active, and the other one not"
            " suspended."
        )


class MergeChanged(RuleViolation):
    """What would be merged is not any more what was looked at."""

    code = "merge_changed"

    def __init__(self) -> None:
        super().__init__("Something has changed since you looked. Look again, and merge what you see now.")
