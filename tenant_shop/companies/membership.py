"""For whom a customer buys."""

from uuid import UUID

from django.db.models import QuerySet

from tenant_shop.companies.errors import MemberNotFound
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.customers.models import Customer


def membership_of(customer_id: UUID | None, settings: ShopSettings) -> CompanyMember | None:
    """The customer's membership with its company, whatever the state of either; None without one. One statement, none
    for a guest or in a shop without company accounts.
    """
    if customer_id is None or not settings.company_accounts:
        return None
    return CompanyMember.objects.select_related("company__group").filter(customer=customer_id).first()


def buys_for(member: CompanyMember | None) -> Company | None:
    """The company that a member's orders are for: an approved one, while the member is active. Pure."""
    return member.company if member is not None and member.is_active and member.company.is_approved else None


def buying_member(customer_id: UUID | None, settings: ShopSettings) -> CompanyMember | None:
    """As `membership_of`, only for who may buy for the company now."""
    member = membership_of(customer_id, settings)
    return member if buys_for(member) is not None else None


def lock_buying_member(customer_id: UUID | None, settings: ShopSettings) -> CompanyMember | None:
    """As `buying_member`, the company locked until the transaction ends. One statement."""
    if customer_id is None or not settings.company_accounts:
        return None
    members = CompanyMember.objects.select_related("company__group")
    members = members.select_for_update(no_key=True, of=("company",))
    member = members.filter(customer=customer_id).first()
    return member if buys_for(member) is not None else None


def members_of(company_id: UUID) -> QuerySet[CompanyMember]:
    """The company's members with their customers, the first one first."""
    return CompanyMember.objects.select_related("customer", "company").filter(company=company_id)


def approvers_of(company_id: UUID, *, but: UUID) -> list[CompanyMember]:
    """Who can decide on a request of the customer `but`. One statement."""
    may = [CompanyMember.Role.APPROVER, CompanyMember.Role.ADMIN]
    found = members_of(company_id).filter(is_active=True, role__in=may, customer__status=Customer.Status.ACTIVE)
    return list(found.exclude(customer=but))


def member_by_id(company_id: UUID, member_id: UUID) -> CompanyMember:
    """The company's member. One statement. Errors: MemberNotFound, also for another company's."""
    member = members_of(company_id).filter(pk=member_id).first()
    if member is None:
        raise MemberNotFound(member_id)
    return member


def other_admins(member: CompanyMember) -> QuerySet[CompanyMember]:
    """Who else can run the member's company."""
    admins = CompanyMember.objects.filter(
        company=member.company_id,
        role=CompanyMember.Role.ADMIN,
        is_active=True,
        customer__status=Customer.Status.ACTIVE,
    )
    return admins.exclude(pk=member.pk)
