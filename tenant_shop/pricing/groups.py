"""Which group of customers somebody belongs to. The one place that answers it."""

from uuid import UUID

from tenant_shop.companies.membership import buys_for
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.customers.models import Customer
from tenant_shop.pricing.models import CustomerGroup


def group_of(customer: Customer, company: Company | None = None) -> CustomerGroup | None:
    """The group whose prices the customer gets, who buys for `company` if for any; None for everybody's.

    A company's group goes before the customer's own. One statement for each of the two that was not read along, none
    where there is no group.
    """
    of_company = group_of_company(company)
    if of_company is not None:
        return of_company
    return customer.group if customer.group is not None and customer.group.is_active else None


def group_of_company(company: Company | None) -> CustomerGroup | None:
    """The company's group, which goes before that of whoever buys for it; None without a company or an active group."""
    group = company.group if company is not None else None
    return group if group is not None and group.is_active else None


def group_of_id(customer_id: UUID | None, settings: ShopSettings) -> CustomerGroup | None:
    """As `group_of`, of who is known by id only. One statement, none for a guest."""
    if customer_id is None:
        return None
    if not settings.company_accounts:
        customer = Customer.objects.select_related("group").only("group").filter(pk=customer_id).first()
        return group_of(customer) if customer else None
    customer = Customer.objects.select_related("group", "membership__company__group").filter(pk=customer_id).first()
    if customer is None:
        return None
    member: CompanyMember | None = getattr(customer, "membership", None)
    return group_of(customer, buys_for(member))
