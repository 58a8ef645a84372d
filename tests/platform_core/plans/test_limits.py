from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_core.plans.limits import (
    Feature,
    Limited,
    PlanLimitReached,
    check_room,
    read_terms,
    terms_called,
    terms_of,
)
from platform_core.plans.models import TenantPlan
from tests.statements import StatementCount


def plan(**columns: Any) -> TenantPlan:
    return TenantPlan(name="basic", display_name="Basic", **columns)


@pytest.mark.parametrize("unlimited", [None, -1])
@pytest.mark.parametrize("what", Limited)
def test_null_and_minus_one_mean_unlimited(what: Limited, unlimited: int | None) -> None:
    limits = terms_of(plan(**{f"max_{what.name.lower()}": unlimited}))

    assert limits.of(what) is None
    assert limits.overage(what, 10**9) == 0
    assert check_room(limits, what, used=10**9) == 0


@pytest.mark.parametrize("what", [what for what in Limited if what.is_refused_beyond])
def test_products_staff_storage_and_calls_are_refused_beyond_the_plan(what: Limited) -> None:
    limits = terms_of(plan(**{f"max_{what.name.lower()}": 3}))

    assert check_room(limits, what, used=2) == 0
    with pytest.raises(PlanLimitReached) as caught:
        check_room(limits, what, used=3)

    assert (caught.value.plan, caught.value.what, caught.value.limit) == ("Basic", what, 3)
    assert caught.value.status == 409
    assert str(caught.value) == f"The plan Basic includes 3 {what.value}. Upgrade it to add more."


@pytest.mark.parametrize("what", [Limited.ORDERS_PER_MONTH, Limited.CUSTOMERS])
def test_a_sale_is_never_refused_only_counted(what: Limited) -> None:
    limits = terms_of(plan(**{f"max_{what.name.lower()}": 3}))

    assert check_room(limits, what, used=2) == 0
    assert check_room(limits, what, used=3) == 1
    assert check_room(limits, what, used=3, adding=5) == 5


def test_a_limit_of_zero_is_a_limit() -> None:
    limits = terms_of(plan(max_products=0))

    assert limits.of(Limited.PRODUCTS) == 0
    with pytest.raises(PlanLimitReached):
        check_room(limits, Limited.PRODUCTS, used=0)


@pytest.mark.usefixtures("platform")
def test_the_enterprise_plan_is_unlimited_but_for_storage_and_calls() -> None:
    limits = terms_of(TenantPlan.objects.get(name="enterprise"))

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


def test_features_are_those_that_the_row_says_true_to_in_one_order() -> None:
    said = {"white_label": True, "api_access": True, "analytics": "yes", "advanced_reports": False, "free_beer": True}
    assert terms_of(plan(features=said)).features == (Feature.API_ACCESS, Feature.WHITE_LABEL)
    assert terms_of(plan(features=[])).features == ()


def test_an_api_that_may_not_be_called_is_none() -> None:
    terms = terms_of(plan(features={"api_access": True}, max_api_calls_per_hour=0))
    assert not terms.includes(Feature.API_ACCESS)


def test_every_feature_says_what_it_is() -> None:
    assert [(feature.key, feature.title) for feature in Feature] == [
        ("analytics", "Analytics"), ("advanced_reports", "Advanced reports"), ("api_access", "API access"),
        ("custom_domain", "Your own domain"), ("white_label", "White label"),
    ]  # fmt: skip
    assert all(feature.promise for feature in Feature)


@pytest.mark.usefixtures("platform")
def test_terms_are_read_in_one_statement_and_are_one_object_for_all_who_have_the_plan() -> None:
    with StatementCount() as statements:
        terms = terms_called("premium")
    assert statements.count == 1
    assert terms is terms_called("premium")
    assert terms == terms_of(TenantPlan.objects.get(name="premium"))
    assert terms.features == (Feature.ANALYTICS, Feature.ADVANCED_REPORTS, Feature.API_ACCESS)


def test_a_plan_that_is_gone_has_no_features_and_shuts_nobody_out() -> None:
    terms = read_terms("gone", None)
    assert (terms.plan, terms.features) == ("gone", ())
    assert check_room(terms, Limited.PRODUCTS, used=10**9) == 0
