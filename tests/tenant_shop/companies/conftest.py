"""A shop that sells to companies."""

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.companies.models import CompanyMember
from tests.accounts import account
from tests.companies import company_of, joined, membership
from tests.shopping import configure


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> TenantInfo:
    """`acme` in Germany, with company accounts."""
    configure(company_accounts=True, country="DE")
    return shop


@pytest.fixture
def admin() -> CompanyMember:
    """The admin of an approved company."""
    customer = account("admin@example.com")
    company_of(customer)
    return membership(customer)


@pytest.fixture
def buyer(admin: CompanyMember) -> CompanyMember:
    return membership(joined(admin.company, "buyer@example.com").customer)


@pytest.fixture
def approver(admin: CompanyMember) -> CompanyMember:
    return membership(joined(admin.company, "approver@example.com", "approver").customer)
