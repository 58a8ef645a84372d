"""Staff send a mail about an order once more: each that there was, no other, once a minute, and it is written down."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders import confirmation, send_again
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.fulfil import fulfil_order, unsent_pieces
from tenant_shop.orders.models import Order
from tenant_shop.orders.timeline import timeline_of
from tenant_shop.payments import refunded_mail
from tenant_shop.payments.gateways.protocol import RefundNews
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.returns.request import request_return
from tests.accounts import account
from tests.back_office import entries
from tests.paying import take_cards
from tests.people import staff_browser
from tests.refunding import paid as by_card
from tests.returning import DAMAGED, delivered, paid, pieces
from tests.shopping import configure, everything, order_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def page_of(order: Order, verb: str = "change") -> str:
    return f"/admin/tenant_shop/order/{order.pk}/{verb}/"


def offered(browser: Any, order: Order) -> list[str]:
    return [each["title"] for each in browser.get(page_of(order)).context["mails"]]


def mailed() -> list[tuple[str, Any]]:
    return list(OutboxEvent.objects.filter(topic__startswith="mail.").order_by("id").values_list("topic", "payload"))


def test_each_mail_that_there_was_can_be_sent_again_and_says_the_same(shop: TenantInfo) -> None:
    browser, ann = staff_browser(shop), account("ann@example.com")
    order = paid(order_of((stocked(price="10.00"), 3), customer_id=ann.pk, email=ann.email))
    fulfil_order(order.pk, pieces=unsent_pieces(order), key="one", actor="x", carrier="DHL")
    refund_amount(Payment.objects.get().pk, amount=Decimal("4.90"), key="two", actor="x")
    request_return(ann, delivered(order).pk, pieces(order, 1), reason=DAMAGED)
    sent = mailed()
    today = f"{timezone.localdate(timezone=ZoneInfo(shop.timezone)):%-d %b %Y}"  # as its people's clocks show it

    titles = offered(browser, order)
    assert titles == [
        "The confirmation",
        "The receipt",
        f"Parcel 1, {today}",
        f"€4.90 given back, {today}",
        f"The return of {today}, requested",
    ]
    for each in browser.get(page_of(order)).context["mails"]:
        browser.post(page_of(order, "send_again"), {"mail": each["key"]})

    assert mailed() == sent * 2
    said = [f"Sent again: {title[0].lower()}{title[1:]}." for title in titles]
    assert [each.text for each in timeline_of(order)][:5] == said[::-1]
    assert [entry.action for entry in entries(shop)] == ["resend_order"] * 5
    assert entries(shop)[0].metadata["changes"] == [{"sent again": {"fields": ["the confirmation"]}}]


def test_of_what_was_given_back_at_the_gateway_too_until_it_comes_back(shop: TenantInfo) -> None:
    take_cards()
    browser, (order, payment) = staff_browser(shop), by_card(email="ann@example.com")

    def tell(reference: str, ends: str) -> None:
        news = RefundNews(
            reference=reference,
            ours="",
            intent="",
            amount=Decimal("3.50"),
            is_done=ends == "done",
            is_failed=ends == "failed",
        )
        take_refund_news(payment, news, actor="demo")

    refund_amount(payment.pk, amount=Decimal("1.00"), key="ours", actor="x")
    for reference in ("re_1", "re_2"):
        tell(reference, "done")
    today = f"{timezone.localdate(timezone=ZoneInfo(shop.timezone)):%-d %b %Y}"
    assert offered(browser, order)[2:] == [f"€1.00 given back, {today}", *[f"€3.50 given back, {today}"] * 2]
    tell("re_2", "failed")
    assert offered(browser, order)[2:] == [f"€1.00 given back, {today}", f"€3.50 given back, {today}"]
    mail.outbox.clear()
    refunded_mail.send_refunded_mails(timezone.now())
    first = [(message.to, message.subject) for message in mail.outbox if "€3.50" in message.subject]
    mail.outbox.clear()
    browser.post(page_of(order, "send_again"), {"mail": browser.get(page_of(order)).context["mails"][-1]["key"]})
    assert refunded_mail.send_refunded_mails(timezone.now()) == 1
    assert [(message.to, message.subject) for message in mail.outbox] == first
    assert first[0][0] == ["ann@example.com"]


def test_it_goes_out_again_and_the_second_of_two_clicks_sends_nothing(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, order = staff_browser(shop, AccessRole.EDITOR), order_of((stocked(), 1), email="ann@example.com")
    assert confirmation.send_confirmations(timezone.now()) == 1
    answer = browser.post(page_of(order, "send_again"), {"mail": "placed"}, follow=True).content.decode()
    assert "On its way to the customer again: the confirmation." in answer
    before = everything()
    again = browser.post(page_of(order, "send_again"), {"mail": "placed"}, follow=True).content.decode()
    assert "This mail was sent again less than a minute ago: the confirmation." in again
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}
    assert confirmation.send_confirmations(timezone.now()) == 1
    assert [(message.to, message.subject) for message in mail.outbox[:1]] * 2 == [
        (message.to, message.subject) for message in mail.outbox
    ]
    monkeypatch.setattr(send_again, "AGAIN_AFTER", timedelta(0))
    browser.post(page_of(order, "send_again"), {"mail": "placed"})
    assert confirmation.send_confirmations(timezone.now()) == 1


def test_of_a_cancelled_order_it_says_why(shop: TenantInfo) -> None:
    browser = staff_browser(shop)
    overdue = order_of((stocked(), 1))
    assert expire_unpaid(timezone.now() + timedelta(days=8)) == 1
    by_hand = order_of((stocked(), 1))
    cancel_order(by_hand.pk, reason="", actor="ann")
    for order, is_overdue in ((overdue, True), (by_hand, False)):
        assert offered(browser, order) == ["The confirmation", "The cancellation"]
        browser.post(page_of(order, "send_again"), {"mail": "cancelled"})
        told = OutboxEvent.objects.filter(topic="mail.order_cancelled", payload__order_id=str(order.pk))
        assert [event.payload["is_overdue"] for event in told] == [is_overdue] * 2


@pytest.mark.parametrize("key", ["", "paid", "cancelled", "parcel-x", "return-", "notice"])
def test_what_was_never_mailed_is_not_sent(key: str, shop: TenantInfo) -> None:
    browser, order = staff_browser(shop), order_of((stocked(), 1))
    other = paid(order_of((stocked(), 1)))
    parcel = fulfil_order(other.pk, pieces=unsent_pieces(other), key="one", actor="x").shipments.get()
    before = mailed()
    for forged in (key, f"parcel-{parcel.pk}"):
        answer = browser.post(page_of(order, "send_again"), {"mail": forged}, follow=True).content.decode()
        assert f"There is no such mail about order {order.order_number}." in answer
    assert mailed() == before
    assert entries(shop) == []


def test_nobody_is_left_to_mail_to_when_the_customer_was_erased(shop: TenantInfo) -> None:
    browser, order = staff_browser(shop), order_of((stocked(), 1))
    Order.objects.filter(pk=order.pk).update(customer_email=f"erased-1{ERASED_AT}")
    assert offered(browser, order) == []
    before = mailed()
    browser.post(page_of(order, "send_again"), {"mail": "placed"})
    assert mailed() == before


def test_a_viewer_and_another_shops_staff_send_nothing(shop: TenantInfo, make_shop: Any) -> None:
    order = order_of((stocked(), 1))
    before = mailed()
    viewer = staff_browser(shop, AccessRole.VIEWER)
    assert "Send again" not in viewer.get(page_of(order)).content.decode()
    assert viewer.post(page_of(order, "send_again"), {"mail": "placed"}).status_code == 403
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    answer = other.post(page_of(order, "send_again"), {"mail": "placed"}, follow=True).content.decode()
    assert "There is no such order." in answer
    assert mailed() == before
