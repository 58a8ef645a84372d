"""The typed Python client that is generated from the description: without a warning, sound, and good for selling."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from platform_core.tenancy.context import tenant_context
from tenant_shop.api.v1.documents import description
from tests.browser import ROOT, Site
from tests.programs import key_of
from tests.shopping import configure

pytestmark = pytest.mark.slow

# What somebody writes who has installed the client; a type that is wrong in it is mypy's to find.
PROGRAM = """
import sys

from smartseller_client import AuthenticatedClient
from smartseller_client.api.products import create_product, list_products
from smartseller_client.models import NewProductInput, NewVariantInput, Product, ProductPage, Refusal

base, host, token = sys.argv[1:]
client = AuthenticatedClient(base_url=base, token=token, headers={"Host": host}, raise_on_unexpected_status=True)
shirt = NewProductInput(
    name="Linen shirt", sku="SHIRT", price="49.00", variants=[NewVariantInput(sku="SHIRT-M", inventory_quantity=12)]
)
made = create_product.sync(client=client, body=shirt, idempotency_key="linen-shirt")
assert isinstance(made, Product), made
page = list_products.sync(client=client, sku="SHIRT")
assert isinstance(page, ProductPage), page
quantity: int = page.results[0].variants[0].inventory_quantity
assert (page.results[0].id, quantity, page.next_) == (made.id, 12, None)
taken = create_product.sync(client=client, body=shirt)
assert isinstance(taken, Refusal), taken
print(taken.error.code, taken.error.param)
"""


def test_a_client_is_generated_without_a_warning_that_sells_and_has_no_wrong_type(
    make_shop, site: Site, tmp_path: Path
) -> None:
    acme = make_shop("acme")
    with tenant_context(acme):
        configure()
    (tmp_path / "openapi.json").write_text(json.dumps(description()))
    (tmp_path / "program.py").write_text(PROGRAM)

    python(
        tmp_path, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none",
        "--config", str(ROOT / "docs" / "api" / "client.yaml"), "--output-path", "smartseller_client",
        "--fail-on-warning",
    )  # fmt: skip
    python(tmp_path, "-m", "mypy", "--strict", "--no-incremental", "smartseller_client", "program.py")
    host = f"acme.localhost:{site.port}"
    key = key_of(acme, "write_products").secret
    said = python(tmp_path, "program.py", f"http://127.0.0.1:{site.port}/api/v1", host, key)

    assert said.split() == ["sku_taken", "sku"]


def python(folder: Path, *arguments: str) -> str:
    """What it says. It must end well."""
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
