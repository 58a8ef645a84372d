"""The jobs that ask gateways: one reading of the settings, sixty seconds, and an end when the worker says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import Setting
from tenant_shop.orders import expire
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.payments import rounds
from tenant_shop.payments.errors import GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.gateways.protocol import Attempt
from tenant_shop.payments.let_go import let_promises_go
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.refund import send_pending_refunds
from tenant_shop.payments.upkeep import ask_about_payments
from tests.paying import card_order, give_card, take_cards
from tests.shopping import order_of, stocked
from tests.statements import StatementCount


class Job(NamedTuple):
    """A job, what it has to do, and what it asks the gateway for."""

    arrange: Callable[[], None]
    run: Callable[[], int]
    question: str


def overdue() -> None:
    card_order()


def quiet() -> None:
    give_card(Card.ANSWER_LOST, *card_order())
    Payment.objects.update(asked_at=timezone.now() - timedelta(minutes=2))


def promised() -> None:
    order, payment = card_order()
    give_card(Card.AUTHORIZES, order, payment)
    cancel_order(order.pk, reason="", actor="ann")


def pending_refund() -> None:
    order, payment = card_order()
    give_card(Card.SUCCEEDS, order, payment)
    PaymentRefund.objects.create(
        payment=payment,
        amount=1,
        currency="EUR",
        key=payment.pk.hex,
        actor="ann",
        asked_at=timezone.now() - timedelta(minutes=3),
    )


JOBS = {
    "expire": Job(overdue, lambda: expire_unpaid(timezone.now() + timedelta(minutes=31)), "drop"),
    "ask": Job(quiet, lambda: ask_about_payments(timezone.now()), "read"),
    "let go": Job(promised, let_promises_go, "drop"),
    "refund": Job(pending_refund, lambda: send_pending_refunds(timezone.now()), "refund"),
}


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    take_cards()


@pytest.fixture(params=JOBS.values(), ids=JOBS)
def job(request: Any) -> Job:
    """With two things to do."""
    found: Job = request.param
    found.arrange()
    found.arrange()
    return found


def test_a_worker_whose_time_is_over_is_not_held_back(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def over(*args: Any, **kwargs: Any) -> Any:
        asked.append(1)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(DemoGateway, job.question, over)
    with pytest.raises(SoftTimeLimitExceeded):
        job.run()
    assert asked == [1]


def test_the_settings_are_read_once_however_much_there_is_to_do(job: Job) -> None:
    with StatementCount() as statements:
        assert job.run() == 2
    assert sum(f'FROM "{Setting._meta.db_table}"' in sql for sql in statements.sql) == 1


def test_a_round_of_sixty_seconds_leaves_the_rest_to_the_next(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(rounds.time, "monotonic", lambda: clock[0])
    real = getattr(DemoGateway, job.question)

    def slow(*args: Any, **kwargs: Any) -> Any:
        clock[0] += rounds.ROUND_SECONDS
        return real(*args, **kwargs)

    monkeypatch.setattr(DemoGateway, job.question, slow)
    assert [job.run() for _ in range(3)] == [1, 1, 0]


def test_a_silent_gateway_holds_no_other_order_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each run there is time for two. Three wait for the gateway, and are older than the one that asks nobody."""
    silent = [card_order()[0].pk for _ in range(3)]
    other = order_of((stocked(), 1))
    Order.objects.filter(pk=other.pk).update(payment_due_at=timezone.now() + timedelta(minutes=30))
    monkeypatch.setattr(expire, "BATCH", 2)
    asked: list[Any] = []

    def says_nothing(gateway: DemoGateway, attempt: Attempt) -> Any:
        asked.append(Payment.objects.get(pk=attempt.payment_id).order_id)
        raise GatewayUnavailable("demo", "down")

    monkeypatch.setattr(DemoGateway, "drop", says_nothing)
    late = timezone.now() + timedelta(minutes=31)
    assert [expire_unpaid(late) for _ in range(3)] == [1, 0, 0]
    assert asked[:3] == silent, "each has its turn"
    other.refresh_from_db()
    assert other.status == "cancelled"
