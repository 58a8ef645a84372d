"""Pieces are sold from a minimum on, in whole packs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.pricing.quantities import ANY_NUMBER, Allowed

rules = st.builds(Allowed, st.integers(1, 60), st.integers(1, 12))


@pytest.mark.parametrize(
    ("rule", "least", "sentence"),
    [
        (ANY_NUMBER, 1, ""),
        (Allowed(6, 1), 6, "Sold from 6 pieces on."),
        (Allowed(1, 6), 6, "Sold in packs of 6."),
        (Allowed(10, 6), 12, "Sold from 12 pieces on, in packs of 6."),
    ],
)
def test_the_least_is_said(rule: Allowed, least: int, sentence: str) -> None:
    assert (rule.least, rule.sentence) == (least, sentence)


@given(rule=rules, quantity=st.integers(1, 200), stock=st.one_of(st.none(), st.integers(0, 200)))
def test_what_is_proposed_can_be_ordered(rule: Allowed, quantity: int, stock: int | None) -> None:
    proposed = rule.nearest(quantity, stock)

    assert proposed == 0 or rule.permits(proposed)
    assert stock is None or proposed <= stock
    if stock is None:
        assert proposed >= quantity
        assert not any(rule.permits(fewer) for fewer in range(quantity, proposed))
    elif not proposed:
        assert not any(rule.permits(fewer) for fewer in range(1, stock + 1))


@given(rule=rules, quantity=st.integers(1, 200))
def test_one_step_down_is_the_next_that_can_be_ordered(rule: Allowed, quantity: int) -> None:
    below = rule.below(quantity)

    assert below == max((fewer for fewer in range(1, quantity) if rule.permits(fewer)), default=0)
