"""Why a customer is refused."""

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation
from smartseller.formats import number
from smartseller.lockout import ATTEMPTS, LOCKED_FOR


class LogInRefused(RuleViolation):
    """The address or the password is wrong, or the account is locked, closed or not confirmed: which is not said."""

    code = "log_in_refused"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        minutes = LOCKED_FOR // timedelta(minutes=1)
        super().__init__(
            _(
                "This e-mail address and password do not match. After %(attempts)s wrong attempts, wait %(minutes)s "
                "minutes or choose a new password."
            )
            % {"attempts": number(ATTEMPTS), "minutes": number(minutes)}
        )


class WrongPassword(RuleViolation):
    """A customer who is logged in gave another password than theirs."""

    code = "wrong_password"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(_("This is not your password."))


class WeakPassword(RuleViolation):
    """The new password is too short, too common or too much like the address. `problems` has a sentence for each."""

    code = "weak_password"
    status: ClassVar[int] = 422

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class LinkSpent(RuleViolation):
    """The link is forged, too old, another shop's, or was used."""

    code = "link_spent"
    status: ClassVar[int] = 410

    def __init__(self) -> None:
        super().__init__(_("This link has expired or was used already. Please ask for a new one."))


class AddressTaken(RuleViolation):
    """Another account has this e-mail address. Told only to who has proven to read its mail."""

    code = "address_taken"

    def __init__(self) -> None:
        super().__init__(_("There is already an account with this e-mail address. Please log in."))


class AddressNotFound(RuleViolation):
    """The customer has no such address in the book."""

    code = "address_not_found"
    status: ClassVar[int] = 404

    def __init__(self, address_id: UUID) -> None:
        self.address_id = address_id
        super().__init__(_("There is no such address."))


class AddressBookFull(RuleViolation):
    """There are as many addresses as one customer may keep."""

    code = "address_book_full"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            _("You can keep up to %(limit)s addresses. Please remove one first.") % {"limit": number(limit)}
        )


class OtherMailbox(RuleViolation):
    """The e-mail address that was written down is not the customer's."""

    code = "other_mailbox"

    def __init__(self) -> None:
        super().__init__("That is not this customer's e-mail address. Nothing was erased.")


class OrdersUnderWay(RuleViolation):
    """The customer has orders that are still to be paid, packed or carried."""

    code = "orders_under_way"

    def __init__(self) -> None:
        super().__init__(_("You have orders under way. Cancel them, or wait until they have arrived."))
