"""Finding a company."""

from uuid import UUID

from tenant_shop.companies.errors import CompanyNotFound
from tenant_shop.companies.models import Company


def lock_company(company_id: UUID) -> Company:
    """The company, locked until the transaction ends. Errors: CompanyNotFound."""
    company = Company.objects.select_for_update(no_key=True).filter(pk=company_id).first()
    if company is None:
        raise CompanyNotFound(company_id)
    return company
