"""A customer's addresses: several, one of them for deliveries and one for bills unless something else is said.

An address may be used for anything. `is_default` says that it is somebody's choice, and `type` what for.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.errors import AddressBookFull, AddressNotFound
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.orders.address import clean_address

MOST_ADDRESSES = 50


class Role(StrEnum):
    """What an address is chosen for."""

    SHIPPING = "shipping"
    BILLING = "billing"


def addresses_of(customer: Customer) -> list[CustomerAddress]:
    """The chosen ones first. One statement."""
    return list(CustomerAddress.objects.filter(customer=customer).order_by("-is_default", "created_at", "id"))


def default_addresses(customer: Customer) -> dict[Role, CustomerAddress]:
    """The addresses that were chosen, by what for. One statement."""
    chosen = CustomerAddress.objects.filter(customer=customer, is_default=True).order_by("created_at", "id")
    return {role: address for address in chosen for role in roles_of(address)}


def roles_of(address: CustomerAddress) -> frozenset[Role]:
    """What the address is chosen for."""
    if not address.is_default:
        return frozenset()
    return frozenset(Role) if address.type == CustomerAddress.Type.BOTH else frozenset({Role(address.type)})


def address_of(customer: Customer, address_id: UUID) -> CustomerAddress:
    """One statement. Errors: AddressNotFound, also for another customer's."""
    found = CustomerAddress.objects.filter(customer=customer, pk=address_id).first()
    if found is None:
        raise AddressNotFound(address_id)
    return found


def save_address(
    customer: Customer, typed: Mapping[str, Any], *, roles: frozenset[Role], address_id: UUID | None = None
) -> CustomerAddress:
    """Write an address (fields of `clean_address`), a new one without `address_id`. The first one is chosen for
    everything; an address that is chosen takes the role from the one that had it.

    Errors: InvalidAddress, AddressNotFound, AddressBookFull; nothing changes then.
    """
    cleaned = clean_address(typed, kind="shipping")
    # Not every country's addresses name a city; the column is never empty of a value.
    fields = {name: value or None for name, value in cleaned.items()} | {"city": cleaned["city"]}
    with shop_transaction():
        Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
        book = {address.pk: address for address in addresses_of(customer)}
        if address_id is not None and address_id not in book:
            raise AddressNotFound(address_id)
        if address_id is None and len(book) >= MOST_ADDRESSES:
            raise AddressBookFull(MOST_ADDRESSES)
        address = CustomerAddress(customer=customer) if address_id is None else book.pop(address_id)
        for name, value in fields.items():
            setattr(address, name, value)
        roles = roles if book else frozenset(Role)
        for other in book.values():
            if given_up := roles_of(other) & roles:
                choose(other, roles_of(other) - given_up)
                other.save(update_fields=["is_default", "type"])
        choose(address, roles)
        address.save()
    return address


def remove_address(customer: Customer, address_id: UUID) -> None:
    """Take an address out of the book; what it was chosen for, the oldest of the others is then.

    Errors: AddressNotFound, also for another customer's.
    """
    with shop_transaction():
        Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
        book = {address.pk: address for address in addresses_of(customer)}
        if address_id not in book:
            raise AddressNotFound(address_id)
        gone = book.pop(address_id)
        roles = roles_of(gone)
        gone.delete()
        if roles and book:
            heir = min(book.values(), key=lambda address: (address.created_at, address.pk))
            choose(heir, roles_of(heir) | roles)
            heir.save(update_fields=["is_default", "type"])


def choose(address: CustomerAddress, roles: frozenset[Role]) -> None:
    """Have the address be the one for `roles`, and for nothing else; it is not saved."""
    address.is_default = bool(roles)
    address.type = next(iter(roles)).value if len(roles) == 1 else CustomerAddress.Type.BOTH
