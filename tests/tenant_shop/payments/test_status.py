"""The payment status follows from the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.payments.status import payment_status

FIRST, SECOND = UUID(int=1), UUID(int=2)


@dataclass
class Row:
    kind: str
    amount: Decimal
    payment_id: UUID = FIRST


def row(kind: str, amount: int, payment_id: UUID = FIRST) -> Row:
    return Row(kind, Decimal(amount), payment_id)


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ([], "pending"),
        ([row("failed", 100)], "failed"),
        ([row("authorized", 100)], "authorized"),
        ([row("authorized", 100), row("voided", 100)], "pending"),
        ([row("authorized", 100), row("captured", 100)], "paid"),
        ([row("captured", 99)], "pending"),
        ([row("captured", 40), row("captured", 60)], "paid"),
        ([row("captured", 120)], "paid"),
        ([row("authorized", 60), row("captured", 60), row("authorized", 40, SECOND)], "authorized"),
        ([row("captured", 100), row("failed", 100, SECOND)], "paid"),
        ([row("failed", 100), row("authorized", 100, SECOND)], "authorized"),
        ([row("captured", 40), row("failed", 60, SECOND)], "failed"),
        ([row("captured", 100), row("refunded", 1)], "partially_refunded"),
        ([row("captured", 100), row("refunded", 60), row("refunded", 40)], "refunded"),
    ],
)
def test_what_the_entries_say_of_an_order_of_100(entries: list[Row], status: str) -> None:
    assert payment_status(Decimal(100), entries) == status


def test_an_order_that_costs_nothing_is_paid() -> None:
    assert payment_status(Decimal(0), []) == "paid"


@given(st.permutations([row("captured", 50), row("captured", 50, SECOND), row("authorized", 50), row("failed", 1)]))
def test_money_counts_in_whatever_order_it_is_told(entries: list[Row]) -> None:
    assert payment_status(Decimal(100), entries) == "paid"
