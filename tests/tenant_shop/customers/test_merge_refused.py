"""What keeps two accounts apart, and what holds when others work at the same moment."""

from uuid import uuid4

from platform_core.tenancy.context import tenant_context
from tenant_shop.customers.erase import ask_to_erase, erase
from tenant_shop.customers.merge import merge_customers
from tenant_shop.customers.merge_errors import CustomerGone, CustomerNotActive, MergeChanged, SameCustomer
from tenant_shop.customers.merge_plan import MergePlan, plan_merge
from tenant_shop.customers.merged import merged_into
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.loyalty.errors import PointsOutOfRange
from tenant_shop.loyalty.points import MOST
from tenant_shop.orders.errors import CartGone
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import account, link_in, mails
from tests.companies import cart_of
from tests.shopping import at_once, order_of, stocked, submission
from tests.statements import StatementCount
from tests.tenant_shop.customers.merging import ann, given, merge, refused, twin
from tests.tenant_shop.customers.test_data import zenobia

__all__ = ["ann", "twin", "zenobia"]


def test_more_points_than_a_balance_holds_are_refused(ann, twin):
    given(ann, MOST)
    given(twin, 1)
    refused(PointsOutOfRange, ann, twin)


def test_refusals_change_nothing(ann, twin):
    refused(SameCustomer, ann, ann)
    ghost = Customer(pk=uuid4())
    refused(Customer.DoesNotExist, ann, ghost)
    refused(Customer.DoesNotExist, ghost, twin)
    Customer.objects.filter(pk=twin.pk).update(status="suspended")
    refused(CustomerNotActive, ann, twin)
    Customer.objects.filter(pk=twin.pk).update(status="active")
    Customer.objects.filter(pk=ann.pk).update(status="inactive")
    refused(CustomerNotActive, ann, twin)


def test_what_changed_since_it_was_looked_at_is_not_merged(ann, twin):
    told = plan_merge(ann, twin).told
    order_of((stocked(), 1), email=twin.email, customer_id=twin.pk)
    refused(MergeChanged, ann, twin, looked_at=told)
    told = plan_merge(*Customer.objects.order_by("-email")).told
    merge(ann, twin, looked_at=told)
    assert merged_into(twin) == ann.pk


def test_a_second_merge_and_an_erased_customer_are_refused(ann, twin):
    merge(ann, twin)
    refused(CustomerGone, ann, twin)
    refused(CustomerGone, twin, ann)
    bob = account("bob@example.com")
    ask_to_erase(bob)
    erase(link_in(mails()[-1]).rstrip("/").rpartition("/")[2])
    refused(CustomerGone, ann, bob)


def test_another_shops_customer_is_none(ann, make_shop):
    with tenant_context(make_shop("globex")):
        strange = account("strange@example.com")
    refused(Customer.DoesNotExist, ann, strange)


def test_two_staff_at_once_merge_once(selling, ann, twin):
    given(twin, 5)
    results = at_once(
        selling,
        [
            lambda: merge_customers(ann.pk, twin.pk, actor="bob"),
            lambda: merge_customers(twin.pk, ann.pk, actor="eve"),
        ],
    )
    assert sorted(type(result).__name__ for result in results) == ["CustomerGone", "MergePlan"]
    assert sorted(Customer.objects.values_list("loyalty_points", flat=True)) == [0, 5]
    assert OutboxEvent.objects.filter(topic="customer.merged").count() == 1
    assert verify_shop() == []


def test_an_order_and_a_merge_at_once_leave_no_order_with_nobody(selling, ann, twin):
    click = submission(cart_of(twin, (stocked(), 1)), email=twin.email, customer_id=twin.pk)
    merged, placed = at_once(
        selling, [lambda: merge_customers(ann.pk, twin.pk, actor="bob"), lambda: place_order(**click)]
    )
    assert isinstance(merged, MergePlan)
    if isinstance(placed, Order):
        assert Order.objects.get().customer_id == ann.pk
    else:
        assert (type(placed), Order.objects.count()) == (CartGone, 0)
    assert verify_shop() == []


def test_rows_are_locked_in_the_order_in_which_orders_lock_them(ann, zenobia):
    with StatementCount() as statements:
        merge_customers(ann.pk, zenobia.pk, actor="bob")
    locked = [sql.split('FROM "')[1].split('"')[0] for sql in statements.sql if "FOR NO KEY UPDATE" in sql]
    assert locked == ["orders", "customers", "shopping_carts", "companies"]
    assert all("ORDER BY" in sql for sql in statements.sql if "FOR NO KEY UPDATE" in sql)


def test_a_look_asks_as_much_of_who_has_everything_as_of_who_has_nothing(ann, twin, zenobia):
    with StatementCount() as of_nothing:
        plan_merge(ann, twin)
    with StatementCount() as of_everything:
        plan_merge(ann, zenobia)
    assert of_nothing.count == of_everything.count
