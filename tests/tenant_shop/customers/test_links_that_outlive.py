"""Which links in mails stay good when an account changes hands, and which end with what they were sent for."""

from functools import partial

import pytest

from tenant_shop.customers.change_email import confirm_email, undo_email
from tenant_shop.customers.erase import erase
from tenant_shop.customers.errors import LinkSpent
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.passwords import change_password
from tenant_shop.customers.reset import reset_password
from tenant_shop.customers.sessions import open_session
from tenant_shop.models import Customer
from tests.accounts import PASSWORD, account, change_links, moved, reset_link
from tests.shopping import at_once, everything
from tests.statements import StatementCount
from tests.tenant_shop.customers.test_data import erase_link

NEW = "eight yellow saucers"


def test_an_undo_of_a_later_change_leaves_the_owners_earlier_one_good(selling):
    """A thief who moved the account once more and undoes that cannot keep the owner from getting it back."""
    owner = account()
    stolen, owners_undo = moved(owner, "thief@example.com")
    _, thiefs_undo = change_links(stolen, "other@example.com")
    undo_email(thiefs_undo)
    new_link = undo_email(owners_undo)
    assert reset_password(new_link, NEW).email == "ann@example.com"


def test_an_undo_ends_the_undos_of_later_changes(selling):
    owner = account()
    stolen, owners_undo = moved(owner, "thief@example.com")
    _, thiefs_undo = change_links(stolen, "other@example.com")
    undo_email(owners_undo)
    with pytest.raises(LinkSpent):
        undo_email(thiefs_undo)
    owner.refresh_from_db()
    assert owner.email == "ann@example.com"


def change(customer: Customer) -> None:
    change_password(customer, old=PASSWORD, new=NEW, session=open_session(customer, device=""))


def test_a_new_password_ends_a_change_of_address_that_somebody_else_asked_for(selling):
    owner = account()
    confirm, undo = change_links(owner, "thief@example.com")
    change(owner)
    with pytest.raises(LinkSpent):
        confirm_email(confirm)
    undo_email(undo)
    owner.refresh_from_db()
    assert owner.email == "ann@example.com"


def test_a_new_password_ends_the_links_that_choose_another(selling):
    owner = account()
    link = reset_link()
    change(owner)
    with pytest.raises(LinkSpent):
        reset_password(link, "nine purple forks")


def test_a_link_that_erases_does_not_follow_into_the_new_mailbox(selling):
    owner = account()
    link = erase_link(owner)
    moved(owner, "new@example.com")
    before = everything()
    with pytest.raises(LinkSpent):
        erase(link)
    assert everything() == before


def test_a_link_that_erases_is_spent_when_its_mailbox_is_not_the_accounts(selling):
    owner = account()
    link = erase_link(owner)
    Customer.objects.filter(pk=owner.pk).update(email="new@example.com")
    before = everything()
    with pytest.raises(LinkSpent):
        erase(link)
    assert everything() == before


@pytest.mark.parametrize("follow", [confirm_email, undo_email, erase, lambda link: reset_password(link, NEW)])
def test_a_link_is_spent_after_its_customer_is_locked(selling, follow):
    """Two who follow two links of one customer at once would wait for each other, each for the other's link."""
    owner = account()
    confirm, undo = change_links(owner, "new@example.com")
    link = {confirm_email: confirm, undo_email: undo, erase: None}.get(follow, "")
    link = erase_link(owner) if link is None else link or reset_link()
    with StatementCount() as statements:
        follow(link)
    locks = [
        sql for sql in statements.sql if sql.startswith("DELETE") or "FOR NO KEY UPDATE" in sql or "FOR UPDATE" in sql
    ]
    of_account = [sql for sql in locks if '"customers"' in sql or '"customer_tokens"' in sql]
    assert of_account[0].endswith("FOR NO KEY UPDATE")
    assert of_account[1].startswith('DELETE FROM "customer_tokens"')


def test_two_links_of_one_customer_at_once_are_followed_one_after_the_other(selling):
    owner = account()
    first, second = reset_link(), reset_link()
    results = at_once(selling, [partial(reset_password, link, NEW) for link in (first, second)])
    assert sorted(type(result).__name__ for result in results) == ["Customer", "LinkSpent"]
    assert log_in(owner.email, NEW) == owner
