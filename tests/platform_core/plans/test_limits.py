import pytest
from django.db import IntegrityError, transaction

from platform_core.plans.limits import Limited, PlanLimitReached, check_room, limits_of
from platform_core.plans.models import TenantPlan


def plan(**limits: int | None) -> TenantPlan:
    return TenantPlan(name="test", **limits)


@pytest.mark.parametrize("unlimited", [None, -1])
@pytest.mark.parametrize("what", Limited)
def test_null_and_minus_one_mean_unlimited(what: Limited, unlimited: int | None) -> None:
    limits = limits_of(plan(**{f"max_{what.name.lower()}": unlimited}), name="Test")

    assert limits.of(what) is None
    assert limits.overage(what, 10**9) == 0
    assert check_room(limits, what, used=10**9) == 0


@pytest.mark.parametrize("what", [what for what in Limited if what.is_refused_beyond])
def test_products_staff_storage_and_calls_are_refused_beyond_the_plan(what: Limited) -> None:
    limits = limits_of(plan(**{f"max_{what.name.lower()}": 3}), name="Basic")

    assert check_room(limits, what, used=2) == 0
    with pytest.raises(PlanLimitReached) as caught:
        check_room(limits, what, used=3)

    assert (caught.value.plan, caught.value.what, caught.value.limit) == ("Basic", what, 3)
    assert caught.value.status == 409
    assert str(caught.value) == f"The plan Basic includes 3 {what.value}. Upgrade it to add more."


@pytest.mark.parametrize("what", [Limited.ORDERS_PER_MONTH, Limited.CUSTOMERS])
def test_a_sale_is_never_refused_only_counted(what: Limited) -> None:
    limits = limits_of(plan(**{f"max_{what.name.lower()}": 3}), name="Basic")

    assert check_room(limits, what, used=2) == 0
    assert check_room(limits, what, used=3) == 1
    assert check_room(limits, what, used=3, adding=5) == 5


def test_a_limit_of_zero_is_a_limit() -> None:
    limits = limits_of(plan(max_products=0), name="Free")

    assert limits.of(Limited.PRODUCTS) == 0
    with pytest.raises(PlanLimitReached):
        check_room(limits, Limited.PRODUCTS, used=0)


@pytest.mark.usefixtures("platform")
def test_the_enterprise_plan_is_unlimited_but_for_storage_and_calls() -> None:
    limits = limits_of(TenantPlan.objects.get(name="enterprise"), name="Enterprise")

    assert limits.limits == {
        Limited.PRODUCTS: None,
        Limited.ORDERS_PER_MONTH: None,
        Limited.CUSTOMERS: None,
        Limited.STAFF_USERS: None,
        Limited.FILE_STORAGE_GB: 100,
        Limited.API_CALLS_PER_HOUR: 20000,
    }


@pytest.mark.usefixtures("platform")
def test_no_other_negative_number_gets_into_a_limit() -> None:
    with pytest.raises(IntegrityError, match="tenant_plans_max_products"), transaction.atomic(using="default"):
        TenantPlan.objects.create(name="odd", display_name="Odd", max_products=-2)

    assert TenantPlan.objects.count() == 3
