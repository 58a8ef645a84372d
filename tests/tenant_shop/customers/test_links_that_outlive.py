"""Which links in mails stay good when an account changes hands, and which end with what they were sent for."""

import pytest

from tenant_shop.customers.change_email import confirm_email, undo_email
from tenant_shop.customers.errors import LinkSpent
from tenant_shop.customers.reset import reset_password
from tests.accounts import account
from tests.tenant_shop.customers.test_accounts import change_links

NEW = "eight yellow saucers"


def test_an_undo_of_a_later_change_leaves_the_owners_earlier_one_good(selling):
    """A thief who moved the account once more and undoes that cannot keep the owner from getting it back."""
    owner = account()
    confirm, owners_undo = change_links(owner, "thief@example.com")
    stolen = confirm_email(confirm)
    _, thiefs_undo = change_links(stolen, "other@example.com")
    undo_email(thiefs_undo)
    new_link = undo_email(owners_undo)
    assert reset_password(new_link, NEW).email == "ann@example.com"


def test_an_undo_ends_the_undos_of_later_changes(selling):
    owner = account()
    confirm, owners_undo = change_links(owner, "thief@example.com")
    _, thiefs_undo = change_links(confirm_email(confirm), "other@example.com")
    undo_email(owners_undo)
    with pytest.raises(LinkSpent):
        undo_email(thiefs_undo)
    owner.refresh_from_db()
    assert owner.email == "ann@example.com"
