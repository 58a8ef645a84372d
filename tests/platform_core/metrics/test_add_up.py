"""The platform's days are the sum of what is known of them, however often and in whichever order they are added up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from platform_core.audit.record import record
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.recurring.models import RecurringChange
from platform_core.metrics import add_up
from platform_core.metrics.add_up import add_up_changes, add_up_days
from platform_core.metrics.models import PlatformMetric, PlatformSales, TenantMetric
from platform_core.plans.models import TenantPlan
from platform_core.status.models import HealthDay
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import suspend_tenant
from tests.databases import PLATFORM, owner

pytestmark = pytest.mark.usefixtures("platform")
NOW = datetime(2026, 3, 11, 0, 20, tzinfo=UTC)


def day(number: int) -> date:
    return date(2026, 3, number)


def noon(number: int) -> datetime:
    return datetime(2026, 3, number, 12, tzinfo=UTC)


LONG_AGO = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tenant(slug: str, *, created: datetime = LONG_AGO, activated: datetime | None = LONG_AGO, **values: Any) -> Tenant:
    made = Tenant.objects.create(
        slug=slug, name=slug, database_name=f"nowhere_{slug}", contact_email=f"owner@{slug}.example",
        activated_at=activated, **{"status": "active", **values},
    )  # fmt: skip
    Tenant.objects.filter(pk=made.pk).update(created_at=created)
    return made


def said(shop: Tenant, on: date, orders: int, revenue: str, *, currency: str = "EUR", grown: int = 0) -> None:
    TenantMetric.objects.update_or_create(
        tenant=shop, date=on,
        defaults={
            "orders": orders, "revenue": Decimal(revenue), "currency": currency, "customers": grown,
            "products": 2 * grown, "is_added_up": False,
        },
    )  # fmt: skip


def at(change: Any, shop: Tenant, moment: datetime) -> None:
    """Change a shop's standing as if it were `moment`; only a superuser can rewrite the audit log's clock."""
    change(shop.pk, reason="test")
    with owner(PLATFORM) as connection:
        connection.execute(
            "UPDATE platform_audit_log SET created_at = %s WHERE id = (SELECT id FROM platform_audit_log ORDER BY id"
            " DESC LIMIT 1)",
            (moment,),
        )


def figures(*names: str) -> list[tuple[Any, ...]]:
    return list(PlatformMetric.objects.order_by("date").values_list("date", *names))


def test_a_days_orders_are_those_of_all_shops_and_money_stays_in_its_currency() -> None:
    acme, bolt, mio = tenant("acme"), tenant("bolt"), tenant("mio")
    said(acme, day(9), 2, "10.50", grown=3)
    said(bolt, day(9), 1, "4.25", grown=1)
    said(mio, day(9), 5, "9000", currency="JPY", grown=1)
    said(bolt, day(10), 0, "-4.25", grown=2)
    said(mio, day(10), 0, "0", currency="JPY", grown=1)

    assert add_up_changes(NOW) == [day(9), day(10)]

    assert figures("total_orders", "total_customers", "total_products") == [(day(9), 8, 5, 10), (day(10), 0, 6, 12)]
    assert list(PlatformSales.objects.values_list("date", "currency", "tenants", "orders", "revenue")) == [
        (day(10), "EUR", 1, 0, Decimal("-4.250")),
        (day(9), "EUR", 2, 3, Decimal("14.750")),
        (day(9), "JPY", 1, 5, Decimal("9000.000")),
    ]


def test_what_nobody_measures_is_not_made_up() -> None:
    add_up_changes(NOW)
    assert figures("total_api_calls", "avg_response_time_ms", "uptime_percentage") == [(day(10), 0, None, None)]


def looked(part: str, on: date, looks: int, well: int, ms: float) -> None:
    HealthDay.objects.create(
        part=part, day=on, looks=looks, looks_well=well, ms_sum=ms, looked_at=noon(on.day), is_well=True,
        since=noon(on.day),
    )  # fmt: skip


def test_uptime_is_that_of_what_visitors_meet_and_response_time_that_of_their_requests() -> None:
    looked("website", day(9), 1440, 1440, 2880.0)
    looked("shops:primary", day(9), 1440, 1437, 14370.0)
    looked("shops:second", day(9), 10, 10, 0.0)
    looked("cache", day(9), 1440, 3, 1.0)
    looked("website", day(10), 1440, 0, 0.0)
    looked("responses", day(9), 1000, 1000, 41_500.0)
    names = ("uptime_percentage", "avg_response_time_ms")
    measured = [(day(9), Decimal("99.79"), 42), (day(10), Decimal("0.00"), None)]
    add_up_days(day(9), day(10))
    assert figures(*names) == measured

    # Looks are forgotten after some months; a day that is added up again keeps what they said.
    HealthDay.objects.all().delete()
    add_up_days(day(9), day(10))
    assert figures(*names) == measured


def test_what_a_shop_says_late_is_added_up_and_nothing_else_is() -> None:
    acme = tenant("acme")
    for number in range(1, 11):
        said(acme, day(number), 1, "1")
    assert len(add_up_changes(NOW)) == 10
    assert add_up_changes(NOW) == [day(10)]
    PlatformMetric.objects.update(total_orders=99)
    said(acme, day(4), 1, "0.40", currency="CHF")
    assert add_up_changes(NOW) == [day(4), day(10)]
    orders = [orders for _, orders in figures("total_orders")]
    assert orders == [99, 99, 99, 1, 99, 99, 99, 99, 99, 1]
    assert list(PlatformSales.objects.filter(date=day(4)).values_list("currency", "revenue")) == [
        ("CHF", Decimal("0.400"))
    ]


def test_a_day_that_is_over_in_the_east_waits_until_it_is_over() -> None:
    said(tenant("auckland"), day(11), 4, "1")
    assert add_up_changes(NOW) == [day(10)]
    assert add_up_changes(NOW + timedelta(days=1)) == [day(11)]
    assert figures("total_orders") == [(day(10), 0), (day(11), 4)]


def test_days_without_a_worker_are_made_up_for() -> None:
    tenant("acme")
    add_up_changes(NOW)
    assert add_up_changes(NOW + timedelta(days=3)) == [day(11), day(12), day(13)]


def test_no_day_is_left_out_between_the_first_and_yesterday() -> None:
    acme = tenant("acme")
    said(acme, day(5), 1, "1")
    assert add_up_changes(NOW) == [day(number) for number in range(5, 11)]
    said(acme, day(3), 1, "1")
    assert add_up_changes(NOW) == [day(3), day(4), day(10)]
    assert [orders for _, orders in figures("total_orders")] == [1, 0, 1, 0, 0, 0, 0, 0]


def test_killed_before_its_commit_it_does_all_of_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said(tenant("acme"), day(9), 3, "1")
    with monkeypatch.context() as patch:
        patch.setattr(add_up, "ADD_UP", (*add_up.ADD_UP, "SELECT 1 / 0"))
        with pytest.raises(Exception, match="division by zero"):
            add_up_changes(NOW)
    assert not PlatformMetric.objects.exists()
    assert add_up_changes(NOW) == [day(9), day(10)]
    assert figures("total_orders") == [(day(9), 3), (day(10), 0)]


def test_tenants_are_counted_as_they_stood_on_each_day() -> None:
    acme = tenant("acme")
    bolt = tenant("bolt", created=noon(3), activated=noon(4))
    gone = tenant("gone", created=noon(2), activated=noon(2))
    tenant("waits", created=noon(5), activated=None, status="pending_setup")
    at(suspend_tenant, acme, noon(4))
    at(resume_tenant, acme, noon(6))
    at(cancel_tenant, gone, noon(6))
    record(
        "reopen_tenant", resource_type="tenant", resource_id=gone.pk, tenant_id=gone.pk, at=noon(8),
        old_values={"status": "cancelled"}, new_values={"status": "active"},
    )  # fmt: skip
    add_up_days(day(1), day(8))
    assert figures("total_tenants", "active_tenants", "new_tenants", "churned_tenants") == [
        (day(1), 1, 1, 1, 0),
        (day(2), 2, 2, 1, 0),
        (day(3), 3, 2, 1, 0),
        (day(4), 3, 2, 0, 0),
        (day(5), 4, 2, 1, 0),
        (day(6), 3, 2, 0, 1),
        (day(7), 3, 2, 0, 0),
        (day(8), 4, 3, 0, 0),
    ]
    assert Tenant.objects.get(pk=bolt.pk).status == "active"


def brings(shop: Tenant, on: date, change: str, *, currency: str = "USD") -> None:
    """From a day on a subscription of the shop brings so much more, or less, in a year."""
    found, _ = TenantSubscription.objects.get_or_create(
        tenant=shop, defaults={
            "plan": TenantPlan.objects.get(name="basic"), "amount": 30,
            "current_period_start": day(1), "current_period_end": day(31),
        },
    )  # fmt: skip
    RecurringChange.objects.create(
        tenant=shop, subscription=found, day=on, move="new", annual_change=Decimal(change), annual_value=0,
        plan="basic", currency=currency,
    )  # fmt: skip


def test_recurring_revenue_is_a_twelfth_of_what_subscriptions_bring_in_a_year_on_that_day() -> None:
    brings(tenant("acme"), day(1), "359.88")
    brings(tenant("brick"), day(1), "100.00")
    brings(tenant("cairn"), day(3), "120.00")
    brings(tenant("dune"), day(1), "600.00", currency="EUR")
    brings(Tenant.objects.get(slug="acme"), day(4), "-359.88")
    add_up_days(day(1), day(4))
    assert figures("recurring_revenue") == [
        (day(1), Decimal("38.320")),  # 29.99 + 100/12
        (day(2), Decimal("38.320")),
        (day(3), Decimal("48.320")),
        (day(4), Decimal("18.330")),
    ]


def test_revenue_is_what_merchants_paid_on_that_day() -> None:
    acme = tenant("acme")
    for number, (status, currency, paid, amount) in enumerate(
        [
            ("paid", "USD", day(2), "10.00"),
            ("paid", "USD", day(2), "2.50"),
            ("paid", "EUR", day(2), "99.00"),
            ("pending", "USD", None, "50.00"),
        ]
    ):
        BillingInvoice.objects.create(
            tenant=acme, invoice_number=f"I{number}", status=status, subtotal=Decimal(amount),
            total_amount=Decimal(amount), currency=currency, issued_date=day(1), due_date=day(9), paid_date=paid,
        )  # fmt: skip
    add_up_days(day(1), day(2))
    assert figures("total_revenue") == [(day(1), Decimal(0)), (day(2), Decimal("12.500"))]


def test_any_span_can_be_added_up_again(capsys: pytest.CaptureFixture[str]) -> None:
    said(tenant("acme"), day(1), 2, "3")
    call_command("platform_metrics", "--from", "2026-02-28", "--to", "2026-06-30")
    assert PlatformMetric.objects.count() == 123
    assert "Sales of shops by currency" in capsys.readouterr().out
    before = list(PlatformMetric.objects.order_by("date").values())
    call_command("platform_metrics", "--from", "2026-02-28", "--to", "2026-06-30", "--json")
    assert list(PlatformMetric.objects.order_by("date").values()) == before
    assert '{"date": "2026-03-01", "currency": "EUR", "tenants": 1, "orders": 2, "revenue": "3.000"}' in (
        capsys.readouterr().out
    )


def test_without_a_span_the_command_adds_up_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(NOW, tick=False):
        call_command("platform_metrics", "--json")
    assert '"date": "2026-03-10"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--from", "2026-01-30"), "--from and --to go together."),
        (("--from", "2026-01-30", "--to", "2026-01-29"), "2026-01-30 is after 2026-01-29."),
    ],
)
def test_a_span_that_is_none_is_refused(options: tuple[str, ...], problem: str) -> None:
    with pytest.raises(CommandError, match=problem) as refused:
        call_command("platform_metrics", *options)
    assert refused.value.returncode == 2
    assert not PlatformMetric.objects.exists()
