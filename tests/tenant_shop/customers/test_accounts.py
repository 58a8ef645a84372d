"""Opening an account, logging in to it, and the ways back when the password is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_core.tenancy.context import tenant_context
from tenant_shop.customers.change_email import ask_to_change_email, confirm_email, undo_email
from tenant_shop.customers.errors import AddressTaken, LinkSpent, LogInRefused, WeakPassword, WrongPassword
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.passwords import change_password
from tenant_shop.customers.register import Applicant, open_account, register
from tenant_shop.customers.reset import ask_for_reset, reset_password
from tenant_shop.customers.sessions import open_session, read_session, stamp_of
from tenant_shop.customers.upkeep import upkeep_task
from tenant_shop.models import Customer, CustomerConsent, CustomerSession, CustomerToken, Order, OutboxEvent
from tests.accounts import PASSWORD, account, link_in, mails
from tests.factories.orders import OrderFactory
from tests.shopping import at_once, everything
from tests.statements import StatementCount

NEW = "eight yellow saucers"
ANN = Applicant(email=" Ann@Example.com", password=PASSWORD, first_name="Ann", wants_marketing=True, language="de")


def token_in(message) -> str:
    return link_in(message).rstrip("/").rpartition("/")[2]


def applied(applicant: Applicant = ANN) -> str:
    """The link's text that the applicant was mailed."""
    register(applicant)
    (message,) = mails()
    return token_in(message)


def reset_link(email: str = "ann@example.com") -> str:
    mails()
    ask_for_reset(email, language="")
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


def test_every_refused_log_in_has_the_same_words_and_the_same_statements(selling):
    account()
    account("closed@example.com", status="suspended")
    account("new@example.com", email_verified=False)
    account("imported@example.com", password_hash="!")
    account("locked@example.com", locked_until=timezone.now() + timedelta(minutes=5))
    seen = set()
    for email, password in (
        ("ann@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("closed@example.com", PASSWORD),
        ("new@example.com", PASSWORD),
        ("imported@example.com", PASSWORD),
        ("locked@example.com", PASSWORD),
    ):
        with StatementCount() as statements, pytest.raises(LogInRefused) as refusal:
            log_in(email, password)
        seen.add((str(refusal.value), tuple(statements.sql)))
    assert len(seen) == 1


def test_every_attempt_hashes_one_password(selling, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    account()
    account("imported@example.com", password_hash="!")
    counted = []
    original = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: counted.append(1) or original(self, *args))
    for email in ("ann@example.com", "nobody@example.com", "imported@example.com"):
        counted.clear()
        with pytest.raises(LogInRefused):
            log_in(email, "wrong")
        assert len(counted) == 1, email


def test_a_lock_follows_five_wrong_passwords_and_ends_by_itself(selling):
    customer = account()
    for _ in range(5):
        with pytest.raises(LogInRefused):
            log_in(customer.email, "wrong")
    with pytest.raises(LogInRefused):
        log_in(customer.email, PASSWORD)
    customer.refresh_from_db()
    until = customer.locked_until
    for _ in range(6):
        with pytest.raises(LogInRefused):
            log_in(customer.email, "wrong")
    customer.refresh_from_db()
    assert customer.locked_until == until, "attempts do not lengthen it"
    Customer.objects.update(locked_until=timezone.now())
    assert log_in(customer.email, PASSWORD).pk == customer.pk


def test_nobody_can_be_locked_out_of_an_account_whose_mail_they_read(selling):
    customer = account()
    for _ in range(5):
        with pytest.raises(LogInRefused):
            log_in(customer.email, "wrong")
    assert reset_password(reset_link(), NEW).pk == customer.pk
    assert log_in(customer.email, NEW).pk == customer.pk


def test_attempts_at_the_same_time_do_not_outnumber_the_limit(selling):
    account()
    at_once(selling, [lambda: log_in("ann@example.com", "wrong")] * 5)
    with pytest.raises(LogInRefused):
        log_in("ann@example.com", PASSWORD)


def test_a_new_password_by_mail_ends_every_session_and_confirms_the_address(selling):
    customer = account(email_verified=False)
    session = open_session(customer, device="")
    changed = reset_password(reset_link(), NEW)
    assert changed.email_verified
    assert CustomerSession.objects.count() == 0
    assert read_session(session.pk, stamp_of(changed)) is None
    with pytest.raises(LogInRefused):
        log_in(customer.email, PASSWORD)
    (message,) = mails()
    assert message.subject == "Harbour Kitchen: Your password was changed"


def test_a_link_for_a_new_password_works_once_for_an_hour(selling):
    account()
    first, second = reset_link(), reset_link()
    assert reset_password(first, NEW).email == "ann@example.com"
    for spent in (first, second):
        with pytest.raises(LinkSpent):
            reset_password(spent, PASSWORD)
    late = reset_link()
    assert CustomerToken.objects.get().expires_at <= timezone.now() + timedelta(hours=1)
    CustomerToken.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkSpent):
        reset_password(late, PASSWORD)
    assert log_in("ann@example.com", NEW)


