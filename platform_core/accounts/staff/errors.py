"""What may go wrong with a shop's people, one class per cause."""

from smartseller.errors import RuleViolation


class StaffNotYours(RuleViolation):
    """Who asks may not say who works in this shop, or not about this person or role."""

    code = "staff_not_yours"
    status = 403

    def __init__(self, role: str) -> None:
        self.role = role
        super().__init__(f"You may not give, change or take the role {role}: it may do more than you.")


class LastOwner(RuleViolation):
    """A shop would be left without somebody who may do everything, now or on a known day."""

    code = "last_owner"

    def __init__(self) -> None:
        super().__init__("The shop needs an owner whose access does not end. Make somebody else an owner first.")


class AlreadyStaff(RuleViolation):
    """The address belongs to somebody who works here."""

    code = "already_staff"

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} works here already. Change the role in the list instead.")


class AlreadyInvited(RuleViolation):
    """An invitation to the address is on its way."""

    code = "already_invited"

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} is invited already. Send the invitation again, or withdraw it.")


class InvitationOver(RuleViolation):
    """The link is forged, spent, too old, withdrawn, replaced, or of another shop: which, is not said."""

    code = "invitation_over"
    status = 403

    def __init__(self) -> None:
        super().__init__("This invitation cannot be accepted any more. Ask whoever invited you to send it again.")


class AccountClosed(RuleViolation):
    """The address belongs to an account that the platform has closed."""

    code = "account_closed"
    status = 403

    def __init__(self) -> None:
        super().__init__("The account with this e-mail address is closed. Please write to support.")


class UnknownException(RuleViolation):
    """An exception to a role names a permission that there is none of, or says neither yes nor no."""

    code = "unknown_exception"

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"There is no permission {permission}, or it is neither granted nor refused.")


class AccessInThePast(RuleViolation):
    """An access would end before it began."""

    code = "access_in_the_past"

    def __init__(self) -> None:
        super().__init__("Choose a day that is still to come, or remove the person.")
