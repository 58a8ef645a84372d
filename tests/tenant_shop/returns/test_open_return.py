"""Staff open a return for a customer, by the rules of the customer's own request."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo
from tenant_shop.models import Customer, Order, OutboxEvent, Return
from tenant_shop.returns.errors import NothingToReturn, NotReturnable
from tenant_shop.returns.mail import send_return_mails
from tenant_shop.returns.open import open_return
from tests.back_office import entries
from tests.people import staff_browser
from tests.returning import DAMAGED, delivered, pieces
from tests.shopping import configure, everything, order_of, stock_of, stocked


def letters() -> Any:
    mail.outbox.clear()
    send_return_mails(timezone.now())
    return mail.outbox


def url(order: Order) -> str:
    return f"/admin/tenant_shop/order/{order.pk}/return/"


def test_the_customer_is_asked_once_to_send_what_staff_wrote_down(selling: Any, ann: Customer, order: Order) -> None:
    asked = open_return(order.pk, pieces(order, 2), reason=DAMAGED, is_here=False, answer="Use the box.", actor="x")

    assert (asked.status, asked.customer_id, asked.lines.get().quantity) == ("approved", ann.pk, 2)
    (letter,) = letters()
    assert letter.subject == "Harbour Kitchen: Please send it back"
    assert "2 x Mug" in letter.body
    assert "Use the box." in letter.body
    topics = OutboxEvent.objects.filter(topic__startswith="return.").order_by("created_at", "id")
    assert list(topics.values_list("topic", flat=True)) == ["return.requested", "return.approved"]


def test_goods_that_are_here_are_received_at_once_and_a_guest_is_told(selling: Any) -> None:
    mug = stocked(name="Mug", stock=9)
    order = delivered(order_of((mug, 3), email="guest@example.com"))

    asked = open_return(order.pk, pieces(order, 2), reason=DAMAGED, is_here=True, restock=True, actor="x")

    assert (asked.status, asked.customer_id, stock_of(mug)) == ("received", None, 8)
    (letter,) = letters()
    assert (letter.to, letter.subject) == (["guest@example.com"], "Harbour Kitchen: What you sent back has arrived")
    Order.objects.filter(pk=order.pk).update(customer_email="erased-1@erased.invalid")
    open_return(order.pk, pieces(order, 1), reason=DAMAGED, is_here=False, actor="x")
    assert letters() == []


def test_what_was_not_sent_came_back_already_or_is_too_old_is_refused_and_nothing_moves(
    selling: Any, ann: Customer, order: Order
) -> None:
    configure(return_days=30)
    unsent = order_of((stocked(), 1))
    open_return(order.pk, pieces(order, 2), reason=DAMAGED, is_here=False, actor="x")
    old = delivered(order_of((stocked(), 1)))
    Order.objects.filter(pk=old.pk).update(delivered_at=timezone.now() - timedelta(days=400))
    before = everything()

    for place, wanted, refusal in (
        (unsent, pieces(unsent, 1), NotReturnable),
        (order, pieces(order, 2), NothingToReturn),
        (order, {}, NothingToReturn),
        (old, pieces(old, 1), NotReturnable),
    ):
        with pytest.raises(refusal):
            open_return(place.pk, wanted, reason=DAMAGED, is_here=True, restock=True, actor="x")

    assert everything() == before


def test_from_the_order_s_page_to_the_open_return(selling: TenantInfo, order: Order) -> None:
    browser = staff_browser(selling, AccessRole.EDITOR)
    assert url(order) in browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    line = order.items.first()
    form = {f"pieces-{line.pk}": "1", "reason": "does_not_fit", "goods": "wait", "answer": ""}

    refused = browser.post(url(order), {**form, f"pieces-{line.pk}": "4"})
    nothing = browser.post(url(order), {**form, f"pieces-{line.pk}": "0"})
    assert (refused.status_code, nothing.status_code, Return.objects.count()) == (422, 422, 0)
    answer = browser.post(url(order), form)

    asked = Return.objects.get()
    assert answer["Location"] == f"/admin/tenant_shop/return/{asked.pk}/change/"
    assert (asked.status, asked.reason) == ("approved", "does_not_fit")
    assert entries(selling)[-1].action == "open_return_of_order"
    viewer = staff_browser(selling, AccessRole.VIEWER)
    assert viewer.post(url(order), form).status_code == 403
    assert url(order) not in viewer.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()


def test_an_order_of_which_nothing_can_come_back_says_so(selling: TenantInfo) -> None:
    order = order_of((stocked(), 1))
    browser = staff_browser(selling)

    assert url(order) not in browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    assert "Nothing of this order can come back now" in browser.get(url(order)).content.decode()
