"""The merchant's home: what is to be done, for whom, and at what cost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.billing.models import TenantSubscription
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.analytics.roll_up import roll_up_changes
from tenant_shop.backoffice.usage import usage_of
from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.pictures.storage import GIGABYTE
from tenant_shop.companies.models import Company
from tenant_shop.configuration.models import Setting
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.statements import StatementCount

HOME = "/dashboard/"


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme", theme_config={"brand": "#aa0044"})


def waiting(browser: Client) -> dict[str, Any]:
    return {place.title: place for place in browser.get(HOME).context["waiting"]}


def refund(order: Order, state: str) -> PaymentRefund:
    payment, _ = Payment.objects.get_or_create(
        order=order, gateway="manual", defaults={"amount": order.total_amount, "currency": order.currency}
    )
    return PaymentRefund.objects.create(
        payment=payment, amount=1, currency=order.currency, state=state, key=f"{order.pk}{state}{timezone.now()}"[:64],
        actor="ann",
    )  # fmt: skip


def something_of_everything() -> None:
    Setting.objects.update_or_create(key="quote_requests", defaults={"value": "everybody"})
    customer = CustomerFactory()
    VariantFactory(product=ProductFactory(stock=2, low_stock_threshold=3), stock=50)  # one of two variants is low
    ProductFactory(stock=50, low_stock_threshold=3)
    ProductFactory(status="draft", stock=0)
    for due in (None, timezone.now()):
        ProductImage.objects.create(
            product=ProductFactory(stock=50), url="/a.webp", rendition_problem="broken", renditions_due_at=due
        )
    sent = OrderFactory(status="delivered", payment_status="paid", fulfillment_status="fulfilled", customer=customer)
    OrderFactory(status="confirmed", payment_status="paid")
    OrderFactory(status="processing", payment_status="paid", fulfillment_status="partial")
    OrderFactory(status="processing", payment_status="paid", fulfillment_status="fulfilled")
    OrderFactory(status="pending")
    OrderFactory(status="pending", payment_status="authorized")
    OrderFactory(status="cancelled", payment_status="authorized")
    OrderFactory(status="cancelled", payment_status="paid", owed_amount=5)
    for due in (timezone.now() - timedelta(1), timezone.now() + timedelta(1)):
        OrderFactory(status="confirmed", payment_method="pay_later", payment_due_at=due)
    refund(sent, "pending")
    refund(OrderFactory(status="delivered", payment_status="paid"), "failed")
    tried_again = OrderFactory(status="delivered", payment_status="paid")
    refund(tried_again, "failed")
    refund(tried_again, "succeeded")
    for status in ("requested", "received", "approved", "declined"):
        Return.objects.create(order=sent, customer=customer, status=status, reason="damaged")
    for status in ("pending", "approved"):
        ProductReview.objects.create(product=ProductFactory(stock=50), customer=customer, rating=5, status=status)
    for status in ("requested", "declined"):
        QuoteRequest.objects.create(email="ann@example.com", status=status, currency="EUR")
    for rejects in ("", "rejected.csv"):
        ImportRun.objects.create(
            kind="products", name="a.csv", size_bytes=1, actor="ann", step="import", state="done",
            ended_at=timezone.now(), rejects_file=rejects,
        )  # fmt: skip
    Company.objects.create(name="New", country="DE", status="pending")
    Company.objects.create(name="Unsure", country="DE", status="approved", tax_id="DE1", tax_id_state="format_ok")


EVERYTHING = {
    "Orders to send": 4, "Money to take": 1, "Orders unpaid": 2, "Money to give back": 1, "Refunds that failed": 1,
    "Refunds on their way": 1, "Invoices overdue": 1, "Returns": 2, "Products running low": 1, "Drafts": 1,
    "Pictures that failed": 1, "Imports with errors": 1, "Reviews": 1, "Quotes": 1, "Companies": 1, "Tax ids": 1,
}  # fmt: skip


def test_every_count_is_that_of_the_rows_of_its_list(acme: TenantInfo) -> None:
    with tenant_context(acme):
        something_of_everything()
    browser = staff_browser(acme)

    places = waiting(browser)

    assert {title: place.count for title, place in places.items()} == EVERYTHING
    for title, place in places.items():
        listed = browser.get(place.url).context["cl"]
        assert (title, listed.result_count) == (title, place.count)


def test_one_home_stands_at_both_doors_in_the_shops_name_and_colour(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    for address in (HOME, "/admin/"):
        page = browser.get(address).content.decode()
        assert "Acme" in page
        assert "--color-primary-600: #aa0044" in page
        assert 'href="/admin/tenant_shop/order/"' in page
        assert "View the shop" in page


def test_a_quiet_shop_is_told_so(acme: TenantInfo) -> None:
    page = staff_browser(acme).get(HOME).content.decode()
    assert "Nothing is waiting." in page
    assert "Nothing has happened yet." in page


@pytest.mark.parametrize("role", list(AccessRole))
@pytest.mark.parametrize("orders", [1, 12])
def test_the_home_costs_nine_statements_however_much_there_is(role: AccessRole, orders: int, acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(orders):
            something_of_everything() if orders > 1 and not Company.objects.exists() else OrderItemFactory()
            ProductFactory(stock=1)
        roll_up_changes(timezone.now())
    browser = staff_browser(acme, role)

    with StatementCount() as statements:
        response = browser.get(HOME)

    assert response.status_code == 200
    assert (statements.count, statements.repeated) == (9, {})


def test_what_somebody_may_not_see_is_not_there(acme: TenantInfo) -> None:
    with tenant_context(acme):
        something_of_everything()
        roll_up_changes(timezone.now())
    browser = staff_browser(acme, AccessRole.VIEWER)
    TenantAccess.objects.update(
        permissions={
            f"tenant_shop.view_{model}": False
            for model in ("analyticsdaily", "order", "return", "customer", "billing", "company")
        }
    )
    response = browser.get(HOME)
    page = response.content.decode()
    assert [place.title for place in response.context["waiting"]] == [
        "Products running low", "Drafts", "Pictures that failed", "Imports with errors", "Reviews", "Quotes",
    ]  # fmt: skip
    assert ("chosen" in response.context, response.context["usage"], response.context["setup"]) == (False, [], None)
    assert {event.icon for event in response.context["events"]} == {"star"}
    assert "€" not in page
    assert "Your plan" not in page
    for part in ("days", "products", "categories", "countries", "hours"):
        assert browser.get(f"{HOME}{part}.csv").status_code == 403


def test_somebody_who_may_see_nothing_is_told_so(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.VIEWER)
    models = [
        "analyticsdaily", "order", "return", "customer", "billing", "company", "product", "productreview",
        "quoterequest", "setting", "importrun",
    ]  # fmt: skip
    TenantAccess.objects.update(permissions={f"tenant_shop.view_{model}": False for model in models})
    assert "There is nothing here that you may see." in browser.get(HOME).content.decode()


def test_lately_is_told_newest_first_with_what_it_cost(acme: TenantInfo) -> None:
    with tenant_context(acme):
        Setting.objects.update_or_create(key="currency", defaults={"value": "EUR"})
        order = OrderFactory(order_number="A-1", total_amount=Decimal("45.5"), currency="EUR", status="confirmed")
        order.history.create(previous_status="pending", new_status="confirmed")
        refund(order, "succeeded")
        Return.objects.create(order=order, reason="damaged")
        product = ProductFactory(name="Mug")
        customer = CustomerFactory(email="ann@example.com")
        ProductReview.objects.create(product=product, customer=customer, rating=4)
    events = staff_browser(acme).get(HOME).context["events"]
    assert [event.text for event in events] == [
        "Mug was given 4 of 5 stars", "ann@example.com became a customer", "Something of order A-1 is to come back",
        "€1.00 of order A-1 went back", "Order A-1 is confirmed now", "Order A-1 was placed: €45.50",
    ]  # fmt: skip
    browser = staff_browser(acme, email="second@acme.example")
    assert [browser.get(event.url).status_code for event in events] == [200] * 6


def test_strangers_and_another_shops_people_are_led_away(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    other = staff_browser(make_shop("other"))
    for path in (HOME, f"{HOME}days.csv"):
        for browser in (Client(SERVER_NAME="acme.localhost"), other):
            browser.defaults["SERVER_NAME"] = "acme.localhost"
            assert browser.get(path).headers["Location"].startswith("/login/")


@pytest.mark.usefixtures("kept_plans")
def test_the_plans_limits_are_shown_with_what_is_used(acme: TenantInfo) -> None:
    TenantPlan.objects.filter(name=acme.plan).update(
        max_products=2, max_orders_per_month=1, max_customers=None, max_staff_users=3, max_file_storage_gb=5
    )
    with tenant_context(acme):
        for _ in range(2):
            ProductFactory()
        ProductFactory(status="archived")
        for _ in range(3):
            OrderFactory()
        Order.objects.filter(pk=OrderFactory().pk).update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    browser = staff_browser(acme)
    TenantInvitation.objects.create(
        tenant_id=acme.id, email="bob@example.com", role="editor", expires_at=timezone.now() + timedelta(days=1)
    )
    usage = browser.get(HOME).context["usage"]
    assert [(each.title, each.used, each.included, each.percent, each.beyond) for each in usage] == [
        ("Products", 2, 2, 100, 0), ("Orders this month", 3, 1, 100, 2), ("Customers", None, None, 0, 0),
        ("Staff", 2, 3, 67, 0), ("Pictures, in GB", 0, 5, 0, 0),
    ]  # fmt: skip
    counted = {each.title: browser.get(each.url).context for each in usage if each.url}
    assert (counted["Products"]["cl"].result_count, counted["Orders this month"]["cl"].result_count) == (2, 3)
    assert {*counted} == {"Products", "Orders this month", "Customers", "Staff"}
    plan = browser.get("/admin/plan/")
    assert plan.context["usage"] == usage
    shown = " ".join(re.sub(r"<[^>]+>", " ", plan.content.decode()).split())
    for words in ("Products 2 of 2", "Orders this month 3 of 1", "2 more than the plan includes", "Customers no limit",
                  "Staff 2 of 3", "Pictures, in GB 0 of 5"):  # fmt: skip
        assert words in shown, words


@pytest.mark.parametrize(
    ("stored", "used", "percent", "beyond"),
    [
        (0, 0, 0, 0), (1, 0.01, 1, 0), (30_000_000, 0.03, 2, 0), (2 * GIGABYTE, 2, 100, 0),
        (2 * GIGABYTE + 30_000_000, 2.03, 100, 0.03),
    ],
)  # fmt: skip
def test_pictures_are_told_to_the_hundredth_of_a_gigabyte(
    stored: int, used: float, percent: int, beyond: float
) -> None:
    plan: Any = SimpleNamespace(staff=1, limits=SimpleNamespace(of=lambda what: 2))

    pictures = usage_of(plan, {"bytes 0": stored, "bytes 1": None})[-1]

    assert (pictures.used, pictures.percent, pictures.beyond) == (used, percent, beyond)


def test_a_trial_is_not_called_paid(acme: TenantInfo) -> None:
    today, browser = timezone.now().date(), staff_browser(acme)
    period = {"current_period_start": today - timedelta(days=9), "current_period_end": today + timedelta(days=9)}
    agreed = TenantSubscription.objects.create(
        tenant_id=acme.id, plan=TenantPlan.objects.get(name=acme.plan), amount=9, **period
    )
    for trial_end, is_trial in (
        (period["current_period_end"], True),
        (today, True),
        (today - timedelta(days=2), False),
    ):
        TenantSubscription.objects.filter(pk=agreed.pk).update(trial_end=trial_end)
        page = browser.get("/admin/plan/")
        assert page.context["standing"].is_trial is is_trial
        assert ("free until" in page.content.decode(), "Renewed after" in page.content.decode()) == (
            is_trial, not is_trial,
        )  # fmt: skip
