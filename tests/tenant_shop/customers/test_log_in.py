"""Logging in to an account, and what keeps others out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenant_shop.customers.errors import LogInRefused
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.register import Applicant
from tenant_shop.customers.reset import reset_password
from tenant_shop.models import Customer
from tests.accounts import PASSWORD, account, reset_link
from tests.shopping import at_once
from tests.statements import StatementCount

NEW = "eight yellow saucers"
ANN = Applicant(email=" Ann@Example.com", password=PASSWORD, first_name="Ann", wants_marketing=True, language="de")


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