def test_a_weak_new_password_leaves_the_link_good(selling):
    account()
    link = reset_link()
    with pytest.raises(WeakPassword):
        reset_password(link, "short")
    assert reset_password(link, NEW)


def test_an_unknown_address_asks_for_a_password_at_the_same_cost_and_gets_no_mail(selling):
    account()
    costs = []
    for email, sent in (("ann@example.com", 1), ("nobody@example.com", 0)):
        with StatementCount() as statements:
            ask_for_reset(email, language="en")
        costs.append(statements.count)
        assert len(mails()) == sent
    assert costs == [1, 1]


def test_a_link_of_one_shop_or_for_one_purpose_opens_nothing_else(selling, make_shop):
    account()
    link = reset_link()
    for wrong in (open_account, lambda text, _: confirm_email(text), lambda text, _: undo_email(text)):
        with pytest.raises(LinkSpent):
            wrong(link, NEW)
    row = CustomerToken.objects.get()
    with tenant_context(make_shop("other")):
        customer = account()
        CustomerToken.objects.create(
            pk=row.pk, purpose=row.purpose, email=row.email, customer=customer, expires_at=row.expires_at
        )
        with pytest.raises(LinkSpent):
            reset_password(link, NEW)
    assert reset_password(link, NEW)


@pytest.mark.parametrize("text", ["", "x", "0" * 32, "a:b", "\u2603:\u2603"])
def test_a_forged_link_is_refused(selling, text):
    with pytest.raises(LinkSpent):
        reset_password(text, NEW)


def test_a_changed_password_ends_the_other_sessions(selling):
    customer = account()
    here, elsewhere = open_session(customer, device="here"), open_session(customer, device="elsewhere")
    before = everything()
    with pytest.raises(WrongPassword):
        change_password(customer, old="wrong", new=NEW, session=here)
    with pytest.raises(WeakPassword):
        change_password(customer, old=PASSWORD, new="ann@example.com", session=here)
    assert everything() == before
    old_stamp = stamp_of(customer)
    change_password(customer, old=PASSWORD, new=NEW, session=here)
    assert read_session(here.pk, stamp_of(customer)).customer == customer
    assert read_session(here.pk, old_stamp) is None, "a session made with the old password is worth nothing"
    assert read_session(elsewhere.pk, stamp_of(customer)) is None
    assert log_in(customer.email, NEW)


def change_links(customer: Customer, new: str) -> tuple[str, str]:
    ask_to_change_email(customer, new, password=PASSWORD)
    sent = {message.to[0]: token_in(message) for message in mails()}
    return sent[new], sent[customer.email]


def test_an_address_changes_when_the_new_one_confirms_and_the_old_one_can_undo_it(selling):
    customer = account()
    session = open_session(customer, device="a thief's")
    confirm, undo = change_links(customer, "new@example.com")
    assert Customer.objects.get().email == "ann@example.com", "nothing changes before"
    assert confirm_email(confirm).email == "new@example.com"
    with pytest.raises(LinkSpent):
        confirm_email(confirm)
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


def test_a_change_of_address_is_stopped_before_it_happens(selling):
    customer = account()
    confirm, undo = change_links(customer, "thief@example.com")
    undo_email(undo)
    with pytest.raises(LinkSpent):
        confirm_email(confirm)
    assert Customer.objects.get().email == "ann@example.com"


def test_an_address_that_is_taken_is_refused_only_to_who_reads_its_mail(selling):
    account("bob@example.com")
    confirm, _ = change_links(account(), "bob@example.com")
    with pytest.raises(AddressTaken):
        confirm_email(confirm)
    assert set(Customer.objects.values_list("email", flat=True)) == {"ann@example.com", "bob@example.com"}


def test_a_link_for_a_password_does_not_follow_into_the_new_mailbox(selling):
    customer = account()
    link = reset_link()
    confirm, _ = change_links(customer, "new@example.com")
    confirm_email(confirm)
    with pytest.raises(LinkSpent):
        reset_password(link, NEW)


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
