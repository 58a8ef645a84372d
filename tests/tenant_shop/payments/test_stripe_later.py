"""What happens at Stripe long after: a refund that is sent again when keys are forgotten, an intent of a mode that is
over. With a server that plays Stripe."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import attempt_of, give_up_payment, read_payment, start_payment
from tenant_shop.payments.gateways.stripe import StripeGateway
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.next_attempt import next_attempt
from tenant_shop.payments.secrets import keep_secrets
from tests.localstripe import KEY, PUBLIC_KEY, LocalStripe, running
from tests.paying import RETURN, standing
from tests.shopping import configure, order_of, stocked

pytest.importorskip("stripe")
pytestmark = pytest.mark.slow


@pytest.fixture
def local(shop: TenantInfo, tmp_path: Path, settings: Any) -> Iterator[LocalStripe]:
    """A shop in test mode, whose Stripe is here."""
    configure(payment_methods=["stripe_card", "bank_transfer"], test_mode=True, stripe_key=PUBLIC_KEY)
    keep_secrets("stripe", {"secret_key": KEY, "webhook_secret": "whsec_test"})
    with running(tmp_path) as server:
        settings.STRIPE_API_URL = server.url
        yield server


def started() -> tuple[Order, Payment, str]:
    order = order_of((stocked(), 1), payment_method="stripe_card")
    payment = Payment.objects.get(order=order)
    report = start_payment(payment, order, shop_settings(), return_url=RETURN)
    payment.refresh_from_db()
    return order, payment, report.reference


def paid(local: LocalStripe) -> tuple[Order, Payment]:
    order, payment, intent = started()
    local.give_card(intent, "4242424242424242")
    read_payment(payment, order, shop_settings())
    return order, payment


def leave_test_mode() -> None:
    configure(payment_methods=["stripe_card", "bank_transfer"], test_mode=False, stripe_key=PUBLIC_KEY)


def test_a_refund_that_is_sent_again_after_its_key_was_forgotten_is_made_once(local: LocalStripe) -> None:
    """The server knows nothing of keys, as Stripe after a day."""
    order, payment = paid(local)
    attempt, gateway = attempt_of(payment, order), StripeGateway()
    others = [gateway.refund(attempt, Decimal("0.01"), key=f"other {number}") for number in range(12)]
    first = gateway.refund(attempt, Decimal("4.90"), key="mine")
    again = [gateway.refund(attempt, Decimal("4.90"), key="mine", again=True) for _ in range(2)]
    assert [each.reference for each in again] == [first.reference] * 2
    assert first.reference not in {each.reference for each in others}


def test_a_refund_that_never_arrived_is_made_when_it_is_sent_again(local: LocalStripe) -> None:
    order, payment = paid(local)
    made = StripeGateway().refund(attempt_of(payment, order), Decimal("4.90"), key="mine", again=True)
    assert (made.reference[:3], made.is_done) == ("re_", True)


def test_a_shopper_whose_shop_has_left_test_mode_pays_another_way_and_the_intent_is_given_up(
    local: LocalStripe,
) -> None:
    order, payment, intent = started()
    leave_test_mode()
    order, second = next_attempt(order, shop_settings(), after=payment.pk, method="bank_transfer")
    payment.refresh_from_db()
    assert (second.method, payment.state) == ("bank_transfer", "dropped")
    assert local.post(f"/v1/payment_intents/{intent}", **{"metadata[seen]": "1"})["status"] == "canceled"


def test_test_money_pays_no_order_of_a_shop_that_sells_for_real(local: LocalStripe) -> None:
    """Somebody kept the page open, and gives a test card after the shop has left test mode."""
    order, payment, intent = started()
    leave_test_mode()
    local.give_card(intent, "4242424242424242")
    assert give_up_payment(payment, order, shop_settings()).outcome == "dropped"
    assert (standing(order), PaymentEntry.objects.count()) == (("pending", "pending"), 0)


def test_an_intent_that_the_account_does_not_know_is_given_up(local: LocalStripe) -> None:
    order, payment, _ = started()
    Payment.objects.filter(pk=payment.pk).update(gateway_reference="pi_of_another_account")
    payment.refresh_from_db()
    assert give_up_payment(payment, order, shop_settings()).outcome == "dropped"
    payment.refresh_from_db()
    assert (payment.state, standing(order)) == ("dropped", ("pending", "pending"))
