"""From the outbox to those who listen: once, in order, as the API shows it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.integrations import representations
from tenant_shop.integrations.catalogue import EVENT_TYPES, TEST
from tenant_shop.integrations.errors import EventForgotten
from tenant_shop.integrations.events import events_after
from tenant_shop.integrations.fan_out import fan_out
from tenant_shop.integrations.models import Event, OutboxEvent, WebhookDelivery
from tenant_shop.integrations.record import record_event
from tenant_shop.integrations.webhooks import wake
from tenant_shop.integrations.webhooks.keep_endpoint import EndpointFields, make_endpoint
from tenant_shop.integrations.webhooks.send_test import send_test
from tenant_shop.integrations.webhooks.switch import switch_off
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.reviews.models import ProductReview
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopping import configure, order_of, stocked
from tests.tenant_shop.schema.rows import refund, review


def listen(*events: str, name: str = "Books") -> UUID:
    fields = EndpointFields(name=name, url="https://books.example/", events=events, headers={})
    return make_endpoint(fields)[0].pk


def told() -> list[str]:
    while fan_out(timezone.now()):
        pass
    return list(Event.objects.values_list("type", flat=True))


def test_every_endpoint_gets_what_it_chose_and_no_more(shop: TenantInfo) -> None:
    configure()
    orders, both, none = listen("order.created"), listen("order.created", "order.paid"), listen("review.created")
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="ann")
    assert [kind for kind in told() if kind.startswith("order.")] == ["order.created", "order.paid"]
    found = {
        pk: sorted(WebhookDelivery.objects.filter(webhook=pk).values_list("event__type", flat=True))
        for pk in (orders, both, none)
    }
    assert found == {orders: ["order.created"], both: ["order.created", "order.paid"], none: []}


def test_data_is_what_the_api_answers(shop: TenantInfo) -> None:
    configure()
    listen("order.created", "product.created")
    mug = stocked(name="Mug")
    order = order_of((mug, 2))
    told()
    browser = staff_browser(shop)
    shown = {kind: browser.get(f"/api/v1/{kind}s/").json()["results"][0] for kind in ("order", "product")}
    assert Event.objects.get(type="order.created").data == shown["order"]
    assert Event.objects.get(type="product.created").data == shown["product"]
    assert shown["order"]["id"] == str(order.pk)


def test_nothing_is_told_twice_and_mails_and_audit_entries_are_nobodys(shop: TenantInfo) -> None:
    listen("order.created")
    record_event("order.created", {"id": str(uuid4())})
    record_event("mail.order_placed", {"order_id": "1"})
    record_event("audit.entry", {})
    assert told() == told() == ["order.created"]
    assert OutboxEvent.objects.filter(delivered_at=None).count() == 2
    assert WebhookDelivery.objects.count() == 1


def test_who_is_switched_off_or_came_later_hears_nothing_of_it(shop: TenantInfo) -> None:
    off = listen("order.created")
    switch_off(off)
    record_event("order.created", {"id": str(uuid4())})
    listen("order.created")
    assert told() == ["order.created"]
    assert not WebhookDelivery.objects.exists()


def test_several_changes_of_one_product_are_told_once(shop: TenantInfo) -> None:
    listen("product.updated")
    product = ProductFactory()
    told()
    Event.objects.all().delete()
    for name in ("A", "B", "C"):
        Product.objects.filter(pk=product.pk).update(name=name)
    assert told() == ["product.updated"]
    assert Event.objects.get().data["name"] == "C"


def test_what_cannot_be_represented_waits_and_holds_nothing_up(shop: TenantInfo, monkeypatch) -> None:
    listen("order.created", "customer.created")

    def broken(_: Any) -> Any:
        raise KeyError("price")

    whole = representations.load()
    monkeypatch.setattr(representations, "load", lambda: {**whole, "order": broken})
    record_event("order.created", {"id": str(uuid4())})
    CustomerFactory()
    assert told() == ["customer.created"]
    waiting = OutboxEvent.objects.get(delivered_at=None)
    assert (waiting.topic, waiting.attempts, waiting.last_error) == ("order.created", 1, "KeyError: 'price'")
    monkeypatch.setattr(representations, "load", lambda: whole)
    assert fan_out(timezone.now() + timedelta(minutes=11)) == 1
    assert Event.objects.count() == 2


def test_the_statements_stay_the_same_however_many_there_are(shop: TenantInfo, count_statements) -> None:
    listen("product.created")
    counts = []
    for number in (1, 20):
        for _ in range(number):
            VariantFactory()
        with count_statements() as statements:
            fan_out(timezone.now())
        counts.append(statements.count)
    assert counts[0] == counts[1] <= 20


def test_rows_that_change_by_any_way_are_recorded_in_their_transaction(shop: TenantInfo) -> None:
    """Bulk statements, imports and programs of others do not go through our verbs."""
    listen("stock.low")
    product = ProductFactory()
    customer = CustomerFactory()
    written = review(product=product, customer=customer)
    money = refund()
    told()
    OutboxEvent.objects.all().delete()
    Product.objects.filter(pk=product.pk).update(name="Other")
    Customer.objects.filter(pk=customer.pk).update(first_name="Zoe")
    Customer.objects.filter(pk=customer.pk).update(last_login_at=timezone.now(), failed_login_attempts=1)
    ProductReview.objects.filter(pk=written.pk).update(status="approved")
    ProductReview.objects.filter(pk=written.pk).update(helpful_votes=3)
    PaymentRefund.objects.filter(pk=money.pk).update(state="failed")
    gone = str(written.pk)
    written.delete()
    found = sorted(OutboxEvent.objects.values_list("topic", flat=True))
    assert found == [
        "customer.updated", "product.updated", "refund.failed", "review.approved", "review.deleted",
    ]  # fmt: skip
    assert OutboxEvent.objects.get(topic="review.deleted").payload == {
        "id": gone,
        "product_id": str(product.pk),
    }
    assert set(found) <= EVENT_TYPES.keys()


def test_a_product_that_begins_to_run_low_is_told_once(shop: TenantInfo) -> None:
    configure()
    listen("stock.low")
    mug = stocked(stock=10, low_stock_threshold=8)
    for expected in (0, 1, 1):
        order_of((mug, 1))
        assert told().count("stock.low") == expected
    assert Event.objects.get(type="stock.low").data["id"] == str(mug.product_id)


def test_what_is_rolled_back_never_happened(shop: TenantInfo) -> None:
    listen("product.created")
    with pytest.raises(RuntimeError), shop_transaction():
        ProductFactory()
        raise RuntimeError
    assert told() == []


def test_a_shop_without_endpoints_records_nothing_of_rows(shop: TenantInfo) -> None:
    VariantFactory()
    CustomerFactory()
    assert not OutboxEvent.objects.exists()


def test_whoever_commits_an_event_wakes_the_relay_once(shop: TenantInfo, monkeypatch) -> None:
    listen("product.created")
    woken: list[str] = []
    monkeypatch.setattr(wake, "_send", lambda: woken.append("now"))
    wake.relay_begins()
    with shop_transaction():
        ProductFactory()
        ProductFactory()
        assert woken == []
    assert woken == ["now"]
    heard = wake.times_woken()
    assert heard > 0
    ProductFactory()
    assert woken == ["now"]
    assert wake.times_woken() > heard, "a relay that is at work hears of it"
    wake.relay_begins()
    assert wake.times_woken() == 0
    record_event("mail.order_paid", {})
    assert woken == ["now"]
    record_event("order.paid", {"id": str(uuid4())})
    assert woken == ["now", "now"]


def test_reading_on_from_an_event_misses_none_and_tests_are_no_news(shop: TenantInfo) -> None:
    hook = listen("order.created")
    for _ in range(5):
        record_event("order.created", {"id": str(uuid4())})
    record_event("order.paid", {"id": str(uuid4())})
    told()
    send_test(hook, at=timezone.now())
    assert Event.objects.filter(type=TEST).count() == 1
    first = events_after(None, limit=2)
    rest = events_after(first[-1].pk)
    assert [event.position for event in first + rest] == [1, 2, 3, 4, 5, 6]
    assert [event.type for event in events_after(first[-1].pk, types=frozenset({"order.paid"}))] == ["order.paid"]
    assert events_after(rest[-1].pk) == []
    with pytest.raises(EventForgotten):
        events_after(uuid4())
