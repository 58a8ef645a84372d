"""Inviting people to buy for a company: a link that only the mailbox's owner can use, once."""

from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.errors import CompanyNotApproved, NotForThisRole, TooManyInvitations
from tenant_shop.companies.models import CompanyMember
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.post import write_to
from tenant_shop.customers.tokens import CustomerToken, issue

JOIN = CustomerToken.Purpose.JOIN_COMPANY
MOST_OPEN = 50


def invite(
    admin: CompanyMember,
    email: str,
    *,
    role: CompanyMember.Role,
    order_limit: Decimal | None = None,
    language: str = "",
) -> None:
    """Write to `email`: a link that makes its reader a member. A former one is worth nothing then.

    What is done here is the same whether the mailbox has an account, belongs to another company, or neither: only the
    mail's reader learns more. Only a company that the shop has approved sends mails from it.
    Errors: NotForThisRole; CompanyNotApproved; TooManyInvitations.
    """
    if not (admin.is_admin and admin.is_active):
        raise NotForThisRole
    if not admin.company.is_approved:
        raise CompanyNotApproved
    email = normal_email(email)
    with shop_transaction():
        open_ones = CustomerToken.objects.filter(purpose=JOIN, payload__company_id=str(admin.company_id))
        open_ones.filter(email=email).delete()
        if open_ones.count() >= MOST_OPEN:
            raise TooManyInvitations(MOST_OPEN)
        token = issue(
            JOIN,
            email=email,
            payload={
                "company_id": str(admin.company_id),
                "invited_by": str(admin.pk),
                "role": role.value,
                "order_limit": None if order_limit is None else str(order_limit),
            },
        )
        write_to(email, Kind.COMPANY_INVITES, token=token, language=language, facts={"company": admin.company.name})


def invitations_of(company_id: UUID) -> QuerySet[CustomerToken]:
    """Those that nobody has followed yet, the latest first. One statement."""
    return CustomerToken.objects.filter(purpose=JOIN, payload__company_id=str(company_id)).order_by("-created_at")


def withdraw_invitation(admin: CompanyMember, invitation_id: UUID) -> None:
    """The link is worth nothing any more. Safe twice; another company's is left alone. Errors: NotForThisRole."""
    if not (admin.is_admin and admin.is_active):
        raise NotForThisRole
    CustomerToken.objects.filter(pk=invitation_id, purpose=JOIN, payload__company_id=str(admin.company_id)).delete()
