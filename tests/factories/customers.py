"""Customers."""

import factory
from factory.django import DjangoModelFactory

from tenant_shop.customers.models import Customer


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    email = factory.Sequence(lambda n: f"customer-{n}@example.com")
    password_hash = "!"  # matches no password
    first_name = "Ann"
    last_name = "Example"
