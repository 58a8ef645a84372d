"""What a plan does not include says so in its place: the rest goes on, and nobody meets an error."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.change_plan import change_plan
from tenant_shop.analytics.roll_up import roll_up_changes
from tests.factories.orders import OrderFactory
from tests.people import staff_browser
from tests.shopping import configure
from tests.statements import StatementCount

HOME = "/dashboard/"
PARTS = ("days", "products", "categories", "countries", "hours")


@pytest.fixture
def basic(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    """A shop whose plan has neither analytics nor reports, with an order."""
    shop = make_shop("acme", plan_type="basic")
    with tenant_context(shop):
        configure()
        OrderFactory(status="confirmed", currency="EUR")
        roll_up_changes(timezone.now())
    return shop


def test_without_analytics_the_home_has_what_runs_a_shop_and_asks_one_statement_less(basic: TenantInfo) -> None:
    browser = staff_browser(basic)

    with StatementCount() as statements:
        page = browser.get(f"{HOME}?days=7")

    assert (statements.count, statements.repeated) == (8, {})
    assert [number.name for number in page.context["numbers"]] == ["sales", "orders", "average"]
    assert [chart.name for chart in page.context["charts"]] == ["sales", "orders"]
    assert (page.context["chosen"].days, page.context["chosen"].problem) == ("7", "")
    text = page.content.decode()
    assert "Your plan, Basic, does not include this." in text
    assert 'href="/admin/plan/choose/"' in text
    assert ".csv" not in text
    assert "Other days" not in text


def test_days_of_ones_own_become_the_usual_ones_and_files_lead_to_the_page_that_says_why(basic: TenantInfo) -> None:
    browser = staff_browser(basic)
    chosen = browser.get(f"{HOME}?from=2026-01-01&to=2026-01-31").context["chosen"]
    assert (chosen.days, chosen.problem) == (
        "30", "Days of your own choice come with analytics. These are the last 30 days.",
    )  # fmt: skip
    for part in PARTS:
        assert browser.get(f"{HOME}{part}.csv?days=7").headers["Location"] == f"{HOME}#analytics"


@pytest.mark.parametrize("path", ["discounts/", "discounts/?csv=1", "cohorts/", "cohorts/?csv=1"])
def test_reports_say_what_they_would_be_and_are_marked_in_the_menu(basic: TenantInfo, path: str) -> None:
    page = staff_browser(basic).get(HOME + path)
    text = page.content.decode()
    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert "Who comes back, month by month, and what each discount cost and brought." in text
    assert text.count("(not in your plan)") == 5  # both reports, domains, keys, webhooks


@pytest.mark.parametrize("role", [AccessRole.ADMIN, AccessRole.VIEWER])
def test_only_who_may_change_the_plan_is_led_to_the_others(basic: TenantInfo, role: AccessRole) -> None:
    browser = staff_browser(basic, role)
    for path in ("", "discounts/"):
        text = browser.get(HOME + path).content.decode()
        assert "owner can choose another plan." in text
        assert "/admin/plan/choose/" not in text


def test_another_plan_shows_the_time_before_as_well(basic: TenantInfo) -> None:
    browser = staff_browser(basic)
    change_plan(basic.id, plan="premium")
    page = browser.get(HOME)
    assert len(page.context["numbers"]) == len(page.context["charts"]) == 6
    assert page.context["days"].now.orders == 1
    assert "does not include" not in page.content.decode()
    assert browser.get(f"{HOME}days.csv").status_code == 200
