from collections.abc import Callable
from decimal import Decimal

import pytest

from platform_core.accounts.models import AccessRole, PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser


@pytest.fixture
def order(acme: TenantInfo) -> Order:
    with tenant_context(acme):
        order: Order = OrderFactory()
        OrderItemFactory(order=order)
    return order


def state(shop: TenantInfo, order: Order) -> tuple[str, str, int, int]:
    with tenant_context(shop):
        found = Order.objects.get(pk=order.pk)
        return found.status, found.payment_status, PaymentEntry.objects.count(), OrderStatusHistory.objects.count()


def test_an_orders_page_shows_it_and_offers_no_field(acme: TenantInfo, order: Order) -> None:
    page = staff_browser(acme).get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()

    assert order.order_number in page
    assert "Ann Example, 1 Main Street, 10115 Berlin, Germany" in page
    assert "€19.99" in page
    assert "Mark as paid" in page
    assert 'name="total_amount"' not in page
    assert 'name="items-0-quantity"' not in page


def test_marked_as_paid_an_order_is_confirmed_by_one_ledger_entry(acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme)

    responses = [browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/") for _ in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert state(acme, order) == ("confirmed", "paid", 1, 1)
    with tenant_context(acme):
        entry = PaymentEntry.objects.get()
    assert (entry.amount, entry.actor) == (Decimal("19.990"), str(PlatformUser.objects.get().pk))
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="pay_order", resource_id=order.pk).count() == 2


def test_orders_are_paid_and_cancelled_together_and_refusals_are_said(acme: TenantInfo, order: Order) -> None:
    with tenant_context(acme):
        sent = OrderFactory(status=Order.Status.SHIPPED, fulfillment_status="fulfilled")
    browser = staff_browser(acme)
    both = {"action": "cancel_selected", "_selected_action": [order.pk, sent.pk]}

    page = browser.post("/admin/tenant_shop/order/", both, follow=True).content.decode()

    assert "1 order cancelled." in page
    assert f"Order {sent.order_number} is shipped and cannot be cancelled." in page
    assert state(acme, order)[0] == "cancelled"
    assert state(acme, sent)[0] == "shipped"


@pytest.mark.parametrize("verb", ["pay", "cancel"])
def test_a_viewer_can_do_nothing_to_an_order(verb: str, acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme, AccessRole.VIEWER)
    before = state(acme, order)

    page = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    by_button = browser.post(f"/admin/tenant_shop/order/{order.pk}/{verb}/")
    browser.post("/admin/tenant_shop/order/", {"action": f"{verb}_selected", "_selected_action": [order.pk]})

    assert "Mark as paid" not in page
    assert by_button.status_code == 403
    assert state(acme, order) == before


@pytest.mark.parametrize("verb", ["pay", "cancel"])
def test_a_link_changes_nothing(verb: str, acme: TenantInfo, order: Order) -> None:
    before = state(acme, order)

    assert staff_browser(acme).get(f"/admin/tenant_shop/order/{order.pk}/{verb}/").status_code == 405
    assert state(acme, order) == before


def test_an_order_is_neither_written_by_the_form_nor_deleted(acme: TenantInfo, order: Order) -> None:
    browser, before = staff_browser(acme), state(acme, order)

    change = browser.post(f"/admin/tenant_shop/order/{order.pk}/change/", {"status": "delivered"})
    delete = browser.post(f"/admin/tenant_shop/order/{order.pk}/delete/", {"post": "yes"})

    assert [change.status_code, delete.status_code] == [403, 403]
    assert state(acme, order) == before


def test_an_order_of_another_shop_cannot_be_reached(
    acme: TenantInfo, order: Order, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = staff_browser(make_shop("bolt"))
    before = state(acme, order)

    paid = browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/", follow=True)

    assert "There is no such order." in paid.content.decode()
    assert state(acme, order) == before
