"""Those who wait are told once, in the order in which they asked, and nothing of it is lost."""

import smtplib
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.receive import receive_stock
from tenant_shop.inventory.set_quantity import set_quantities
from tenant_shop.models import OutboxEvent, Product, ProductVariant, StockAlert
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.restock import tell, wake
from tenant_shop.restock.ask import MOST_FOR_ONE_ADDRESS, ask_to_be_told
from tenant_shop.restock.leave import address_of, leave, leave_token
from tenant_shop.restock.mail import send_notice
from tenant_shop.restock.tell import TOLD_FOR_EACH_PIECE, tell_waiting
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopping import at_once, configure, everything, order_of


@pytest.fixture(autouse=True)
def queued(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A shop that sells; what would be queued is written down instead."""
    configure(store_name="Café <Nord>", store_email="hello@nord.example")
    sent: list[list[str]] = []
    monkeypatch.setattr(wake.tell_waiting_task, "delay", sent.append)
    return sent


@pytest.fixture
def mug(shop: TenantInfo) -> ProductVariant:
    """Sold out, with two who wait for it."""
    product = ProductFactory(name="Mug <b>", slug="mug", price="24.00", default_variant=False)
    variant = VariantFactory(product=product, options={"Glaze": "Ink & Sand"})
    for name in ("ann", "bob"):
        ask_to_be_told(variant.pk, email=f" {name.title()}@Example.com", language="en")
    return variant


def told() -> list[str]:
    return [message.to[0] for message in mail.outbox]


def later(**values: int) -> Any:
    return timezone.now() + timedelta(**values)


def come_back(variant: ProductVariant, pieces: int = 5) -> None:
    receive_stock({variant.pk: pieces})


def test_goods_that_come_in_wake_the_worker_after_the_commit(mug: ProductVariant, queued: list[list[str]]) -> None:
    other = ProductFactory().variant_rows.get()
    with shop_transaction():
        receive_stock({mug.pk: 1, other.pk: 1})
        assert queued == []
    assert queued == [[str(mug.pk)]]
    set_quantities({mug.pk: 3, other.pk: 3}, reason=StockMovement.Reason.CORRECTION)
    assert queued == [[str(mug.pk)]] * 2
    set_quantities({mug.pk: 1}, reason=StockMovement.Reason.DAMAGE)
    receive_stock({other.pk: 1})
    assert len(queued) == 2, "nobody waits for the other, and nobody for less"


def test_a_cancelled_order_wakes_it_and_a_change_that_is_undone_does_not(
    mug: ProductVariant, queued: list[list[str]]
) -> None:
    come_back(mug, 1)
    order = order_of((mug, 1))
    queued.clear()
    with pytest.raises(ZeroDivisionError), shop_transaction():
        receive_stock({mug.pk: 1})
        raise ZeroDivisionError
    assert queued == []
    cancel_order(order.pk, reason="test", actor="test")
    assert queued == [[str(mug.pk)]]


def test_a_broker_that_is_down_does_not_keep_goods_out(mug: ProductVariant, monkeypatch: pytest.MonkeyPatch) -> None:
    down = mock.Mock(side_effect=OperationalError("connection refused"))
    monkeypatch.setattr(wake.tell_waiting_task, "delay", down)
    come_back(mug)
    assert tell_waiting(timezone.now()) == 2, "the next round finds them"


def test_the_mail_names_the_goods_in_text_and_html_and_how_to_leave(mug: ProductVariant) -> None:
    come_back(mug)
    assert tell_waiting(timezone.now()) == 2
    message = mail.outbox[0]
    assert message.to == ["ann@example.com"]
    assert message.subject == "Café <Nord>: Mug <b> is back"
    assert str(make_header(decode_header(parseaddr(message.from_email)[0]))) == "Café <Nord>"
    assert message.reply_to == ["hello@nord.example"]
    text, (html, kind) = message.body, message.alternatives[0]
    assert kind == "text/html"
    assert "Mug <b> (Ink & Sand): €24.00" in text
    assert "http://acme.localhost:8000/products/mug/?Glaze=Ink+%26+Sand" in text
    assert "Mug &lt;b&gt; is back" in html
    assert "Ink &amp; Sand" in html
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("http://acme.localhost:8000/notify/leave/")
    assert link in text
    assert link in html


def test_the_mail_has_the_shops_colours(make_shop: Any) -> None:
    with tenant_context(make_shop("globex", theme_config={"brand": "#aa0044"})):
        variant = ProductFactory(stock=1).variant_rows.get()
        ask_to_be_told(variant.pk, email="ann@example.com", language="en")
        tell_waiting(timezone.now())
    assert "background:#aa0044;color:#ffffff" in mail.outbox[0].alternatives[0][0]


def test_everybody_is_told_once_however_often_stock_comes_and_goes(mug: ProductVariant) -> None:
    for _ in range(3):
        come_back(mug)
        tell_waiting(timezone.now())
        set_quantities({mug.pk: 0}, reason=StockMovement.Reason.DAMAGE)
    assert told() == ["ann@example.com", "bob@example.com"]
    assert OutboxEvent.objects.filter(topic="mail.back_in_stock", delivered_at=None).count() == 0


def test_workers_at_the_same_time_tell_nobody_twice(shop: TenantInfo, mug: ProductVariant) -> None:
    for number in range(20):
        ask_to_be_told(mug.pk, email=f"{number}@example.com", language="en")
    come_back(mug, 1)
    at_once(shop, [lambda: tell_waiting(timezone.now())] * 4)
    tell_waiting(timezone.now())
    assert sorted(told()) == sorted(
        ["ann@example.com", "bob@example.com", *(f"{number}@example.com" for number in range(8))]
    )


def test_who_asked_first_is_told_first_and_the_others_while_stock_lasts(mug: ProductVariant) -> None:
    names = ["ann@example.com", "bob@example.com"]
    for number in range(TOLD_FOR_EACH_PIECE * 2):
        ask_to_be_told(mug.pk, email=f"{number:02}@example.com", language="en")
        names.append(f"{number:02}@example.com")
    come_back(mug, 1)
    tell_waiting(timezone.now(), variant_ids=[mug.pk])
    assert told() == names[:TOLD_FOR_EACH_PIECE]
    tell_waiting(timezone.now())
    assert len(told()) == TOLD_FOR_EACH_PIECE, "not before the next round"
    StockAlert.objects.exclude(notified_at=None).update(notified_at=later(minutes=-10))
    tell_waiting(timezone.now())
    assert told() == names[: TOLD_FOR_EACH_PIECE * 2]
    set_quantities({mug.pk: 0}, reason=StockMovement.Reason.DAMAGE)
    StockAlert.objects.exclude(notified_at=None).update(notified_at=later(minutes=-10))
    assert tell_waiting(timezone.now()) == 0
    assert StockAlert.objects.waiting().count() == 2


@pytest.mark.parametrize("values", [{"status": "draft"}, {"visibility": "catalog_only"}])
def test_nobody_is_told_of_what_cannot_be_bought(mug: ProductVariant, values: dict[str, str]) -> None:
    Product.objects.update(**values)
    come_back(mug)
    assert tell_waiting(timezone.now()) == 0
    assert StockAlert.objects.waiting().count() == 2
    Product.objects.update(status="active", visibility="visible")
    assert tell_waiting(timezone.now()) == 2


def test_who_waits_at_the_address_of_a_hidden_product_is_told(mug: ProductVariant) -> None:
    """It is sold to those who know where it is, and they were promised a mail."""
    Product.objects.update(visibility="hidden")
    come_back(mug)
    assert tell_waiting(timezone.now()) == 2
    assert told() == ["ann@example.com", "bob@example.com"]


def test_what_can_be_ordered_again_without_stock_counts_too(mug: ProductVariant) -> None:
    Product.objects.update(allow_backorder=True)
    assert tell_waiting(timezone.now()) == 2


def test_goods_that_are_gone_again_before_the_mail_leave_the_address_waiting(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(mug)
    monkeypatch.setattr(tell, "send_notice", lambda event_id: False)  # the worker dies here
    tell_waiting(timezone.now())
    monkeypatch.undo()
    assert StockAlert.objects.waiting().count() == 0
    set_quantities({mug.pk: 0}, reason=StockMovement.Reason.DAMAGE)
    ask_to_be_told(mug.pk, email="bob@example.com", language="en")
    assert tell_waiting(timezone.now()) == 0
    assert sorted(StockAlert.objects.waiting().values_list("email", flat=True)) == [
        "ann@example.com",
        "bob@example.com",
    ]
    assert StockAlert.objects.count() == 2


def test_a_worker_that_died_between_promise_and_mail_loses_nobody(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(mug)
    with monkeypatch.context() as patched:
        patched.setattr(tell, "send_notice", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tell_waiting(timezone.now())
    assert told() == []
    assert tell_waiting(timezone.now()) == 2
    assert tell_waiting(timezone.now()) == 0
    assert told() == ["ann@example.com", "bob@example.com"]


def test_a_worker_that_died_while_promising_has_promised_nothing(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(mug)
    before = everything()
    with monkeypatch.context() as patched:
        patched.setattr(OutboxEvent.objects, "bulk_create", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tell_waiting(timezone.now())
    assert everything() == before
    assert tell_waiting(timezone.now()) == 2


def test_a_mail_server_that_is_down_is_tried_again_later(mug: ProductVariant) -> None:
    come_back(mug)
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=smtplib.SMTPServerDisconnected("gone")):
        assert tell_waiting(timezone.now()) == 0
    assert tell_waiting(timezone.now()) == 0
    OutboxEvent.objects.update(available_at=later(seconds=-1))
    assert tell_waiting(timezone.now()) == 2


def test_asking_twice_is_asking_once_and_after_the_mail_one_may_ask_again(mug: ProductVariant) -> None:
    ask_to_be_told(mug.pk, email="ANN@example.com", language="de")
    assert StockAlert.objects.filter(email="ann@example.com").count() == 1
    come_back(mug)
    tell_waiting(timezone.now())
    ask_to_be_told(mug.pk, email="ann@example.com", language="en")
    assert StockAlert.objects.waiting().count() == 1


def test_an_address_cannot_be_made_to_wait_for_everything(mug: ProductVariant) -> None:
    variants = [VariantFactory(product=mug.product) for _ in range(MOST_FOR_ONE_ADDRESS + 3)]
    for variant in variants:
        ask_to_be_told(variant.pk, email="ann@example.com", language="en")
    assert StockAlert.objects.filter(email="ann@example.com").count() == MOST_FOR_ONE_ADDRESS


def test_leaving_forgets_the_address_and_stops_a_promised_mail(mug: ProductVariant) -> None:
    come_back(mug)
    with mock.patch.object(tell, "send_notice", return_value=False):
        tell_waiting(timezone.now())
    alert = StockAlert.objects.get(email="ann@example.com")
    token = leave_token(alert)
    assert address_of(token) == "ann@example.com"
    leave(token)
    leave(token)
    assert address_of(token) is None
    assert tell_waiting(timezone.now()) == 1
    assert told() == ["bob@example.com"]


def test_a_forged_link_or_one_of_another_shop_leaves_nothing(mug: ProductVariant, make_shop: Any) -> None:
    alert = StockAlert.objects.get(email="ann@example.com")
    with tenant_context(make_shop("globex")):
        theirs = leave_token(alert)
    for token in (
        theirs,
        alert.pk.hex,
        f"{alert.pk.hex}:x",
        "",
        "\x00",
        "x" * 5000,
        leave_token(StockAlert(pk=uuid4())),
    ):
        assert address_of(token) is None, token[:40]
        leave(token)
    assert StockAlert.objects.count() == 2


def test_addresses_are_not_kept_longer_than_they_are_of_use(mug: ProductVariant) -> None:
    come_back(mug)
    tell_waiting(timezone.now())
    tell_waiting(later(days=29))
    assert StockAlert.objects.count() == 2
    tell_waiting(later(days=31))
    assert StockAlert.objects.count() == 0


def test_the_cost_does_not_grow_with_those_who_wait_in_vain(mug: ProductVariant, count_statements: Any) -> None:
    with count_statements() as few:
        tell_waiting(timezone.now())
    for number in range(50):
        ask_to_be_told(VariantFactory().pk, email=f"{number}@example.com", language="en")
    with count_statements() as many:
        tell_waiting(timezone.now())
    assert few.count == many.count == 3


def test_an_event_that_does_not_exist_is_no_mail(shop: TenantInfo) -> None:
    assert not send_notice(uuid4())
