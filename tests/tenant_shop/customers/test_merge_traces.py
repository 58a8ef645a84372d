"""What an account that was merged leaves behind: its number, and nothing that nobody finds."""

from django.apps import apps
from django.utils import timezone

from tenant_shop.customers.erase import erase
from tenant_shop.customers.export import export_of
from tenant_shop.customers.merged import accounts_of
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.models import CreditNote
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account, mails
from tests.tenant_shop.customers.merging import ann, given, merge, twin
from tests.tenant_shop.customers.test_data import erase_link, traces, zenobia

__all__ = ["ann", "twin", "zenobia"]


def test_a_chain_of_merges_keeps_all_accounts(ann, twin):
    third = account("third@example.com")
    CreditNote.objects.create(number="C1", customer=twin, currency="EUR", total_amount=1, issued_at=timezone.now())
    given(twin, 5)
    merge(ann, twin)
    merge(third, ann)
    assert accounts_of(third) == [third.pk, twin.pk, ann.pk]
    data = export_of(third, at=timezone.now())
    assert [note["number"] for note in data["credit_notes"]] == ["C1"]
    assert sum(entry["points"] for entry in data["loyalty_entries"]) == 5
    assert verify_shop() == []


def test_no_table_that_points_at_customers_is_forgotten(ann, zenobia):
    """A new one is moved by the merge, or is named here as what goes on to name the account that was."""
    stays = {"loyalty_entries", "credit_notes"}
    before = {model: model.objects.count() for model in apps.get_app_config("tenant_shop").get_models()}
    merge(ann, zenobia)
    for model in before:
        for field in model._meta.concrete_fields:
            if field.related_model is Customer and model._meta.db_table not in stays:
                rows = model.objects.filter(**{field.attname: zenobia.pk})
                assert not rows.exists(), model._meta.db_table
    gone = {model._meta.db_table for model, count in before.items() if model.objects.count() < count}
    assert gone == {
        "customer_sessions",
        "search_counts",
        "shopping_carts",
        "stock_alerts",
    }


def test_an_erasure_after_the_merge_reaches_what_the_other_account_left(ann, zenobia):
    """What a guest asked with the mailbox of the account that was is still a guest's."""
    merge(ann, zenobia)
    assert {"orders", "customer_addresses", "quote_requests"} <= traces().keys()
    assert not {"stock_alerts", "search_counts", "customer_tokens"} & traces().keys()
    erase(erase_link(ann))
    assert traces().keys() == {"quote_requests"}
    assert [quote.customer for quote in QuoteRequest.objects.all()] == [None]


def test_the_mailbox_of_the_account_that_ends_is_told_and_forgotten(ann, twin):
    Customer.objects.filter(pk=twin.pk).update(language="de")
    merge(ann, twin)
    assert OutboxEvent.objects.get(topic="mail.customer").payload["email"] == "ann.ash@example.com"

    (letter,) = mails()

    assert letter.to == ["ann.ash@example.com"]
    assert "Aus zwei Konten wurde eines" in letter.subject
    assert "ann@example.com" not in str(letter.body)
    assert not OutboxEvent.objects.filter(topic="mail.customer").exists()
