"""Who belongs to a company, and who decides that."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core import mail

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.companies.change_member import change_member, leave_company
from tenant_shop.companies.decide import approve_company, block_company
from tenant_shop.companies.errors import (
    AlreadyMember,
    CompanyNotApproved,
    InvalidCompany,
    LastAdmin,
    MemberNotFound,
    NotForThisRole,
    TooManyInvitations,
    WrongMailbox,
)
from tenant_shop.companies.found import found_company
from tenant_shop.companies.invite import invitations_of, invite, withdraw_invitation
from tenant_shop.companies.join import join_company, join_with_new_account
from tenant_shop.companies.membership import buying_member
from tenant_shop.companies.models import Company, CompanyMember
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.errors import AddressTaken, LinkSpent, WeakPassword
from tenant_shop.customers.models import Customer
from tenant_shop.customers.register import Applicant, open_account, register
from tenant_shop.customers.tokens import CustomerToken
from tests.accounts import PASSWORD, account, link_in, mails
from tests.companies import DE_ID, company_of, joined, membership
from tests.shopping import at_once, configure, everything

GIVEN = {
    "name": " Example  Ltd ",
    "tax_id": "DE 136 695 976",
    "address_line_1": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "de",
}
Role = CompanyMember.Role


def token_in(message: Any) -> str:
    return link_in(message).rstrip("/").rpartition("/")[2]


def invited(admin: CompanyMember, email: str, role: Role = Role.BUYER) -> str:
    """The link in the mail that an invitation sends."""
    invite(admin, email, role=role)
    return token_in(mails()[-1])


def test_who_registers_a_company_is_its_admin_and_buys_privately_until_it_is_approved() -> None:
    ann = account()
    company = found_company(ann, GIVEN)
    assert (company.name, company.tax_id, company.tax_id_state) == ("Example Ltd", DE_ID, "format_ok")
    assert (company.country, company.city, company.status) == ("DE", "Berlin", "pending")
    assert membership(ann).role == "admin"
    assert buying_member(ann.pk, shop_settings()) is None
    approve_company(company.pk)
    (message,) = mails()
    assert (message.to, message.subject) == (["ann@example.com"], "My Store: Your company can order now")
    assert buying_member(ann.pk, shop_settings()) == membership(ann)
    approve_company(company.pk)  # safe twice
    assert mails() == []
    block_company(company.pk, reason="We only sell to cafés.")
    assert "We only sell to cafés." in mails()[0].body
    assert buying_member(ann.pk, shop_settings()) is None


def test_a_shop_without_company_accounts_knows_no_members(admin: CompanyMember) -> None:
    configure(company_accounts=False)
    assert buying_member(admin.customer_id, shop_settings()) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"tax_id": "DE1"}, "tax_id"),
        ({"country": "XX"}, "country"),
        ({"postal_code": ""}, "postal_code"),
        ({"address_line_1": ""}, "address_line_1"),
    ],
)
def test_a_company_that_cannot_be_kept_is_refused(changes: dict[str, str], field: str) -> None:
    ann = account()
    before = everything()
    with pytest.raises(InvalidCompany) as refusal:
        found_company(ann, GIVEN | changes)
    assert set(refusal.value.problems) == {field}
    assert everything() == before


def test_a_customer_has_one_company(shop: TenantInfo) -> None:
    ann = account()
    results = at_once(shop, [partial(found_company, ann, GIVEN) for _ in range(4)])
    assert sum(isinstance(result, Company) for result in results) == 1
    assert sum(isinstance(result, AlreadyMember) for result in results) == 3
    assert (Company.objects.count(), CompanyMember.objects.count()) == (1, 1)


def test_a_company_comes_along_with_the_registration() -> None:
    register(Applicant(email="Ann@example.com", password=PASSWORD, company=GIVEN))
    assert not Company.objects.exists()
    customer = open_account(token_in(mails()[-1]), PASSWORD)
    assert membership(customer).company.name == "Example Ltd"
    with pytest.raises(InvalidCompany):
        register(Applicant(email="bob@example.com", password=PASSWORD, company=GIVEN | {"name": ""}))


def test_an_invitation_lets_its_reader_in_once_with_the_role_it_names(admin: CompanyMember) -> None:
    bob = account("bob@example.com")
    link = invited(admin, " BOB@example.com ", Role.APPROVER)
    assert [token.email for token in invitations_of(admin.company_id)] == ["bob@example.com"]
    member = join_company(link, bob)
    assert (member.company_id, member.role, member.is_active) == (admin.company_id, "approver", True)
    with pytest.raises(LinkSpent):
        join_company(link, bob)
    assert CompanyMember.objects.count() == 2


def test_an_invitation_is_for_its_mailbox_only(admin: CompanyMember) -> None:
    account("bob@example.com")
    link, before = invited(admin, "bob@example.com"), everything()
    with pytest.raises(WrongMailbox):
        join_company(link, account("eve@example.com"))
    Customer.objects.filter(email="eve@example.com").delete()
    assert everything() == before


def test_who_has_no_account_opens_one_with_the_invitation(admin: CompanyMember) -> None:
    link = invited(admin, "new@example.com")
    with pytest.raises(WeakPassword):
        join_with_new_account(link, password="short")
    customer = join_with_new_account(link, password=PASSWORD, first_name="New")
    assert (customer.email, customer.email_verified, customer.first_name) == ("new@example.com", True, "New")
    assert membership(customer).company_id == admin.company_id
    again = invited(admin, "new@example.com")
    with pytest.raises(AddressTaken):
        join_with_new_account(again, password=PASSWORD)


def test_inviting_says_the_same_whoever_reads_the_mailbox(admin: CompanyMember) -> None:
    other = company_of(account("other@example.com"))
    joined(other, "taken@example.com")
    for email in ("taken@example.com", "nobody@example.com", "buyer@example.com"):
        assert invite(admin, email, role=Role.BUYER) is None
    assert [message.to for message in mails()] == [["taken@example.com"], ["nobody@example.com"], ["buyer@example.com"]]
    token = CustomerToken.objects.get(email="taken@example.com")
    taken = Customer.objects.get(email="taken@example.com")
    from tenant_shop.customers.tokens import link_text

    with pytest.raises(AlreadyMember):
        join_company(link_text(token), taken)
    assert membership(taken).company_id == other.pk


def test_a_second_invitation_replaces_the_first_and_withdrawing_ends_it(admin: CompanyMember) -> None:
    bob = account("bob@example.com")
    first, second = invited(admin, "bob@example.com"), invited(admin, "bob@example.com")
    with pytest.raises(LinkSpent):
        join_company(first, bob)
    (token,) = invitations_of(admin.company_id)
    stranger = membership(account_with_company("stranger@example.com"))
    withdraw_invitation(stranger, token.pk)  # another company's
    assert invitations_of(admin.company_id).count() == 1
    withdraw_invitation(admin, token.pk)
    with pytest.raises(LinkSpent):
        join_company(second, bob)


def account_with_company(email: str) -> Customer:
    customer = account(email)
    company_of(customer)
    return customer


def test_a_company_that_nobody_approved_sends_no_mails_and_takes_nobody_in(admin: CompanyMember) -> None:
    link = invited(admin, "bob@example.com")
    Company.objects.update(status="pending")
    pending, before = membership(admin.customer), everything()
    with pytest.raises(CompanyNotApproved):
        invite(pending, "eve@example.com", role=Role.BUYER)
    assert everything() == before
    assert mails() == []
    with pytest.raises(LinkSpent):
        join_company(link, account("bob@example.com"))


@pytest.mark.parametrize("change", [{"role": "buyer"}, {"is_active": False}, None])
def test_the_link_of_who_is_no_admin_any_more_lets_nobody_in(
    admin: CompanyMember, change: dict[str, Any] | None
) -> None:
    bob, link = account("bob@example.com"), invited(admin, "bob@example.com")
    inviter = CompanyMember.objects.filter(pk=admin.pk)
    if change is None:
        inviter.delete()
    else:
        inviter.update(**change)
    with pytest.raises(LinkSpent):
        join_company(link, bob)
    assert not CompanyMember.objects.filter(customer=bob).exists()


def test_the_subject_of_an_invitation_is_the_shops_own_words(admin: CompanyMember) -> None:
    Company.objects.update(name="You have won")
    invite(membership(admin.customer), "bob@example.com", role=Role.BUYER)
    (message,) = mails()
    assert message.subject == "My Store: You are invited to buy for a company"
    assert "You have won" in message.body


@pytest.mark.parametrize(
    "name", ["Win http://x.example", "Win at www.x.example", "Win x.example/now", "Write to win@x.example"]
)
def test_a_companys_name_has_no_links(name: str) -> None:
    with pytest.raises(InvalidCompany) as refusal:
        found_company(account(), GIVEN | {"name": name})
    assert set(refusal.value.problems) == {"name"}
    assert not Company.objects.exists()


def test_a_company_may_be_called_like_its_site() -> None:
    assert found_company(account(), GIVEN | {"name": "Example.com B.V. c/o Miller & Co."}).name.startswith(
        "Example.com"
    )


def test_a_blocked_company_takes_nobody_in(admin: CompanyMember) -> None:
    bob, link = account("bob@example.com"), invited(admin, "bob@example.com")
    block_company(admin.company_id)
    with pytest.raises(LinkSpent):
        join_company(link, bob)


def test_a_link_of_another_shop_leads_nowhere(admin: CompanyMember, make_shop: Callable[..., TenantInfo]) -> None:
    link = invited(admin, "bob@example.com")
    with tenant_context(make_shop("bolt")):
        configure(company_accounts=True)
        bob = account("bob@example.com")
        with pytest.raises(LinkSpent):
            join_company(link, bob)


def test_so_many_invitations_and_no_more(admin: CompanyMember, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_shop.companies.invite.MOST_OPEN", 2)
    for number in range(2):
        invite(admin, f"{number}@example.com", role=Role.BUYER)
    mails()
    with pytest.raises(TooManyInvitations):
        invite(admin, "3@example.com", role=Role.BUYER)
    invite(admin, "1@example.com", role=Role.BUYER)  # replaces its own
    assert len(mails()) == 1


@pytest.mark.parametrize("role", ["buyer", "approver"])
def test_only_admins_say_who_is_a_member(admin: CompanyMember, role: str) -> None:
    member = membership(joined(admin.company, "bob@example.com", role).customer)
    before = everything()
    with pytest.raises(NotForThisRole):
        invite(member, "eve@example.com", role=Role.ADMIN)
    with pytest.raises(NotForThisRole):
        change_member(member, member.pk, role=Role.ADMIN, order_limit=None, is_active=True)
    assert everything() == before
    assert mail.outbox == []


def test_an_admin_changes_members_of_the_same_company_only(admin: CompanyMember, buyer: CompanyMember) -> None:
    changed = change_member(admin, buyer.pk, role=Role.APPROVER, order_limit=100, is_active=False)
    assert (changed.role, changed.order_limit, changed.is_active) == ("approver", 100, False)
    assert buying_member(buyer.customer_id, shop_settings()) is None
    stranger = joined(company_of(account("x@example.com")), "y@example.com")
    with pytest.raises(MemberNotFound):
        change_member(admin, stranger.pk, role=Role.ADMIN, order_limit=None, is_active=True)


def test_the_last_admin_stays(admin: CompanyMember, buyer: CompanyMember) -> None:
    with pytest.raises(LastAdmin):
        leave_company(admin)
    for changes in ({"role": Role.BUYER, "is_active": True}, {"role": Role.ADMIN, "is_active": False}):
        with pytest.raises(LastAdmin):
            change_member(admin, admin.pk, order_limit=None, **changes)  # type: ignore[arg-type]
    change_member(admin, buyer.pk, role=Role.ADMIN, order_limit=None, is_active=True)
    leave_company(admin)
    assert list(CompanyMember.objects.values_list("customer__email", "role")) == [("buyer@example.com", "admin")]


def test_two_admins_who_leave_at_once_leave_one(admin: CompanyMember, shop: TenantInfo) -> None:
    second = membership(joined(admin.company, "second@example.com", "admin").customer)
    results = at_once(shop, [partial(leave_company, admin), partial(leave_company, second)])
    assert sum(isinstance(result, LastAdmin) for result in results) == 1
    assert CompanyMember.objects.filter(role="admin").count() == 1
