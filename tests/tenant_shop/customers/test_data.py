"""What a customer takes along, and what is left of them."""

import json
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.customers.address_book import Role, save_address
from tenant_shop.customers.consents import record_consent
from tenant_shop.customers.erase import ask_to_erase, erase
from tenant_shop.customers.errors import LinkSpent, LogInRefused, OrdersUnderWay
from tenant_shop.customers.export import export_of
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.notes import note_customer, tag_customer
from tenant_shop.customers.scrub import nobodys_email
from tenant_shop.customers.sessions import open_session
from tenant_shop.customers.wishlist import add_wish
from tenant_shop.integrations.record import record_event
from tenant_shop.models import (
    ApiKey,
    CreditNote,
    CreditNoteLine,
    Customer,
    IdempotentCall,
    LoyaltyEntry,
    Order,
    OutboxEvent,
    ProductReview,
    Return,
    SavedItem,
    SearchCount,
    ShoppingCart,
)
from tenant_shop.orders.shipments import Shipment
from tenant_shop.restock.ask import ask_to_be_told
from tenant_shop.returns.request import request_return
from tenant_shop.reviews.write import write_review
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import PASSWORD, account, link_in, mails
from tests.factories.promotions import DiscountCodeFactory
from tests.quoting import asked as asked_price
from tests.quoting import take_requests
from tests.shopping import ADDRESS, cart_with, everything, order_from, order_of, stocked
from tests.statements import StatementCount

EMAIL, TRACES = "zenobia@example.com", ("zenobia", "wunderlich", "555-0199", "sesame street", "leave it at the door")


@pytest.fixture
def zenobia(selling) -> Customer:
    """A customer who has left traces everywhere."""
    customer = account(EMAIL, first_name="Zenobia", last_name="Wunderlich", phone="555-0199")
    address = ADDRESS | {"first_name": "Zenobia", "last_name": "Wunderlich", "address_line_1": "1 Sesame Street"}
    save_address(customer, address, roles=frozenset(Role))
    mug = stocked(name="Mug", slug="mug", stock=50)
    details = {"shipping_address": address, "billing_address": address, "phone": "555-0199", "email": EMAIL}
    DiscountCodeFactory(code="WELCOME")
    cart = cart_with((mug, 2), session_id="s")
    ShoppingCart.objects.filter(pk=cart).update(coupon_code="WELCOME")
    order_from(cart, customer_id=customer.pk, notes="Leave it at the door", **details)
    order_of((mug, 1), **details)  # as a guest
    Order.objects.update(status="delivered", delivered_at=timezone.now())
    order = Order.objects.filter(customer=customer).get()
    item = order.items.get()
    Shipment.objects.create(order=order, lines=[{"item": str(item.pk), "quantity": 2}], key="a", actor="ann")
    request_return(customer, order.pk, {item.pk: 1}, reason=Return.Reason.DAMAGED, note="Zenobia's mug")
    write_review(customer, mug.product_id, rating=5, title="Good", content="A good mug")
    add_wish(customer, "mug")
    record_consent(customer, is_granted=True, place="profile")
    open_session(customer, device="Firefox")
    ask_to_be_told(mug.pk, email=EMAIL, language="en")
    SearchCount.objects.create(day="2026-01-01", text=EMAIL)
    ShoppingCart.objects.create(customer=customer)
    SavedItem.objects.create(customer=customer, variant=mug, quantity=1, unit_price=1)
    take_requests()
    asked_price((mug, 1), customer=customer, name="Zenobia Wunderlich", note="To 1 Sesame Street")
    asked_price((mug, 1), email=EMAIL, name="Zenobia")  # as a guest, whose cart is empty then
    ShoppingCart.objects.filter(customer=None, completed_at=None).delete()
    note = CreditNote.objects.create(
        number="C1", customer=customer, currency="EUR", total_amount=1, issued_at=timezone.now()
    )
    CreditNoteLine.objects.create(
        credit_note=note, product=mug.product, product_name="Mug", product_sku="MUG", quantity=1, unit_price=1
    )
    note_customer(customer.pk, "Zenobia likes 1 Sesame Street", actor="ann")
    tag_customer(customer.pk, ["Wunderlich"])
    LoyaltyEntry.objects.create(customer=customer, points=40, reason="correction", actor="ann")
    company = Company.objects.create(name="Sesame", country="DE")
    CompanyMember.objects.create(company=company, customer=customer, role="admin")
    asked = {"company": company, "total": 1, "currency": "EUR", "expires_at": timezone.now(), "answers": details}
    frozen = ShoppingCart.objects.create(customer=customer, frozen_at=timezone.now())
    PurchaseRequest.objects.create(customer=customer, cart_id=frozen.pk, **asked)
    answer = {"id": str(customer.pk), "email": EMAIL, "last_name": "Wunderlich"}
    key = ApiKey.objects.create(name="CRM", prefix="sk_live_abcdefgh", digest="0" * 64)
    IdempotentCall.objects.create(
        key=key, name="a", fingerprint="0" * 64, status=201, body=json.dumps(answer), expires_at=timezone.now()
    )
    closed = {"status": "rejected", "decided_at": timezone.now(), "reason": "Not for Zenobia"}
    PurchaseRequest.objects.create(decided_by=customer, cart_id=uuid4(), **asked | closed | {"answers": {}})
    return customer


