"""After a decline another card can pay Stripe's intent: it is asked about, and given up, as any other."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.gateways.protocol import Attempt, Outcome, Reason, Report
from tenant_shop.payments.gateways.stripe import StripeGateway
from tenant_shop.payments.models import Payment
from tenant_shop.payments.upkeep import ask_about_payments
from tests.localstripe import PUBLIC_KEY
from tests.paying import card_order, give_card, standing, take_cards
from tests.people import shop_browser
from tests.shopping import configure, order_of, stocked

pytest.importorskip("stripe")
LATE = timedelta(minutes=31)
CAPTURED = Report(
    outcome=Outcome.CAPTURED, reference="pi_1", amount=Decimal("14.90"), event_id="pi_1.captured", reason=None
)
DROPPED = Report(outcome=Outcome.DROPPED, reference="pi_1")
DECLINED = Report(
    outcome=Outcome.DECLINED, reference="pi_1", event_id="pi_1.card_declined.failed", reason=Reason.NO_FUNDS
)
DOWN = GatewayUnavailable("stripe", "down")
Says = Callable[..., list[str]]


@pytest.fixture
def declined(shop: TenantInfo) -> tuple[Order, Payment]:
    """An order of 14.90 whose card Stripe has declined, as its message said."""
    configure(payment_methods=["stripe_card", "bank_transfer"], test_mode=True, stripe_key=PUBLIC_KEY)
    order = order_of((stocked(), 1), payment_method="stripe_card")
    Payment.objects.filter(order=order).update(
        state="failed", gateway_reference="pi_1", asked_at=timezone.now() - timedelta(minutes=2)
    )
    return order, Payment.objects.get(order=order)


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Have Stripe give `answer`, whether it is read or given up; what it was asked for, outside of transactions."""

    def play(answer: Report | Exception) -> list[str]:
        asked: list[str] = []

        def question(name: str) -> Callable[[StripeGateway, Attempt], Report]:
            def ask(self: StripeGateway, attempt: Attempt) -> Report:
                assert not shop_connection().in_atomic_block
                asked.append(name)
                if isinstance(answer, Exception):
                    raise answer
                return answer

            return ask

        monkeypatch.setattr(StripeGateway, "read", question("read"))
        monkeypatch.setattr(StripeGateway, "drop", question("drop"))
        return asked

    return play


def page_of(order: Order) -> Any:
    return shop_browser(current_tenant()).get(f"/orders/{order.public_token}/pay/")


def test_the_page_sees_that_the_same_intent_was_paid_with_another_card(declined: Any, says: Says) -> None:
    order, _ = declined
    asked = says(CAPTURED)
    assert page_of(order)["Location"] == f"/orders/{order.public_token}/"
    assert (asked, standing(order)) == (["read"], ("confirmed", "paid"))


def test_the_page_of_a_declined_card_says_why_however_often_it_is_loaded(declined: Any, says: Says) -> None:
    order, payment = declined
    says(DECLINED)
    for _ in range(2):
        assert "There is not enough money on this card." in page_of(order).content.decode()
    payment.refresh_from_db()
    assert (payment.state, standing(order)) == ("failed", ("pending", "failed"))


def test_a_gateway_that_is_down_leaves_the_page_of_a_declined_card_as_it_was(declined: Any, says: Says) -> None:
    order, _ = declined
    says(DOWN)
    page = page_of(order)
    assert "Your card was declined." in page.content.decode()
    assert "Refresh" not in page


def test_a_declined_intent_is_given_up_before_its_order_expires(declined: Any, says: Says) -> None:
    order, payment = declined
    asked = says(DROPPED)
    assert expire_unpaid(timezone.now() + LATE) == 1
    payment.refresh_from_db()
    assert (asked, payment.state) == (["drop"], "dropped")
    assert standing(order)[0] == "cancelled"


def test_a_declined_intent_that_was_paid_since_saves_its_order_from_expiring(declined: Any, says: Says) -> None:
    order, _ = declined
    says(CAPTURED)
    assert expire_unpaid(timezone.now() + LATE) == 0
    assert standing(order) == ("confirmed", "paid")


def test_a_declined_intent_of_a_silent_gateway_keeps_its_order_for_an_hour(declined: Any, says: Says) -> None:
    order, _ = declined
    says(DOWN)
    assert expire_unpaid(timezone.now() + LATE) == 0
    assert expire_unpaid(timezone.now() + LATE + timedelta(hours=1)) == 1
    assert standing(order)[0] == "cancelled"


def test_a_declined_intent_is_let_go_once_staff_have_cancelled_its_order(declined: Any, says: Says) -> None:
    order, payment = declined
    asked = says(DROPPED)
    assert ask_about_payments(timezone.now()) == 0, "the shopper may still try another card"
    cancel_order(order.pk, reason="", actor="ann")
    assert [ask_about_payments(timezone.now()) for _ in range(2)] == [1, 0]
    payment.refresh_from_db()
    assert (asked, payment.state) == (["drop"], "dropped")


def test_a_declined_intent_of_which_the_gateway_knows_nothing_is_asked_about_once(declined: Any, says: Says) -> None:
    order, payment = declined
    cancel_order(order.pk, reason="", actor="ann")
    says(DECLINED)
    ask_about_payments(timezone.now())
    payment.refresh_from_db()
    assert payment.state == "dropped"


def test_a_declined_test_card_is_given_up_with_its_order(shop: TenantInfo) -> None:
    take_cards()
    order, payment = card_order()
    give_card(Card.DECLINED, order, payment)
    assert expire_unpaid(timezone.now() + LATE) == 1
    payment.refresh_from_db()
    assert (payment.state, standing(order)) == ("dropped", ("cancelled", "failed"))
