"""The list of customers is narrowed by what is known of them, and so is its file."""

import csv
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.customers.models import CustomerAddress
from tenant_shop.pricing.models import CustomerGroup
from tests.databases import owner
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser

LIST = "/admin/tenant_shop/customer/"
HOME = {"address_line_1": "Elbe 1", "city": "Hamburg", "postal_code": "20095"}


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    """Ann in Germany, Bob in France and Germany, Cho nowhere."""
    shop = make_shop("acme")
    with tenant_context(shop):
        for name, tags, country in (("ann", ["VIP"], "DE"), ("bob", ["VIP", "Press"], "FR"), ("cho", None, "")):
            made = CustomerFactory(
                email=f"{name}@example.com", first_name="", tags=tags, marketing_consent=name == "bob", phone=None
            )
            if name == "cho":
                made.group = CustomerGroup.objects.create(name="Schools")
                made.save(update_fields=["group"])
            for code in (country, "DE") if name == "bob" else (country,):
                if code:
                    CustomerAddress.objects.create(customer=made, country=code, **HOME)
    spent = {"ann": (1, "99.50"), "bob": (3, "500.00"), "cho": (0, "0")}
    with owner(shop.database_name) as connection:
        connection.execute("SET session_replication_role = replica")
        for name, (orders, total) in spent.items():
            connection.execute(
                "UPDATE customers SET total_orders = %s, total_spent = %s WHERE email = %s",
                (orders, Decimal(total), f"{name}@example.com"),
            )
    return shop


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("tag=VIP", "ann bob"),
        ("tag=vip", ""),
        ("group=schools", "cho"),
        ("group=Nobody", ""),
        ("country=de", "ann bob"),
        ("country=France", "bob"),
        ("country=Nowhere", ""),
        ("spent=99.50..500", "ann bob"),
        ("spent=100..", "bob"),
        ("spent=..99,5", "ann cho"),
        ("spent=much", ""),
        ("spent=NaN", ""),
        ("orders=0", "cho"),
        ("orders=2..", "bob"),
        ("orders=1..x", ""),
        ("marketing_consent__exact=1", "bob"),
        ("tag=VIP&country=DE&orders=1", "ann"),
        ("q=ann", "ann"),
        ("q=bob+example", "bob"),
        ("q=an", "ann"),
        ("q=%25", "ann bob cho"),
        ("q=_nn", ""),
    ],
)
def test_filters_and_words_find_who_they_name_in_list_and_file(acme: TenantInfo, query: str, names: str) -> None:
    browser = staff_browser(acme)

    page = browser.get(f"{LIST}?{query}")
    text = b"".join(browser.get(f"{LIST}list.csv?{query}").streaming_content).decode().lstrip("\ufeff")

    assert page.status_code == 200
    assert sorted(row.email.split("@")[0] for row in page.context["cl"].result_list) == names.split()
    listed = csv.DictReader(text.splitlines())
    assert sorted(row["E-mail"].split("@")[0] for row in listed) == names.split()


def test_the_views_that_come_with_the_shop(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    found = {}
    for tab in browser.get(LIST).context["view_tabs"]:
        listed = browser.get(f"{LIST}?{tab['query']}").context["cl"].result_list
        found[tab["name"]] = sorted(row.email[:3] for row in listed)
    assert found == {
        "All": ["ann", "bob", "cho"],
        "Came back": ["bob"],
        "Nothing delivered yet": ["cho"],
        "Agreed to marketing mails": ["bob"],
    }
