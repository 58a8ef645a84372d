"""Whatever happens in whatever order, nothing is sold, used, charged or given back twice, and the books are right."""

from collections.abc import Collection

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from smartseller.errors import RuleViolation
from tests.tenant_shop.orders.planted_bugs import BUGS, LATER_BUGS
from tests.tenant_shop.orders.sending_machine import Sending, Settling

FAST, DEEP = (2, 15), (12, 50)
ALL_PHASES = tuple(Phase)


def run(examples: int, steps: int, phases: Collection[Phase] = ALL_PHASES, machine: type[Sending] = Sending) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("size", [FAST, pytest.param(DEEP, marks=pytest.mark.slow)], ids=["fast", "deep"])
def test_buying_always_adds_up(size: tuple[int, int]) -> None:
    run(*size)


@pytest.mark.slow
@pytest.mark.usefixtures("shop")
def test_what_follows_an_order_always_adds_up() -> None:
    """The machine of later bugs, without any."""
    run(10, 20, [Phase.generate], Settling)


@pytest.mark.slow
@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("bug", [*BUGS, *LATER_BUGS])
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the machine would prove nothing. It stops at the first trace; the many tries are for its bad luck."""
    places, wrong = {**BUGS, **LATER_BUGS}[bug]
    for place in places.split():
        monkeypatch.setattr(f"tenant_shop.{place}", wrong)
    with pytest.raises((AssertionError, IntegrityError, RuleViolation)):
        if bug in LATER_BUGS:
            run(600, 20, [Phase.generate], Settling)
        else:
            run(600, 50, [Phase.generate])
