"""Points in the back office: off at first, changed by those who run the shop, seen by the others."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.loyalty.rules import LoyaltyRules, SpendingRules, loyalty_rules
from tests.people import staff_browser
from tests.shopping import everything

PAGE = "/admin/points/"
FORM = {
    "is_on": "on",
    "points_per_unit": "2",
    "silver_from": "300.00",
    "silver_multiplier": "1.25",
    "gold_from": "1000",
    "gold_multiplier": "1.5",
    "platinum_from": "3000",
    "platinum_multiplier": "2",
    "point_worth": "0.010",
    "least_spent": "100",
    "largest_share": "50",
    "beside_discounts": "on",
}


def rules_of(shop: TenantInfo) -> LoyaltyRules:
    with tenant_context(shop):
        return loyalty_rules(shop_settings().loyalty)


@pytest.mark.parametrize("role", [AccessRole.OWNER, AccessRole.ADMIN])
def test_those_who_run_the_shop_turn_points_on(role: AccessRole, acme: TenantInfo) -> None:
    assert not rules_of(acme).is_on
    browser = staff_browser(acme, role)
    assert PAGE in browser.get("/admin/").content.decode()
    answer = browser.post(PAGE, FORM)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    rules = rules_of(acme)
    assert (rules.is_on, rules.points_per_unit) == (True, Decimal(2))
    with tenant_scope(acme.id):
        (entry,) = AuditLog.objects.filter(action="change_settings")
    assert entry.metadata["changes"] == [
        {"changed": {"fields": ["Customers earn points", "Points for each unit of your currency"]}}
    ]
    browser.post(PAGE, FORM)
    assert rules_of(acme) == rules
    assert "Nothing was different." in browser.get(PAGE).content.decode()


def test_how_points_are_spent_is_set_beside_how_they_are_earned(acme: TenantInfo) -> None:
    staff_browser(acme).post(PAGE, {**FORM, "may_be_spent": "on", "least_spent": "250", "beside_discounts": ""})
    assert rules_of(acme).spending == SpendingRules(
        worth=Decimal("0.01"), least=250, share=Decimal("0.5"), beside_discounts=False
    )


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_others_see_the_rules_and_change_nothing(role: AccessRole, acme: TenantInfo) -> None:
    browser = staff_browser(acme, role)
    assert PAGE in browser.get("/admin/").content.decode()
    with tenant_context(acme):
        before = everything()
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert 'name="gold_from" value="1000"' in page.content.decode()
    assert ">Save<" not in page.content.decode()
    assert browser.post(PAGE, FORM).status_code == 403
    with tenant_context(acme):
        assert everything() == before


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"points_per_unit": "0"}, "greater than or equal to 0.001"),
        ({"points_per_unit": "NaN"}, "Enter a number"),
        ({"points_per_unit": "10001"}, "less than or equal to 10000"),
        ({"gold_from": "300"}, "A tier begins above the one before."),
        ({"platinum_from": "999"}, "A tier begins above the one before."),
        ({"silver_multiplier": "0.5"}, "greater than or equal to 1"),
        ({"gold_multiplier": ""}, "This field is required"),
        ({"point_worth": "0"}, "greater than or equal to 0.001"),
        ({"least_spent": "0"}, "greater than or equal to 1"),
        ({"largest_share": "100.5"}, "less than or equal to 100"),
    ],
)
def test_rules_that_make_no_sense_are_refused_beside_their_field(
    changes: dict[str, str], problem: str, acme: TenantInfo
) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        before = everything()
    answer = browser.post(PAGE, {**FORM, **changes})
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    with tenant_context(acme):
        assert everything() == before


def test_the_rules_of_one_shop_are_not_anothers(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    other = make_shop("globex")
    staff_browser(acme).post(PAGE, FORM)
    assert (rules_of(acme).is_on, rules_of(other).is_on) == (True, False)
