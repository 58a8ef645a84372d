"""Two accounts of one person, one of which ends."""

import pytest

from tenant_shop.customers.merge import merge_customers
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tests.accounts import account
from tests.shopping import everything


@pytest.fixture
def ann(selling) -> Customer:
    return account("ann@example.com", first_name="Ann", last_name="Ash")


@pytest.fixture
def twin(selling) -> Customer:
    return account("ann.ash@example.com", first_name="A.", last_name="Ash", phone="555-0100")


def merge(survivor: Customer, other: Customer, **values):
    merge_customers(survivor.pk, other.pk, actor="bob", **values)
    survivor.refresh_from_db()
    other.refresh_from_db()


def given(customer: Customer, number: int) -> None:
    LoyaltyEntry.objects.create(customer=customer, points=number, reason="correction", actor="bob")


def refused(error: type[Exception], survivor: Customer, other: Customer, **values) -> None:
    before = everything()
    with pytest.raises(error):
        merge_customers(survivor.pk, other.pk, actor="bob", **values)
    assert everything() == before
