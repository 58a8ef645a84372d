"""Customers for tests: accounts with a password, mails with their links, shoppers who are logged in."""

import re
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import mail
from django.utils import timezone

from tenant_shop.customers.change_email import agree_to_change, ask_to_change_email, confirm_email
from tenant_shop.customers.mail import send_mails
from tenant_shop.customers.models import Customer
from tenant_shop.customers.reset import ask_for_reset
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper

PASSWORD = "seven green kettles"


def account(email: str = "ann@example.com", *, password: str = PASSWORD, **fields: Any) -> Customer:
    """A customer who has confirmed the address."""
    values = {"email_verified": True, "password_hash": make_password(password), **fields}
    return CustomerFactory(email=email, **values)


def logged_in(email: str = "ann@example.com", *, host: str = "acme.localhost", **headers: str) -> Shopper:
    """A shopper whose account exists and who has just logged in."""
    shopper = Shopper(host, **headers)
    answer = log_in(shopper, email)
    assert answer.status_code == 302, answer.content.decode()
    return shopper


def log_in(shopper: Shopper, email: str = "ann@example.com", password: str = PASSWORD, **more: str) -> Any:
    return shopper.post("/account/log-in/", {"email": email, "password": password, **more})


def mails() -> list[Any]:
    """Send what waits in the outbox; the mails that came of it."""
    before = len(mail.outbox)
    send_mails(timezone.now())
    return mail.outbox[before:]


def link_in(message: Any) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S*)", message.body)
    assert found, message.body
    return found[1]


def csrf(page: Any) -> dict[str, str]:
    """The field that proves that a form came from this page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return {"csrfmiddlewaretoken": found[1]}


def token_in(message: Any) -> str:
    """What of the first link in a mail is secret."""
    return link_in(message).rstrip("/").rpartition("/")[2]


def reset_link(email: str = "ann@example.com") -> str:
    """The secret of a link for a new password, just mailed."""
    mails()
    ask_for_reset(email, language="")
    (message,) = mails()
    return token_in(message)


def change_links(customer: Customer, new: str) -> tuple[str, str]:
    """The secrets that confirm and undo the move to the mailbox `new`."""
    ask_to_change_email(customer, new, password=PASSWORD)
    sent = {message.to[0]: token_in(message) for message in mails()}
    return sent[new], sent[customer.email]


def moved(customer: Customer, new: str) -> tuple[Customer, str]:
    """The customer whose account moved to the mailbox `new`, both having said so, and the secret that undoes it."""
    confirm, undo = change_links(customer, new)
    assert agree_to_change(undo) is None
    customer_there = confirm_email(confirm)
    assert customer_there is not None
    return customer_there, undo
