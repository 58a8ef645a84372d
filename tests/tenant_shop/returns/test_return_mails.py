"""What customers are told of their returns."""

from functools import partial

from django.core import mail
from django.utils import timezone

from tenant_shop.customers.scrub import nobodys_email
from tenant_shop.models import Order, OutboxEvent, Return
from tenant_shop.returns.mail import send_return_mails
from tenant_shop.returns.move import approve_return, decline_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import refund_return
from tenant_shop.returns.request import request_return
from tests.accounts import logged_in
from tests.returning import DAMAGED, paid, pieces


def letters():
    mail.outbox.clear()
    send_return_mails(timezone.now())
    return mail.outbox


def test_the_customer_is_told_of_every_state_in_the_shops_words(ann, order):
    asked = request_return(ann, order.pk, pieces(paid(order), 2), reason=DAMAGED)
    steps = [
        partial(approve_return, answer="Please pack it well."),
        partial(receive_return, restock=False),
        partial(refund_return, shipping=False),
    ]
    seen = letters()
    for step in steps:
        step(asked.pk, actor="x")
        seen = [*seen, *letters()]
    assert [letter.subject for letter in seen] == [
        "Harbour Kitchen: We have your request to send something back",
        "Harbour Kitchen: Please send it back",
        "Harbour Kitchen: What you sent back has arrived",
        "Harbour Kitchen: Your return is done",
    ]
    assert all(letter.to == ["ann@example.com"] and "2 x Mug" in letter.body for letter in seen)
    assert ["Please pack it well." in letter.body for letter in seen] == [False, True, False, False]
    assert "We have given €20.00 back for these goods:" in seen[3].body
    assert letters() == []


def test_who_is_declined_is_told_why_and_sees_it_on_the_orders_page(ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    letters()
    decline_return(asked.pk, actor="x", answer="It was used.")
    (letter,) = letters()
    assert letter.subject == "Harbour Kitchen: Your return was declined"
    assert "It was used." in letter.body
    assert "It was used." in logged_in().get(f"/account/orders/{order.pk}/").content.decode()


def test_who_was_erased_is_not_written_to(ann, order):
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    Order.objects.update(customer_email=nobodys_email(ann.pk))
    Return.objects.update(customer=None)
    approve_return(asked.pk, actor="x")
    assert letters() == []
    assert OutboxEvent.objects.filter(topic="mail.return", delivered_at=None).count() == 0
