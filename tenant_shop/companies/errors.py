"""Why something is refused to a company, or to its people."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation
from smartseller.formats import amount, number

if TYPE_CHECKING:
    from tenant_shop.companies.models import PurchaseRequest


class InvalidTaxId(RuleViolation):
    """It cannot be a tax id of its country."""

    code = "invalid_tax_id"
    status: ClassVar[int] = 422

    def __init__(self, tax_id: str) -> None:
        self.tax_id = tax_id
        super().__init__(_("This cannot be a tax id of this country. Please check it."))


class InvalidCompany(RuleViolation):
    """What was said of a company cannot be kept. `problems` has a sentence for each bad field."""

    code = "invalid_company"
    status: ClassVar[int] = 422

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class CompanyNotFound(RuleViolation):
    """There is no such company, or it is not this customer's."""

    code = "company_not_found"
    status: ClassVar[int] = 404

    def __init__(self, company_id: UUID | None) -> None:
        self.company_id = company_id
        super().__init__(_("There is no such company."))


class MemberNotFound(RuleViolation):
    """The company has no such member."""

    code = "member_not_found"
    status: ClassVar[int] = 404

    def __init__(self, member_id: UUID) -> None:
        self.member_id = member_id
        super().__init__(_("There is no such member."))


class NotForThisRole(RuleViolation):
    """The member's role does not allow it."""

    code = "not_for_this_role"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(_("Your role in the company does not allow this."))


class AlreadyMember(RuleViolation):
    """The customer belongs to a company. Told only to the customer."""

    code = "already_member"

    def __init__(self) -> None:
        super().__init__(_("You belong to a company already. Leave it first."))


class WrongMailbox(RuleViolation):
    """The invitation was sent to another address than the account has."""

    code = "wrong_mailbox"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(_("This invitation was sent to another e-mail address than that of your account."))


class LastAdmin(RuleViolation):
    """A company keeps an admin who is active."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__(_("A company needs an admin. Please make somebody else one first."))


class CompanyNotApproved(RuleViolation):
    """The shop has not approved the company, or does not any more."""

    code = "company_not_approved"

    def __init__(self) -> None:
        super().__init__(_("You can invite others as soon as the shop has approved your company."))


class TooManyInvitations(RuleViolation):
    """As many invitations are open as one company may have."""

    code = "too_many_invitations"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            _("Up to %(limit)s invitations can be open at once. Please withdraw one first.") % {"limit": number(limit)}
        )


class PurchaseNumberMissing(RuleViolation):
    """The company wants a purchase-order number on every order."""

    code = "purchase_number_missing"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(_("Your company needs a purchase-order number for every order."))


class PurchaseNumberInvalid(RuleViolation):
    """The purchase-order number is too long, or has characters that cannot be printed."""

    code = "purchase_number_invalid"
    status: ClassVar[int] = 422

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            _("Please keep the purchase-order number under %(limit)s characters.") % {"limit": number(limit)}
        )


class CreditExceeded(RuleViolation):
    """The order would make more of the company's invoices open than its limit. Amounts in `currency`."""

    code = "credit_exceeded"

    def __init__(self, *, free: Decimal, total: Decimal, currency: str) -> None:
        self.free, self.total, self.currency = free, total, currency
        super().__init__(
            _("Of your company's credit %(free)s are free, and this order costs %(total)s. Please pay another way.")
            % {"free": amount(free, currency), "total": amount(total, currency)}
        )


class ApprovalNeeded(RuleViolation):
    """By the company's rules somebody else has to approve the order."""

    code = "approval_needed"

    def __init__(self, total: Decimal, currency: str) -> None:
        self.total, self.currency = total, currency
        super().__init__(_("Somebody in your company has to approve this order. Please send it for approval."))


class ApprovalNotNeeded(RuleViolation):
    """The member may order this without asking anybody."""

    code = "approval_not_needed"

    def __init__(self) -> None:
        super().__init__(_("You can place this order yourself; nobody has to approve it."))


class NobodyApproves(RuleViolation):
    """The company has nobody else who could approve."""

    code = "nobody_approves"

    def __init__(self) -> None:
        super().__init__(_("Nobody else in your company can approve orders. Please ask its admin to change that."))


class NotOrderable(RuleViolation):
    """The cart could not be ordered as it is. `problems` are sentences."""

    code = "not_orderable"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class RequestNotFound(RuleViolation):
    """There is no such purchase request, or it is not for this member to see."""

    code = "request_not_found"
    status: ClassVar[int] = 404

    def __init__(self, request_id: UUID) -> None:
        self.request_id = request_id
        super().__init__(_("There is no such purchase request."))


class AskedAlready(RuleViolation):
    """The same page was sent for approval before, with other answers: `asked` waits with the first ones."""

    code = "asked_already"

    def __init__(self, asked: "PurchaseRequest") -> None:
        self.asked = asked
        super().__init__(
            _("This was sent for approval already; what you changed since is not in it. Take it back to change it.")
        )


class RequestDecided(RuleViolation):
    """Somebody was faster: it was approved, rejected or withdrawn, or its time is over."""

    code = "request_decided"

    def __init__(self, request_id: UUID) -> None:
        self.request_id = request_id
        super().__init__(_("This purchase request has been decided already."))


class OwnRequest(RuleViolation):
    """Approvers do not decide on what they themselves want."""

    code = "own_request"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(_("Somebody else has to decide on your own request."))


class BuyerGone(RuleViolation):
    """Who asked does not buy for the company any more, or it may not buy."""

    code = "buyer_gone"

    def __init__(self) -> None:
        super().__init__(_("Whoever asked for this no longer buys for the company. You can only reject it."))
