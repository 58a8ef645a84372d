"""Two accounts of one person, and the companies they buy for."""

from tenant_shop.companies.merge_members import OnlyAdmin
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.models import ShoppingCart
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account
from tests.companies import asked_by, company_of, joined, membership
from tests.shopping import configure
from tests.tenant_shop.customers.merging import ann, merge, refused, twin
from tests.tenant_shop.customers.test_data import zenobia

__all__ = ["ann", "twin", "zenobia"]


def test_a_membership_comes_along_with_what_waits(ann, twin):
    configure(company_accounts=True)
    company = company_of(account("boss@example.com"), approval_rule="all")
    joined(company, "", customer=twin)
    asked = asked_by(company, email=twin.email)
    merge(ann, twin)
    assert membership(ann).company == company
    asked.refresh_from_db()
    assert (asked.customer_id, asked.status) == (ann.pk, "pending")
    assert ShoppingCart.objects.get(pk=asked.cart_id).customer_id == ann.pk
    assert verify_shop() == []


def test_in_one_company_the_one_that_may_do_more_is_kept(ann, twin):
    company = company_of(twin)
    joined(company, "", customer=ann)
    merge(ann, twin)
    assert (CompanyMember.objects.get().role, membership(ann).company) == ("admin", company)


def test_in_two_companies_the_one_of_who_stays_holds_and_what_waits_elsewhere_is_withdrawn(ann, twin):
    configure(company_accounts=True)
    mine = company_of(ann, name="Mine")
    other = company_of(account("boss@example.com"), name="Theirs", approval_rule="all")
    joined(other, "", customer=twin)
    asked = asked_by(other, email=twin.email)
    merge(ann, twin)
    assert membership(ann).company == mine
    assert not CompanyMember.objects.filter(customer=twin).exists()
    asked.refresh_from_db()
    assert (asked.customer_id, asked.status) == (ann.pk, PurchaseRequest.Status.WITHDRAWN)
    assert not ShoppingCart.objects.filter(pk=asked.cart_id).exists()
    assert verify_shop() == []


def test_a_companys_only_admin_is_not_merged_into_another_company(ann, twin):
    company_of(ann, name="Mine")
    theirs = company_of(twin, name="Theirs")
    refused(OnlyAdmin, ann, twin)
    joined(theirs, "second@example.com", role="admin")
    merge(ann, twin)
    assert membership(ann).company.name == "Mine"
