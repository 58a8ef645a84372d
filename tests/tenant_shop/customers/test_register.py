"""Opening an account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenant_shop.customers.errors import LinkSpent, LogInRefused, WeakPassword
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.register import Applicant, open_account, register
from tenant_shop.customers.reset import ask_for_reset
from tenant_shop.customers.sessions import open_session
from tenant_shop.customers.upkeep import upkeep_task
from tenant_shop.models import Customer, CustomerConsent, CustomerSession, CustomerToken, Order, OutboxEvent
from tests.accounts import PASSWORD, account, link_in, mails, token_in
from tests.factories.orders import OrderFactory
from tests.shopping import at_once, everything
from tests.statements import StatementCount

NEW = "eight yellow saucers"
ANN = Applicant(email=" Ann@Example.com", password=PASSWORD, first_name="Ann", wants_marketing=True, language="de")


def applied(applicant: Applicant = ANN) -> str:
    """The link's text that the applicant was mailed."""
    register(applicant)
    (message,) = mails()
    return token_in(message)


def test_an_account_opens_with_the_link_and_the_password_chosen_with_it(selling):
    link = applied()
    assert Customer.objects.count() == 0, "nobody has proven yet to read the mailbox"
    customer = open_account(link, PASSWORD)
    assert (customer.email, customer.first_name, customer.language) == ("ann@example.com", "Ann", "de")
    assert customer.email_verified
    assert (customer.currency, customer.timezone) == ("EUR", "Europe/Berlin")
    assert log_in("ANN@example.com ", PASSWORD) == customer
    consent = CustomerConsent.objects.get()
    assert (consent.customer, consent.kind, consent.is_granted) == (customer, "marketing_email", True)
    assert customer.marketing_consent


def test_an_account_opens_once(selling):
    link, other = applied(), applied()
    open_account(link, PASSWORD)
    for spent in (link, other):
        with pytest.raises(LinkSpent):
            open_account(spent, PASSWORD)
    assert Customer.objects.count() == 1


def test_two_clicks_at_once_open_one_account(selling):
    link = applied()
    results = at_once(selling, [lambda: open_account(link, PASSWORD)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Customer", "LinkSpent", "LinkSpent", "LinkSpent"]


def test_who_registers_another_persons_mailbox_gains_nothing_by_its_owners_click(selling):
    """The owner does not know the password that was chosen, and the link alone opens nothing."""
    link = applied(Applicant(email="victim@example.com", password="chosen by somebody else"))
    with pytest.raises(LogInRefused):
        open_account(link, PASSWORD)
    own = applied(Applicant(email="victim@example.com", password=PASSWORD))
    assert open_account(own, PASSWORD).email == "victim@example.com"
    with pytest.raises(LinkSpent):
        open_account(link, "chosen by somebody else")


def test_an_address_with_an_account_costs_the_same_and_is_told_by_mail_only(selling):
    costs = []
    for _ in range(2):
        with StatementCount() as statements:
            register(ANN)
        costs.append([sql.split("VALUES")[0] for sql in statements.sql])
        (message,) = mails()
        if Customer.objects.count() == 0:
            open_account(token_in(message), PASSWORD)
    assert costs[0] == costs[1]
    assert message.subject.endswith("Sie haben schon ein Konto")
    assert link_in(message) == "/account/log-in/"


def test_a_weak_password_is_refused_with_every_reason_and_nothing_is_written(selling):
    before = everything()
    with pytest.raises(WeakPassword) as refusal:
        register(Applicant(email="ann@example.com", password="password"))
    assert refusal.value.problems == [
        "This password is too short: it needs 10 characters.",
        "This password is too common.",
    ]
    assert everything() == before


def test_guest_orders_become_the_customers_once_the_address_is_proven(selling):
    mine = OrderFactory(customer_email="Ann@Example.com")
    other = OrderFactory(customer_email="bob@example.com")
    link = applied()
    assert Order.objects.filter(customer=None).count() == 2
    customer = open_account(link, PASSWORD)
    later = OrderFactory(customer_email="ann@example.com")
    log_in("ann@example.com", PASSWORD)
    assert {order.pk for order in Order.objects.filter(customer=customer)} == {mine.pk, later.pk}
    other.refresh_from_db()
    assert other.customer is None


def test_what_nobody_followed_or_came_back_with_is_forgotten(selling):
    customer = account()
    applied()
    open_session(customer, device="kept")
    CustomerSession.objects.filter(pk=open_session(customer, device="old").pk).update(
        last_seen_at=timezone.now() - timedelta(days=61)
    )
    upkeep_task.run()
    assert (CustomerToken.objects.count(), CustomerSession.objects.get().device) == (1, "kept")
    CustomerToken.objects.update(expires_at=timezone.now())
    upkeep_task.run()
    assert CustomerToken.objects.count() == 0


def test_the_outbox_keeps_no_secret(selling):
    account()
    link = applied(Applicant(email="bob@example.com", password=PASSWORD))
    ask_for_reset("ann@example.com", language="")
    stored = str(list(OutboxEvent.objects.values_list("payload", flat=True)))
    assert link not in stored
    assert link.partition(":")[2] not in stored
    assert "password_hash" not in stored
