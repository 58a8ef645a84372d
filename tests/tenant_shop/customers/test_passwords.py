"""The ways back when a password is lost, and changing it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_core.tenancy.context import tenant_context
from tenant_shop.customers.change_email import confirm_email, undo_email
from tenant_shop.customers.errors import LinkSpent, LogInRefused, WeakPassword, WrongPassword
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.passwords import change_password
from tenant_shop.customers.register import Applicant, open_account
from tenant_shop.customers.reset import ask_for_reset, reset_password
from tenant_shop.customers.sessions import open_session, read_session, stamp_of
from tenant_shop.models import CustomerSession, CustomerToken
from tests.accounts import PASSWORD, account, mails, reset_link
from tests.shopping import everything
from tests.statements import StatementCount

NEW = "eight yellow saucers"
ANN = Applicant(email=" Ann@Example.com", password=PASSWORD, first_name="Ann", wants_marketing=True, language="de")


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
