"""Nothing of a customer can be read in an anonymised copy, in whatever table, and the books are what they were."""

import pytest

from platform_core.fleet.servers import owner_connection
from platform_core.tenancy.context import current_tenant
from tenant_shop.models import ApiKey, Customer, Document, Order
from tenant_shop.sandbox.changes import changes_of_copy
from tests.programs import key_of
from tests.tenant_shop.customers.test_data import traces, zenobia

__all__ = ["zenobia"]


def change(*, is_sandbox: bool = True, anonymise: bool = False) -> None:
    """As a copy is changed: by the owner, while triggers rest."""
    shop = current_tenant()
    with owner_connection(shop.server, shop.database_name) as connection, connection.transaction():
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for table in tables:
            connection.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in changes_of_copy(is_sandbox=is_sandbox, anonymise=anonymise):
            connection.execute(statement)
        for table in tables:
            connection.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def test_nothing_of_a_customer_is_left_anywhere_and_the_amounts_are(zenobia):
    amounts = list(Order.objects.order_by("pk").values_list("order_number", "total_amount", "status"))
    countries = [order.shipping_address["country"] for order in Order.objects.order_by("pk")]
    assert {"customers", "orders", "quote_requests", "customer_addresses"} <= traces().keys()

    change(anonymise=True)

    assert traces() == {}
    assert list(Order.objects.order_by("pk").values_list("order_number", "total_amount", "status")) == amounts
    assert [order.shipping_address["country"] for order in Order.objects.order_by("pk")] == countries
    mine = Order.objects.get(customer=zenobia)
    assert mine.customer_email == Customer.objects.get(pk=zenobia.pk).email
    assert mine.customer_email.endswith("@sandbox.invalid")
    assert not Document.objects.exists()


def test_one_that_is_not_anonymised_keeps_them_and_lets_none_log_in(zenobia):
    before = Customer.objects.get(pk=zenobia.pk)
    change(anonymise=False)
    after = Customer.objects.get(pk=zenobia.pk)
    assert (after.email, after.first_name) == (before.email, "Zenobia")
    assert after.password_hash.startswith("!")
    assert after.password_hash != before.password_hash


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_no_program_comes_to_a_copy_with_a_key_of_the_shop(shop, is_sandbox):
    key_of(shop, "read_orders")

    change(is_sandbox=is_sandbox)

    assert not ApiKey.objects.exists()
