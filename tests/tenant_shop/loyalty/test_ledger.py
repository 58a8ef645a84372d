"""A customer's points are the sum of their entries, whoever writes them and however."""

import psycopg
import pytest
from django.db import IntegrityError
from django.db.models import Sum

from platform_core.tenancy.context import TenantInfo
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.loyalty import points
from tests.tenant_shop.schema.connections import as_app, as_owner

pytestmark = pytest.mark.usefixtures("shop")


def enter(customer: Customer, gained: int, reason: str = "correction", **values: object) -> LoyaltyEntry:
    return LoyaltyEntry.objects.create(customer=customer, points=gained, reason=reason, actor="ann", **values)


def test_an_entry_changes_its_customers_points_and_nobody_elses() -> None:
    ann, bob = CustomerFactory(), CustomerFactory()
    enter(ann, 30)
    enter(ann, -10)
    assert (points(ann), points(bob)) == (20, 0)


def test_several_entries_in_one_statement_all_count() -> None:
    ann, bob = CustomerFactory(), CustomerFactory()
    LoyaltyEntry.objects.bulk_create(
        LoyaltyEntry(customer=customer, points=gained, reason="correction", actor="ann")
        for customer, gained in [(ann, 5), (bob, 7), (ann, 8)]
    )
    assert (points(ann), points(bob)) == (13, 7)


@pytest.mark.parametrize("reason", ["spent", "correction"])
def test_nobody_spends_what_they_have_not(reason: str) -> None:
    ann = CustomerFactory()
    enter(ann, 30)
    with pytest.raises(IntegrityError, match="has not so many points"):
        enter(ann, -31, reason)
    assert points(ann) == 30 == LoyaltyEntry.objects.aggregate(total=Sum("points"))["total"]
    enter(ann, -30, reason)
    assert points(ann) == 0


def test_a_take_back_may_leave_less_than_nothing_which_the_next_points_fill_up() -> None:
    ann = CustomerFactory()
    enter(ann, -20, "taken_back")
    assert points(ann) == -20
    with pytest.raises(IntegrityError, match="has not so many points"):
        enter(ann, -1, "spent")
    enter(ann, 50, "earned")
    assert points(ann) == 30


@pytest.mark.parametrize("reason", ["earned", "spent"])
def test_an_order_has_one_entry_of_a_kind(reason: str) -> None:
    ann, order = CustomerFactory(), OrderFactory()
    enter(ann, 100)
    enter(ann, -10 if reason == "spent" else 10, reason, order=order)
    before = points(ann)
    with pytest.raises(IntegrityError, match="loyalty_entries_once_per_order"):
        enter(ann, -10 if reason == "spent" else 10, reason, order=order)
    assert points(ann) == before


def test_an_order_gives_back_in_parts_what_it_spent_and_no_more() -> None:
    ann, order, other = CustomerFactory(), OrderFactory(), OrderFactory()
    enter(ann, 100)
    enter(ann, -30, "spent", order=order)
    enter(ann, -30, "spent", order=other)
    enter(ann, 20, "given_back", order=order)
    with pytest.raises(IntegrityError, match="has not spent so many points"):
        enter(ann, 11, "given_back", order=order)
    enter(ann, 10, "given_back", order=order)
    assert points(ann) == 70


@pytest.mark.parametrize("statement", ["UPDATE loyalty_entries SET points = 9", "DELETE FROM loyalty_entries"])
def test_history_is_not_rewritten(statement: str, shop: TenantInfo) -> None:
    ann = CustomerFactory()
    enter(ann, 5)
    with as_app(shop) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
    with as_owner(shop) as owner, pytest.raises(psycopg.errors.CheckViolation, match="added, never changed"):
        owner.execute(statement)
    assert points(ann) == 5


def test_points_are_not_written_by_hand() -> None:
    ann = CustomerFactory()
    with pytest.raises(IntegrityError, match="loyalty_entries only"):
        Customer.objects.filter(pk=ann.pk).update(loyalty_points=1000)
    with pytest.raises(IntegrityError, match="loyalty_entries only"):
        CustomerFactory(loyalty_points=5)
    assert points(ann) == 0


def test_saving_a_customer_who_was_read_earlier_keeps_the_points() -> None:
    ann = CustomerFactory()
    enter(ann, 5)
    ann.first_name = "Anna"
    ann.save()
    assert points(ann) == 5


def test_entries_go_with_their_customer_and_outlive_their_order() -> None:
    ann, bob, order = CustomerFactory(), CustomerFactory(), OrderFactory()
    enter(ann, 5)
    enter(bob, 7, "earned", order=order)
    ann.delete()
    order.delete()
    assert list(LoyaltyEntry.objects.values_list("customer_id", "order_id", "points")) == [(bob.pk, None, 7)]
    assert points(bob) == 7
