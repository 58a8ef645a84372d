"""The main road on the oldest PostgreSQL that is supported: set up, open a shop, fill it, sell from it."""

import json
from pathlib import Path

import pytest

from tests.older_postgresql import can_run, cluster, manage
from tests.tenant_shop.imports.files import as_csv, row

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not can_run(), reason="PostgreSQL 15 is not installed")]

# Runs inside the shop's process: the same shopper that the other tests send, against this server.
BUY = """
from django.test.utils import setup_test_environment
setup_test_environment()
from tests.shopper import Shopper
shopper = Shopper("acme.localhost")
pages = [shopper.get(path).status_code for path in ("/", "/products/", "/products/?q=mug", "/products/mug/")]
shopper.follow(shopper.add("mug", quantity="2"))
buyer = {"email": "ann@example.com", "first_name": "Ann", "last_name": "Example", "address1": "1 Main Street",
         "postal_code": "10115", "city": "Berlin", "country": "DE", "action": "order"}
placed = shopper.submit(shopper.get("/checkout/"), "/checkout/", **buyer)
print(pages, placed.status_code, shopper.follow(placed).status_code)
"""
LOOK = """
from tenant_shop.models import Order, ProductVariant
orders = Order.objects.values_list("total_amount", "status")
print(list(orders), list(ProductVariant.objects.values_list("inventory_quantity")))
"""


def test_a_shop_is_made_filled_and_sold_from_on_postgresql_15(tmp_path: Path) -> None:
    goods = tmp_path / "goods.csv"
    goods.write_text(
        as_csv([row(handle="mug", title="Mug", price="12.50", sku="MUG", tracker="shopify", quantity="5",
                         published="TRUE", status="active")])
    )  # fmt: skip
    server = tmp_path / "postgresql"
    server.mkdir()
    with cluster(server) as found:
        environment = {
            **found,
            "DJANGO_SETTINGS_MODULE": "smartseller.settings.local",
            "SMARTSELLER_DATA_DIR": str(tmp_path / "data"),
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        manage("setup", environment=environment)
        made = json.loads(
            manage("tenant", "create", "--slug", "acme", "--name", "Acme", "--owner-email", "ann@acme.example",
                   "--currency", "EUR", "--timezone", "Europe/Berlin", "--country", "DE", "--json",
                   environment=environment)
        )  # fmt: skip
        imported = json.loads(
            manage("import_products", "--tenant", "acme", "--format", "shopify", "--json", str(goods),
                   environment=environment)
        )  # fmt: skip
        bought = manage("shell", "--verbosity", "0", "--command", BUY, environment=environment)
        left = manage("tenant_shell", "--tenant", "acme", "--command", LOOK, environment=environment)

    assert (made["database_name"], made["spare_used"]) == ("smartseller_acme", True)
    assert (imported["rows_read"], imported["imported"], imported["products"]) == (1, 1, 1)
    assert bought.strip() == "[200, 200, 200, 200] 302 200"
    assert left.splitlines()[-1] == "[(Decimal('25.000'), 'pending')] [(3,)]"
