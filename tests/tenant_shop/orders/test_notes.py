"""What staff write down about an order: notes that stay as they are, tags that are what was said last."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.customers.erase import erase
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import NotWritten, OrderNote, tag_order, write_note
from tests.accounts import account
from tests.shopping import at_once, configure, everything, order_of, stocked
from tests.tenant_shop.customers.test_data import erase_link


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


@pytest.fixture
def order(selling: None) -> Order:
    return order_of((stocked(), 1))


def test_notes_are_kept_in_the_order_in_which_they_were_written(order: Order) -> None:
    for text in ("  Rang twice.\n", "<b>Call</b> back"):
        write_note(order.pk, text, actor="ann")
    assert list(OrderNote.objects.values_list("text", "actor")) == [
        ("Rang twice.", "ann"),
        ("<b>Call</b> back", "ann"),
    ]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_what_is_no_note_is_refused_and_nothing_changes(text: str, order: Order) -> None:
    before = everything()
    with pytest.raises(NotWritten):
        write_note(order.pk, text, actor="ann")
    assert everything() == before


def test_tags_are_what_was_said_last_each_once(order: Order) -> None:
    tag_order(order.pk, ["Gift", "  call   first ", "gift", ""])
    assert Order.objects.get().tags == ["Gift", "call first"]
    tag_order(order.pk, [""])
    assert Order.objects.get().tags == []


@pytest.mark.parametrize("tags", [["x" * 41], [str(number) for number in range(21)]])
def test_too_many_tags_or_too_long_ones_are_refused_and_nothing_changes(tags: list[str], order: Order) -> None:
    before = everything()
    with pytest.raises(NotWritten):
        tag_order(order.pk, tags)
    assert everything() == before


def test_tags_do_not_undo_what_happens_to_the_order_meanwhile(order: Order, shop: TenantInfo) -> None:
    calls: list[Any] = [
        partial(tag_order, order.pk, ["gift"]),
        partial(cancel_order, order.pk, reason="", actor="ann"),
    ]
    at_once(shop, calls)
    found = Order.objects.get()
    assert (found.status, found.tags) == ("cancelled", ["gift"])


def test_an_order_of_another_shop_has_no_notes_or_tags(order: Order, make_shop: Any) -> None:
    with tenant_context(make_shop("globex")):
        with pytest.raises(OrderNotFound):
            write_note(order.pk, "mine", actor="ann")
        with pytest.raises(OrderNotFound):
            tag_order(order.pk, ["mine"])
    with pytest.raises(OrderNotFound):
        write_note(uuid4(), "nobody's", actor="ann")


def test_notes_go_with_their_customer() -> None:
    customer = account()
    theirs = order_of((stocked(), 1), customer_id=customer.pk, email=customer.email)
    others = order_of((stocked(), 1), email="bob@example.com")
    for each in (others, theirs):
        write_note(each.pk, "Zenobia called.", actor="ann")
        cancel_order(each.pk, reason="", actor="ann")
    erase(erase_link(customer))
    assert list(OrderNote.objects.values_list("order", flat=True)) == [others.pk]
