"""What the outbox forgets of the letters to customers, and when."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from tenant_shop.customers.change_email import confirm_email
from tenant_shop.customers.erase import erase
from tenant_shop.customers.letters import TOPIC, Kind
from tenant_shop.customers.mail import send_mail
from tenant_shop.customers.post import write_to
from tenant_shop.customers.upkeep import upkeep_task
from tenant_shop.integrations.lease import MAX_ATTEMPTS
from tenant_shop.integrations.record import record_event
from tenant_shop.models import OutboxEvent
from tests.accounts import account
from tests.tenant_shop.customers.test_accounts import change_links
from tests.tenant_shop.customers.test_data import erase_link

pytestmark = pytest.mark.usefixtures("selling")


def test_an_erasure_forgets_letters_to_the_mailbox_that_the_customer_had_before():
    customer = account()
    confirm, _ = change_links(customer, "new@example.com")
    erase(erase_link(confirm_email(confirm)))
    assert list(OutboxEvent.objects.values_list("payload__kind", "payload__email")) == [("erased", "new@example.com")]


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


def test_letters_that_were_delivered_or_given_up_are_forgotten_after_thirty_days():
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
        event = record_event(TOPIC, {"kind": "reset", "email": "ann@example.com"})
        OutboxEvent.objects.filter(pk=event.pk).update(**facts)
        event_ids.add(event.pk)
    other = record_event("order.placed", {})
    OutboxEvent.objects.filter(pk=other.pk).update(delivered_at=old)
    upkeep_task.run()
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == kept | {other.pk}
