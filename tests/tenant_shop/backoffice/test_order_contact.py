"""Where the customer of an order is reached is corrected, whatever became of the order since."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.customers.scrub import nobodys_email
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.confirmation import send_confirmations
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountRedemption
from tests.back_office import entries
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.people import staff_browser
from tests.shopper import forms_in
from tests.shopping import cart_with, configure, everything, order_from, order_of, stocked


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


def page_of(order: Order, name: str = "contact") -> str:
    return f"/admin/tenant_shop/order/{order.pk}/{name}/"


def test_mails_go_to_the_address_that_was_meant_and_the_second_of_two_is_told(acme: TenantInfo) -> None:
    DiscountCodeFactory(code="TEN", type="percentage", value=Decimal(10))
    cart_id = cart_with((stocked(), 1))
    apply_coupon(cart_id, "TEN")
    order = order_from(cart_id, email="an@example.com")
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert page_of(order) in browser.get(page_of(order, "change")).content.decode()
    fields = next(form.fields for form in forms_in(browser.get(page_of(order))) if "seen_email" in form.fields)
    assert (fields["email"], fields["phone"]) == ("an@example.com", order.customer_phone or "")

    answer = browser.post(page_of(order), {**fields, "email": "Ann@example.com", "phone": "030 1"}, follow=True)

    assert "The contact is corrected." in answer.content.decode()
    order.refresh_from_db()
    assert (order.customer_email, order.customer_phone) == ("Ann@example.com", "030 1")
    assert DiscountRedemption.objects.get().customer_email == "ann@example.com"
    assert OrderStatusHistory.objects.latest("created_at").comment == "Corrected: e-mail address, telephone."
    told = OutboxEvent.objects.get(topic="order.edited").payload
    assert (told["email"], told["before"]["email"]) == ("Ann@example.com", "an@example.com")
    (entry,) = entries(acme)
    assert (entry.action, "example.com" in str(vars(entry))) == ("contact_order", False)
    late = browser.post(page_of(order), {**fields, "email": "bob@example.com"})
    assert late.status_code == 422
    assert "It is now: Ann@example.com, 030 1." in late.content.decode()
    send_confirmations(timezone.now())
    assert [each.to for each in mail.outbox][-1:] == [["Ann@example.com"]]


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"email": ""}, {"phone": "1" * 21}, {"phone": "0\x07"}])
def test_what_is_no_address_is_told_beside_its_field_and_nothing_moves(acme: TenantInfo, wrong: dict[str, str]) -> None:
    order = order_of((stocked(), 1))
    browser = staff_browser(acme)
    fields = next(form.fields for form in forms_in(browser.get(page_of(order))) if "seen_email" in form.fields)
    before = everything()
    answer = browser.post(page_of(order), {**fields, **wrong})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(wrong))
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_whose_the_order_is_stays_and_who_was_erased_is_not_reached_again(acme: TenantInfo) -> None:
    customer = CustomerFactory(email="ann@example.com")
    order = order_of((stocked(), 1))
    Order.objects.filter(pk=order.pk).update(customer=customer, customer_email=nobodys_email(customer.pk))
    browser = staff_browser(acme)
    assert browser.get(page_of(order)).status_code == 404
    assert browser.post(page_of(order), {"email": "ann@example.com"}).status_code == 404
    Order.objects.filter(pk=order.pk).update(customer_email="ann@example.com", updated_at=timezone.now())
    fields = next(form.fields for form in forms_in(browser.get(page_of(order))) if "seen_email" in form.fields)
    browser.post(page_of(order), {**fields, "email": "office@example.com"})
    order.refresh_from_db()
    assert (order.customer_email, order.customer) == ("office@example.com", customer)
