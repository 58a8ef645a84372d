"""A customer's addresses, and which of them is chosen for what."""

from uuid import uuid4

import pytest

from tenant_shop.customers.address_book import (
    Role,
    address_of,
    default_addresses,
    remove_address,
    roles_of,
    save_address,
)
from tenant_shop.customers.errors import AddressBookFull, AddressNotFound
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.orders.errors import InvalidAddress
from tests.factories.customers import CustomerFactory
from tests.shopping import ADDRESS, at_once, everything

NONE, SHIPPING, BILLING, BOTH = frozenset(), frozenset({Role.SHIPPING}), frozenset({Role.BILLING}), frozenset(Role)


@pytest.fixture
def ann(selling) -> Customer:
    return CustomerFactory()


def add(customer: Customer, city: str, roles=NONE) -> CustomerAddress:
    return save_address(customer, ADDRESS | {"city": city}, roles=roles)


def chosen(customer: Customer) -> tuple[str | None, str | None]:
    book = default_addresses(customer)
    found = (book.get(Role.SHIPPING), book.get(Role.BILLING))
    return tuple(address.city if address else None for address in found)


def test_the_first_address_is_chosen_for_everything(ann):
    assert roles_of(add(ann, "Bonn")) == BOTH
    assert roles_of(add(ann, "Kiel")) == NONE
    assert chosen(ann) == ("Bonn", "Bonn")


def test_a_role_moves_to_who_is_chosen_for_it(ann):
    bonn = add(ann, "Bonn")
    add(ann, "Kiel", SHIPPING)
    assert chosen(ann) == ("Kiel", "Bonn")
    add(ann, "Ulm", BOTH)
    assert chosen(ann) == ("Ulm", "Ulm")
    save_address(ann, ADDRESS | {"city": "Bonn"}, roles=BILLING, address_id=bonn.pk)
    assert chosen(ann) == ("Ulm", "Bonn")


def test_what_is_removed_leaves_its_roles_to_the_oldest(ann):
    bonn, kiel, ulm = add(ann, "Bonn"), add(ann, "Kiel"), add(ann, "Ulm", SHIPPING)
    remove_address(ann, bonn.pk)
    assert chosen(ann) == ("Ulm", "Kiel")
    remove_address(ann, ulm.pk)
    assert chosen(ann) == ("Kiel", "Kiel")
    remove_address(ann, kiel.pk)
    assert chosen(ann) == (None, None)


def test_a_bad_address_and_one_too_many_change_nothing(ann, monkeypatch):
    bonn = add(ann, "Bonn")
    monkeypatch.setattr("tenant_shop.customers.address_book.MOST_ADDRESSES", 1)
    before = everything()
    with pytest.raises(InvalidAddress):
        save_address(ann, ADDRESS | {"city": ""}, roles=BOTH, address_id=bonn.pk)
    with pytest.raises(AddressBookFull):
        add(ann, "Kiel")
    assert everything() == before


def test_another_customers_address_is_not_there(ann):
    bob = CustomerFactory()
    theirs = add(bob, "Bonn")
    for missing in (theirs.pk, uuid4()):
        for attempt in (
            lambda pk=missing: address_of(ann, pk),
            lambda pk=missing: remove_address(ann, pk),
            lambda pk=missing: save_address(ann, ADDRESS, roles=BOTH, address_id=pk),
        ):
            with pytest.raises(AddressNotFound):
                attempt()
    assert chosen(bob) == ("Bonn", "Bonn")


def test_addresses_that_are_chosen_at_once_leave_one(selling, ann):
    add(ann, "Bonn")
    at_once(selling, [lambda city=city: add(ann, city, BOTH) for city in ("Kiel", "Ulm", "Jena")])
    assert CustomerAddress.objects.count() == 4
    assert CustomerAddress.objects.filter(is_default=True).count() == 1
