"""What a shopper must know to pay stands on the confirmation page and in the mail, and they say the same."""

import html
import re
from decimal import Decimal

import pytest
from django.core import mail

from platform_core.tenancy.context import TenantInfo
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders import confirmation
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.confirm import confirm_order
from tenant_shop.orders.confirmation import send_confirmation
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.refund import refund_amount
from tests.paying import take_cards
from tests.people import shop_browser
from tests.shopping import configure, order_of, stocked

ACCOUNT = "Acme <Ltd>\nIBAN DE02 1203 0000 0000 2020 51"
NO_ACCOUNT = "The shop will send you its bank details by e-mail."


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(payment_instructions=ACCOUNT)
    monkeypatch.setattr(confirmation.send_confirmation_task, "delay", lambda event_id: None)


def words_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def page_and_mails(shop: TenantInfo, order: Order) -> list[str]:
    """The words of the page, of the mail in text, and of the mail in HTML."""
    page = shop_browser(shop).get(f"/orders/{order.public_token}/").content.decode()
    send_confirmation(OutboxEvent.objects.get(topic="mail.order_placed").pk)
    (message,) = mail.outbox
    return [words_of(page), " ".join(str(message.body).split()), words_of(str(message.alternatives[0][0]))]


def test_a_transfer_is_told_where_to_how_much_and_with_which_reference(shop: TenantInfo) -> None:
    order = order_of((stocked(), 2))
    for words in page_and_mails(shop, order):
        assert "Acme <Ltd> IBAN DE02 1203 0000 0000 2020 51" in words
        for fact in ("Amount", "€24.90", "Reference", order.order_number, "Pay by"):
            assert fact in words
        assert NO_ACCOUNT not in words


def test_without_an_account_the_shopper_is_told_to_expect_it(shop: TenantInfo) -> None:
    configure(payment_instructions=" \n ")
    for words in page_and_mails(shop, order_of((stocked(), 2))):
        assert NO_ACCOUNT in words
        assert "IBAN" not in words


def test_who_is_trusted_with_the_goods_is_told_where_the_money_goes_and_that_nobody_waits_for_it(
    shop: TenantInfo,
) -> None:
    order = confirm_order(order_of((stocked(), 2)).pk, actor="ann")
    for words in page_and_mails(shop, order):
        assert "Acme <Ltd> IBAN DE02 1203 0000 0000 2020 51" in words
        assert "We do not wait for your money before we send the goods." in words
        assert "You pay in advance" not in words
        assert "Pay by" in words


def test_goods_paid_at_the_door_need_no_account(shop: TenantInfo) -> None:
    for words in page_and_mails(shop, order_of((stocked(), 2), payment_method="cash_on_delivery")):
        assert "You pay when the goods are handed to you." in words
        assert "IBAN" not in words
        assert NO_ACCOUNT not in words


def test_a_card_is_asked_for_while_it_may_be_given_and_no_longer(shop: TenantInfo) -> None:
    take_cards()
    order = order_of((stocked(), 2), payment_method="test_card")
    for words in page_and_mails(shop, order):
        assert "Your payment has not arrived yet. You can pay on the page of your order." in words
        assert "Pay by" not in words
    cancel_order(order.pk, reason="", actor="test")
    page = words_of(shop_browser(shop).get(f"/orders/{order.public_token}/").content.decode())
    assert "has not arrived yet" not in page
    assert "on the next page" not in page


def test_what_is_paid_is_not_asked_for_again(shop: TenantInfo) -> None:
    order = order_of((stocked(), 2))
    mark_as_paid(order.pk, actor="test")
    page = shop_browser(shop).get(f"/orders/{order.public_token}/").content.decode()
    assert "IBAN" not in page
    assert "Pay by" not in page


@pytest.mark.parametrize("method", ["bank_transfer", "cash_on_delivery"])
@pytest.mark.parametrize("given_back", ["4.90", "14.90"])
def test_who_got_money_back_is_not_told_how_to_pay(shop: TenantInfo, method: str, given_back: str) -> None:
    order = order_of((stocked(price="10.00"), 1), payment_method=method)
    mark_as_paid(order.pk, actor="test")
    refund_amount(order.payments.get().pk, amount=Decimal(given_back), key="one", actor="test")
    page = words_of(shop_browser(shop).get(f"/orders/{order.public_token}/").content.decode())
    assert f"Money given back €{given_back}" in page
    assert "You pay" not in page


def test_page_and_mail_say_deliver_to_the_country_by_name_and_free_where_it_is(shop: TenantInfo) -> None:
    configure(shipping_rates=[{"code": "standard", "name": "Standard delivery", "amount": "0"}])
    for words in page_and_mails(shop, order_of((stocked(), 2))):
        assert "Deliver to" in words
        assert "Delivered to" not in words
        assert "Germany" in words
        assert "Free" in words
        assert "€0.00" not in words
