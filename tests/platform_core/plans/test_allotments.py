"""What a plan allots to a shop's database, and what a plan's row may say of it."""

import pytest

from platform_core.plans.allotments import DEFAULT, Allotment, allotment_of, allotments
from platform_core.plans.models import TenantPlan


def test_a_bigger_plan_may_take_more():
    basic, premium, enterprise = (allotment_of(plan) for plan in ("basic", "premium", "enterprise"))
    assert basic == Allotment(statement_seconds=60, connections=30, work_mem_kb=4096)
    assert premium == Allotment(statement_seconds=60, connections=60, work_mem_kb=8192)
    assert enterprise == Allotment(statement_seconds=120, connections=120, work_mem_kb=16384)
    assert allotment_of("bespoke") == DEFAULT


@pytest.mark.usefixtures("platform")
def test_a_plans_row_says_otherwise_value_by_value():
    basic = TenantPlan.objects.filter(name="basic")
    before = basic.get().features
    basic.update(features={**before, "database": {"connections": 12}})
    try:
        found = allotments()
        assert found["basic"] == Allotment(statement_seconds=60, connections=12, work_mem_kb=4096)
        assert found["premium"] == allotment_of("premium")
    finally:
        basic.update(features=before)


@pytest.mark.parametrize(
    "said",
    [
        {"connections": 0}, {"connections": 7}, {"connections": 1001}, {"connections": "many"}, {"connections": True},
        {"connections": 8.5}, {"statement_seconds": 0}, {"statement_seconds": 3601}, {"work_mem_kb": 63},
        {"work_mem_kb": 1048577}, {"temp": 1}, [], "20", None,
    ],
)  # fmt: skip
def test_what_would_lock_a_shop_out_is_passed_over(said):
    assert allotment_of("basic", {"database": said}) == DEFAULT
