"""What the outbox forgets of the letters to customers, and when."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from smartseller.outbox import MAX_ATTEMPTS
from tenant_shop.customers.erase import erase
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.mail import send_mail
from tenant_shop.customers.post import write_to
from tenant_shop.customers.upkeep import upkeep_task
from tenant_shop.integrations.record import record_event
from tenant_shop.models import OutboxEvent
from tenant_shop.orders.deliver import deliver_order
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.returns.request import request_return
from tests.accounts import account, moved
from tests.returning import DAMAGED
from tests.shopping import order_of, stocked
from tests.tenant_shop.customers.test_data import erase_link

pytestmark = pytest.mark.usefixtures("selling")


def test_an_erasure_forgets_letters_to_the_mailbox_that_the_customer_had_before():
    customer = account()
    there, _ = moved(customer, "new@example.com")
    erase(erase_link(there))
    letters = OutboxEvent.objects.filter(topic="mail.customer").values_list("payload__kind", "payload__email")
    assert list(letters) == [("erased", "new@example.com")]
    assert "ann@example.com" not in str(list(OutboxEvent.objects.values()))


def test_an_erasure_leaves_other_customers_letters():
    customer, other = account(), account("bob@example.com")
    write_to(other.email, Kind.PASSWORD_CHANGED, customer=other)
    erase(erase_link(customer))
    assert OutboxEvent.objects.filter(payload__email="bob@example.com").count() == 1


def test_the_letter_that_an_account_is_erased_is_never_kept_as_delivered():
    """A worker that dies between noting and deleting would leave the mailbox there."""
    event = write_to("ann@example.com", Kind.ERASED)
    with mock.patch("tenant_shop.customers.mail.finish_event") as noted:
        assert send_mail(event.pk)
    assert noted.call_args_list == []
    assert not OutboxEvent.objects.exists()


ABOUT_ORDERS = ["mail.order_paid", "mail.order_placed", "mail.order_shipped", "mail.return"]
TOPICS = [
    "mail.customer",
    "mail.order_cancelled",
    "mail.order_refunded",
    "mail.back_in_stock",
    "mail.quote_answered",
    *ABOUT_ORDERS,
]


@pytest.mark.parametrize("topic", TOPICS)
def test_mails_that_were_delivered_or_given_up_are_forgotten_after_thirty_days(topic):
    now = timezone.now()
    old, late = now - timedelta(days=30), now - timedelta(days=29)
    kept, forgotten = set(), set()
    for facts, event_ids in (
        ({"delivered_at": old, "attempts": 1}, forgotten),
        ({"delivered_at": late, "attempts": 1}, kept),
        ({"available_at": old, "attempts": MAX_ATTEMPTS}, forgotten),
        ({"available_at": late, "attempts": MAX_ATTEMPTS}, kept),
        ({"available_at": old, "attempts": MAX_ATTEMPTS - 1}, kept),
    ):
        event = record_event(topic, {"kind": "reset", "email": "ann@example.com"})
        OutboxEvent.objects.filter(pk=event.pk).update(**facts)
        event_ids.add(event.pk)
    other = record_event("order.created", {})
    OutboxEvent.objects.filter(pk=other.pk).update(delivered_at=old)
    upkeep_task.run()
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == kept | {other.pk}


def test_an_erasure_forgets_what_was_mailed_about_orders_parcels_and_returns():
    customer = account()
    other = account("bob@example.com")
    for owner in (customer, other):
        order = order_of((stocked(), 1), customer_id=owner.pk, email=owner.email)
        mark_as_paid(order.pk, actor="x")
        fulfil_order(order.pk, pieces=unsent_pieces(order), key="one", actor="x")
        deliver_order(order.pk, actor="x")
        request_return(owner, order.pk, {order.items.get().pk: 1}, reason=DAMAGED)
    mails = OutboxEvent.objects.filter(topic__in=ABOUT_ORDERS)
    assert mails.count() == 8
    erase(erase_link(customer))
    assert sorted(mails.values_list("topic", flat=True)) == ABOUT_ORDERS
    assert {event.payload.get("customer_id", str(other.pk)) for event in mails} == {str(other.pk)}
