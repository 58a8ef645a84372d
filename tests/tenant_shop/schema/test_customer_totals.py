"""A customer's totals count the delivered orders, whatever happens to an order."""

from decimal import Decimal

from platform_core.tenancy.context import TenantInfo
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory


def totals(customer: Customer) -> tuple[int, Decimal]:
    customer.refresh_from_db()
    return customer.total_orders, customer.total_spent


def delivered(customer: Customer | None, amount: str = "20") -> Order:
    return OrderFactory(customer=customer, status="delivered", subtotal_amount=amount, total_amount=amount)


def change(order: Order, **values: object) -> None:
    Order.objects.filter(pk=order.pk).update(**values)


def test_an_order_inserted_as_delivered_counts_and_others_do_not(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    for status in set(Order.Status.values) - {"delivered"}:
        OrderFactory(customer=customer, status=status)
    assert totals(customer) == (0, 0)

    delivered(customer, "20.125")

    assert totals(customer) == (1, Decimal("20.125"))


def test_an_order_counts_from_its_delivery_until_it_is_refunded(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    order = OrderFactory(customer=customer, total_amount="20")

    change(order, status="delivered")
    assert totals(customer) == (1, 20)
    change(order, status="refunded")
    assert totals(customer) == (0, 0)


def test_a_total_changed_before_the_status_is_taken_off_as_it_was_counted(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    order = delivered(customer, "20")

    change(order, status="refunded", total_amount="99")

    assert totals(customer) == (0, 0)


def test_a_total_changed_while_delivered_is_followed(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    order = delivered(customer, "20")

    change(order, total_amount="17.5")

    assert totals(customer) == (1, Decimal("17.500"))


def test_a_changed_customer_takes_the_order_along(shop: TenantInfo) -> None:
    before, after = CustomerFactory(), CustomerFactory()
    order = delivered(before, "20")

    change(order, customer=after)
    assert (totals(before), totals(after)) == ((0, 0), (1, 20))
    change(order, customer=None)
    assert (totals(before), totals(after)) == ((0, 0), (0, 0))
    change(order, customer=before, total_amount="30")
    assert (totals(before), totals(after)) == ((1, 30), (0, 0))


def test_a_deleted_order_counts_no_more(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    order, other = delivered(customer, "20"), delivered(customer, "5")
    OrderFactory(customer=customer).delete()
    assert totals(customer) == (2, 25)

    order.delete()

    assert totals(customer) == (1, 5)
    assert Order.objects.filter(pk=other.pk).exists()


def test_a_guests_order_counts_for_nobody(shop: TenantInfo) -> None:
    customer = CustomerFactory()

    delivered(None).delete()

    assert totals(customer) == (0, 0)


def test_what_does_not_matter_leaves_the_customer_alone(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    order = delivered(customer, "20")
    before = Customer.objects.get(pk=customer.pk).updated_at

    change(order, status="delivered", notes="left at the door")

    assert Customer.objects.get(pk=customer.pk).updated_at == before


def test_saving_a_stale_customer_keeps_the_totals(shop: TenantInfo) -> None:
    customer = CustomerFactory()
    stale = Customer.objects.get(pk=customer.pk)
    delivered(customer, "20")

    stale.first_name = "Anna"
    stale.save()

    assert totals(customer) == (1, 20)
    assert customer.first_name == "Anna"
