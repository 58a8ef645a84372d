"""What is scheduled happens once, when it is due, in order, and says why if it cannot."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.scheduled.apply import apply_due_changes
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tests.back_office import entries
from tests.factories.catalog import ProductFactory
from tests.shopping import at_once, everything

NOW = timezone.now()


def plan(product: Product, kind: str, *, minutes: int = -1, **values: object) -> ScheduledChange:
    return ScheduledChange.objects.create(product=product, kind=kind, due_at=NOW + timedelta(minutes=minutes), **values)


def test_a_draft_goes_on_sale_when_it_is_due_and_not_before(shop: TenantInfo) -> None:
    product = ProductFactory(status="draft", published_at=None)
    change = plan(product, "publish", minutes=5)
    before = everything()

    assert apply_due_changes(NOW) == 0
    assert everything() == before

    due = NOW + timedelta(minutes=5)
    assert apply_due_changes(due) == 1
    product.refresh_from_db()
    change.refresh_from_db()
    assert (product.status, product.published_at, change.done_at, change.problem) == ("active", due, due, None)
    assert entries(shop)[-1].action == "change_product"


def test_prices_change_in_the_order_of_their_moments_and_once(shop: TenantInfo) -> None:
    product = ProductFactory(price=Decimal(10))
    plan(product, "price", minutes=-1, price=Decimal(10))
    plan(product, "price", minutes=-9, price=Decimal(8), compare_at_price=Decimal(10))

    assert apply_due_changes(NOW - timedelta(minutes=5)) == 1
    product.refresh_from_db()
    assert (product.price, product.compare_at_price) == (Decimal("8.000"), Decimal("10.000"))

    assert apply_due_changes(NOW) == 1
    product.refresh_from_db()
    assert (product.price, product.compare_at_price) == (Decimal("10.000"), None)
    assert apply_due_changes(NOW) == 0


@pytest.mark.parametrize(("status", "then"), [("active", "inactive"), ("draft", "draft"), ("archived", "archived")])
def test_taking_off_sale_leaves_alone_what_is_not_on_sale(shop: TenantInfo, status: str, then: str) -> None:
    product = ProductFactory(status=status)
    plan(product, "take_off")

    assert apply_due_changes(NOW) == 1

    assert Product.objects.get(pk=product.pk).status == then


@pytest.fixture
def full_plan(shop: TenantInfo) -> Iterator[None]:
    """The plan has room for no product; plans are not cleaned up after a test."""
    before = list(TenantPlan.objects.values("pk", "max_products"))
    TenantPlan.objects.filter(name="premium").update(max_products=0)
    yield
    for row in before:
        TenantPlan.objects.filter(pk=row["pk"]).update(max_products=row["max_products"])


@pytest.mark.usefixtures("full_plan")
def test_what_the_plan_refuses_is_kept_with_the_reason_and_not_tried_again(shop: TenantInfo) -> None:
    product = ProductFactory(status="archived")
    change = plan(product, "publish")

    assert apply_due_changes(NOW) == 1

    change.refresh_from_db()
    assert Product.objects.get(pk=product.pk).status == "archived"
    assert change.done_at == NOW
    assert "Upgrade it to add more." in (change.problem or "")
    assert apply_due_changes(NOW) == 0


def test_two_workers_at_once_make_each_change_once(shop: TenantInfo) -> None:
    products = [ProductFactory(status="draft") for _ in range(4)]
    for product in products:
        plan(product, "publish")

    made = at_once(shop, [partial(apply_due_changes, NOW)] * 2)

    assert sum(made) == 4
    assert set(Product.objects.values_list("status", flat=True)) == {"active"}
    assert len([entry for entry in entries(shop) if entry.action == "change_product"]) == 4