def traces() -> dict[str, list[str]]:
    """Where in the shop's database something of the customer can be read."""
    found: dict[str, list[str]] = {}
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT lower(t::text) FROM "{table}" t')
            rows = " ".join(row[0] for row in cursor.fetchall())
            if left := [trace for trace in TRACES if trace in rows]:
                found[table] = left
    return found


def erase_link(customer: Customer) -> str:
    ask_to_erase(customer)
    return link_in(mails()[-1]).rstrip("/").rpartition("/")[2]


def test_the_file_holds_everything_but_secrets(zenobia):
    with StatementCount() as statements:
        text = json.dumps(export_of(zenobia, at=timezone.now()), cls=DjangoJSONEncoder)
    data = json.loads(text)
    assert data["customer"]["email"] == EMAIL
    counted = {name: len(rows) for name, rows in data.items() if isinstance(rows, list)}
    assert counted == {
        "addresses": 1,
        "orders": 1,
        "order_items": 1,
        "credit_notes": 1,
        "credit_note_lines": 1,
        "documents": 0,
        "payments": 1,
        "refunds": 0,
        "shipments": 1,
        "loyalty_entries": 1,
        "returns": 1,
        "return_lines": 1,
        "reviews": 1,
        "wishlist": 1,
        "carts": 2,
        "cart_items": 0,
        "saved_for_later": 1,
        "consents": 1,
        "company": 1,
        "purchase_requests": 1,
        "notes_of_staff": 1,
        "log_ins": 1,
        "discount_codes_used": 1,
        "quotes": 1,
        "quote_lines": 1,
        "quote_events": 1,
        "stock_alerts": 1,
    }
    assert data["orders"][0]["shipping_address"]["address_line_1"] == "1 Sesame Street"
    for secret in ("password_hash", "public_token", "idempotency_key", zenobia.password_hash):
        assert secret not in text
    assert statements.count == 27


def test_a_mailbox_from_before_is_erased_from_what_was_told_of_the_orders(zenobia):
    mine = Order.objects.get(customer=zenobia)
    record_event("order.created", {"id": str(mine.pk), "email": "old.mailbox@example.com"})
    record_event("return.requested", {"order_id": str(mine.pk), "email": "old.mailbox@example.com"})
    others = record_event("order.created", {"id": str(uuid4()), "email": "somebody@example.com"})
    erase(erase_link(zenobia))
    assert not OutboxEvent.objects.filter(payload__email="old.mailbox@example.com").exists()
    assert OutboxEvent.objects.filter(pk=others.pk).exists()


def test_nothing_of_an_erased_customer_can_be_read_anywhere(zenobia):
    assert {"customers", "orders", "customer_addresses", "stock_alerts", "search_counts"} <= traces().keys()
    amounts = list(Order.objects.order_by("pk").values_list("order_number", "total_amount", "status"))
    erase(erase_link(zenobia))
    (message,) = mails()
    assert (message.to, message.subject) == ([EMAIL], "Harbour Kitchen: Your account is deleted")
    assert traces() == {}
    assert list(Order.objects.order_by("pk").values_list("order_number", "total_amount", "status")) == amounts
    for order in Order.objects.all():
        assert order.customer_email == nobodys_email(zenobia.pk)
        assert order.shipping_address["country"] == "DE"
        assert set(order.shipping_address.values()) == {"DE", ""}
    review = ProductReview.objects.get()
    assert (review.content, review.customer.full_name) == ("A good mug", "")
    assert Return.objects.get().customer is None
    assert set(PurchaseRequest.objects.values_list("customer", "decided_by", "status", "reason")) == {
        (None, None, "withdrawn", ""),
        (None, None, "rejected", ""),
    }
    assert not ShoppingCart.objects.filter(completed_at=None).exists()
    zenobia.refresh_from_db()
    assert zenobia.loyalty_points == 0
    assert [rule for rule in verify_shop() if "loyalty" in rule.rule] == []
    with pytest.raises(LogInRefused):
        log_in(EMAIL, PASSWORD)
    assert not OutboxEvent.objects.filter(topic="mail.customer").exists()


def test_an_erased_mailbox_can_open_a_new_account(zenobia):
    erase(erase_link(zenobia))
    again = account(EMAIL)
    assert log_in(EMAIL, PASSWORD) == again
    assert again.orders.count() == 0


def test_the_link_erases_once_and_only_its_own_customer(zenobia):
    bob = account("bob@example.com")
    link = erase_link(zenobia)
    erase(link)
    with pytest.raises(LinkSpent):
        erase(link)
    bob.refresh_from_db()
    assert (bob.email, bob.status) == ("bob@example.com", "active")


def test_an_order_under_way_still_needs_its_address(zenobia):
    link = erase_link(zenobia)
    Order.objects.filter(customer=None).update(status="processing")
    before = everything()
    with pytest.raises(OrdersUnderWay):
        erase(link)
    assert everything() == before
    Order.objects.update(status="delivered")
    erase(link)


def test_no_table_that_points_at_customers_is_forgotten(zenobia):
    """A new one stands in the export and in the erasure, or is named here as what must be kept."""
    kept = {"orders", "product_reviews", "loyalty_entries", "credit_notes"}
    erase(erase_link(zenobia))
    for model in apps.get_app_config("tenant_shop").get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Customer and model._meta.db_table not in kept:
                rows = model.objects.filter(**{field.attname: zenobia.pk})
                assert not rows.exists(), model._meta.db_table
