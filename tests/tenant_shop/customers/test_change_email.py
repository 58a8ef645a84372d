"""Moving to another mailbox."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tenant_shop.customers import tokens
from tenant_shop.customers.change_email import agree_to_change, ask_to_change_email, confirm_email, undo_email
from tenant_shop.customers.errors import AddressTaken, LinkSpent, LogInRefused
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.move_email import move_silent_accounts
from tenant_shop.customers.passwords import change_password
from tenant_shop.customers.register import Applicant
from tenant_shop.customers.reset import reset_password
from tenant_shop.customers.sessions import open_session, read_session, stamp_of
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.customers.upkeep import upkeep_task
from tenant_shop.models import Customer
from tests.accounts import PASSWORD, account, change_links, mails, moved, reset_link, token_in
from tests.shopping import at_once
from tests.statements import StatementCount

NEW = "eight yellow saucers"
ANN = Applicant(email=" Ann@Example.com", password=PASSWORD, first_name="Ann", wants_marketing=True, language="de")


def orders_of_two(confirm: str, undo: str) -> dict[str, list[Any]]:
    return {
        "old first": [partial(agree_to_change, undo), partial(confirm_email, confirm)],
        "new first": [partial(confirm_email, confirm), partial(agree_to_change, undo)],
    }


@pytest.mark.parametrize("order", ["old first", "new first"])
def test_an_address_changes_when_both_mailboxes_have_said_so_and_the_old_one_can_undo_it(selling, order):
    customer = account()
    session = open_session(customer, device="a thief's")
    confirm, undo = change_links(customer, "new@example.com")
    first, second = orders_of_two(confirm, undo)[order]
    assert first() is None
    assert Customer.objects.get().email == "ann@example.com", "nothing changes before"
    with pytest.raises(LinkSpent):
        first()
    assert second().email == "new@example.com"
    for again in (first, second):
        with pytest.raises(LinkSpent):
            again()
    assert log_in("new@example.com", PASSWORD)
    new_link = undo_email(undo)
    customer.refresh_from_db()
    assert customer.email == "ann@example.com"
    assert read_session(session.pk, stamp_of(customer)) is None
    for email in ("new@example.com", "ann@example.com"):
        with pytest.raises(LogInRefused):
            log_in(email, PASSWORD)
    reset_password(new_link, NEW)
    assert log_in("ann@example.com", NEW)
    with pytest.raises(LinkSpent):
        undo_email(undo)


def test_both_mailboxes_at_once_move_the_account_once(selling):
    confirm, undo = change_links(account(), "new@example.com")
    results = at_once(selling, orders_of_two(confirm, undo)["old first"])
    assert sorted(type(result).__name__ for result in results) == ["Customer", "NoneType"]
    assert Customer.objects.get().email == "new@example.com"


def test_what_the_old_mailbox_says_while_the_new_one_waits_for_the_customer_is_heard(selling, monkeypatch):
    confirm, undo = change_links(account(), "new@example.com")
    locked = tokens.lock_customer_of

    def after_the_other(token: CustomerToken) -> Customer:
        assert agree_to_change(undo) is None
        return locked(token)

    monkeypatch.setattr(tokens, "lock_customer_of", after_the_other)
    moved_to = confirm_email(confirm)
    assert moved_to is not None
    assert moved_to.email == Customer.objects.get().email == "new@example.com"


@pytest.mark.parametrize("order", ["old first", "new first"])
def test_a_new_password_in_between_ends_the_change(selling, order):
    customer = account()
    confirm, undo = change_links(customer, "new@example.com")
    first, second = orders_of_two(confirm, undo)[order]
    first()
    change_password(customer, old=PASSWORD, new=NEW, session=open_session(customer, device=""))
    with pytest.raises(LinkSpent):
        second()
    assert move_silent_accounts(timezone.now() + timedelta(days=8)) == 0
    assert Customer.objects.get().email == "ann@example.com"


def test_another_request_ends_the_one_before_and_its_link_agrees_to_nothing(selling):
    customer = account()
    _, undo_before = change_links(customer, "thief@example.com")
    confirm, undo = change_links(customer, "new@example.com")
    with pytest.raises(LinkSpent):
        agree_to_change(undo_before)
    assert confirm_email(confirm) is None
    with pytest.raises(LinkSpent):
        agree_to_change(undo_before)
    assert agree_to_change(undo).email == "new@example.com"


def test_another_customers_link_agrees_to_nothing_of_mine(selling):
    confirm, _ = change_links(account(), "new@example.com")
    _, bobs = change_links(account("bob@example.com"), "bobby@example.com")
    assert confirm_email(confirm) is None
    assert agree_to_change(bobs) is None, "to Bob's own change"
    assert set(Customer.objects.values_list("email", flat=True)) == {"ann@example.com", "bob@example.com"}


def test_an_agreement_is_over_with_the_change_that_it_was_about(selling):
    confirm, undo = change_links(account(), "new@example.com")
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        for follow in (partial(agree_to_change, undo), partial(confirm_email, confirm)):
            with pytest.raises(LinkSpent):
                follow()
    assert Customer.objects.get().email == "ann@example.com"


def test_whoever_lost_the_old_mailbox_waits_for_seven_days(selling):
    customer = account()
    confirm, undo = change_links(customer, "new@example.com")
    now = timezone.now()
    assert move_silent_accounts(now + timedelta(days=8)) == 0, "the new mailbox has not confirmed"
    assert confirm_email(confirm) is None
    assert [(message.to, token_in(message)) for message in mails()] == [(["ann@example.com"], undo)]
    assert move_silent_accounts(now + timedelta(days=6, hours=23)) == 0
    late = timezone.now() + timedelta(days=7)
    with time_machine.travel(late):
        upkeep_task.run()
    assert Customer.objects.get().email == "new@example.com"
    assert [(message.to, token_in(message)) for message in mails()] == [(["ann@example.com"], undo)]
    with time_machine.travel(late + timedelta(days=13)):
        undo_email(undo)
    assert Customer.objects.get().email == "ann@example.com", "fourteen days from when it moved"


def test_the_old_mailbox_objects_while_the_new_one_waits(selling):
    confirm, undo = change_links(account(), "thief@example.com")
    confirm_email(confirm)
    undo_email(undo)
    assert move_silent_accounts(timezone.now() + timedelta(days=7)) == 0
    assert Customer.objects.get().email == "ann@example.com"


def test_an_address_that_is_taken_while_the_old_mailbox_is_silent_ends_the_change(selling):
    confirm, _ = change_links(account(), "new@example.com")
    confirm_email(confirm)
    account("new@example.com")
    assert move_silent_accounts(timezone.now() + timedelta(days=7)) == 0
    assert not CustomerToken.objects.filter(purpose="move_email").exists()
    assert set(Customer.objects.values_list("email", flat=True)) == {"ann@example.com", "new@example.com"}


def test_asking_takes_the_same_statements_whether_the_address_is_taken_or_not(selling):
    customer = account()
    account("bob@example.com")
    asked = []
    for email in ("free@example.com", "bob@example.com"):
        with StatementCount() as statements:
            ask_to_change_email(customer, email, password=PASSWORD)
        asked.append([sql.split("VALUES")[0] for sql in statements.sql])
    assert asked[0] == asked[1]


def test_a_change_of_address_is_stopped_before_it_happens(selling):
    customer = account()
    confirm, undo = change_links(customer, "thief@example.com")
    undo_email(undo)
    with pytest.raises(LinkSpent):
        confirm_email(confirm)
    assert Customer.objects.get().email == "ann@example.com"


def test_an_address_that_is_taken_is_refused_only_to_who_reads_its_mail(selling):
    account("bob@example.com")
    confirm, undo = change_links(account(), "bob@example.com")
    assert agree_to_change(undo) is None
    with pytest.raises(AddressTaken):
        confirm_email(confirm)
    assert set(Customer.objects.values_list("email", flat=True)) == {"ann@example.com", "bob@example.com"}


def test_a_link_for_a_password_does_not_follow_into_the_new_mailbox(selling):
    customer = account()
    link = reset_link()
    moved(customer, "new@example.com")
    with pytest.raises(LinkSpent):
        reset_password(link, NEW)
