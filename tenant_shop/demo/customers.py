"""Writing the people who buy."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.demo.history.moments import HISTORY_DAYS
from tenant_shop.demo.shops import DemoShop

MAIL_HOSTS = ("example.com", "example.net", "example.org")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """Somebody who orders; `customer` is None for a guest. `address` is as an order keeps it."""

    customer: Customer | None
    email: str
    phone: str
    address: dict[str, str]
    since: datetime


def write_customers(shop: DemoShop, *, now: datetime, random: Random) -> list[Shopper]:
    """Write the shop's customers with an address each; nobody can log in as one of them yet. Two statements."""
    names = _names(shop, shop.crowd.count, random)
    shoppers = [_shopper(shop, first, last, now=now, random=random) for first, last in names]
    customers = [_customer(shop, shopper, random) for shopper in shoppers]
    Customer.objects.bulk_create(customers)
    CustomerAddress.objects.bulk_create(
        CustomerAddress(
            customer=customer,
            type=CustomerAddress.Type.BOTH,
            is_default=True,
            created_at=shopper.since,
            updated_at=shopper.since,
            **{name: value or None for name, value in shopper.address.items()},
        )
        for customer, shopper in zip(customers, shoppers, strict=True)
    )
    return [replace(shopper, customer=customer) for customer, shopper in zip(customers, shoppers, strict=True)]


def make_guests(shop: DemoShop, count: int, *, now: datetime, random: Random) -> list[Shopper]:
    """People without an account, made but not written."""
    names = _names(shop, shop.crowd.count + count, random)[-count:]
    return [_shopper(shop, first, last, now=now, random=random, host="guest.example") for first, last in names]


def _names(shop: DemoShop, count: int, random: Random) -> list[tuple[str, str]]:
    pairs = [(first, last) for first in shop.crowd.first_names for last in shop.crowd.last_names]
    return random.sample(pairs, count)


def _shopper(
    shop: DemoShop, first: str, last: str, *, now: datetime, random: Random, host: str | None = None
) -> Shopper:
    city, postal_code, state, country = random.choice(shop.crowd.towns)
    street = shop.crowd.street.format(
        street=random.choice(shop.crowd.streets),
        number=random.randint(1, 89),
        block=random.randint(1, 24),
        house=random.randint(1, 18),
    )
    local = f"{slugify(first)}.{slugify(last)}"
    return Shopper(
        customer=None,
        email=f"{local}@{host or random.choice(MAIL_HOSTS)}",
        phone=shop.crowd.phone.format(digits=random.randint(1_000_000, 9_999_999)),
        address={
            "first_name": first,
            "last_name": last,
            "company": "",
            "address_line_1": street,
            "address_line_2": "",
            "postal_code": postal_code,
            "city": city,
            "state_province": state,
            "country": country,
        },
        # Half of them were there before the history of orders begins.
        since=now
        - timedelta(days=random.triangular(1, HISTORY_DAYS * 3, HISTORY_DAYS), seconds=random.randrange(86400)),
    )


def _customer(shop: DemoShop, shopper: Shopper, random: Random) -> Customer:
    return Customer(
        email=shopper.email,
        password_hash=make_password(None),
        first_name=shopper.address["first_name"],
        last_name=shopper.address["last_name"],
        phone=shopper.phone,
        email_verified=random.random() < 0.85,
        marketing_consent=random.random() < 0.4,
        language="en",
        timezone=shop.timezone,
        currency=shop.currency,
        password_changed_at=shopper.since,
        created_at=shopper.since,
        updated_at=shopper.since,
    )
