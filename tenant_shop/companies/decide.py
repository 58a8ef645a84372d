"""The shop decides whether a company may buy as one."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.find import lock_company
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.post import write_to


def approve_company(company_id: UUID) -> Company:
    """From now on its members' orders are the company's. Safe twice. After commit: its admins are written to.

    Errors: CompanyNotFound.
    """
    return _decide(company_id, Company.Status.APPROVED, Kind.COMPANY_APPROVED)


def block_company(company_id: UUID, *, reason: str = "") -> Company:
    """Turn a company that waits down, or stop one that bought: its members order as private persons. Safe twice.

    After commit: its admins are written to, with `reason`. Errors: CompanyNotFound.
    """
    return _decide(company_id, Company.Status.BLOCKED, Kind.COMPANY_BLOCKED, reason=reason)


def _decide(company_id: UUID, status: Company.Status, kind: Kind, *, reason: str = "") -> Company:
    with shop_transaction():
        company = lock_company(company_id)
        if company.status == status:
            return company
        company.status = status
        company.save(update_fields=["status"])
        admins = CompanyMember.objects.filter(company=company, role=CompanyMember.Role.ADMIN, is_active=True)
        for member in admins.select_related("customer"):
            write_to(
                member.customer.email,
                kind,
                customer=member.customer,
                facts={"company": company.name, "reason": reason},
            )
    return company
