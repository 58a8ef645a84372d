"""Killed at any moment, an import leaves whole products, and the same call goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tests.tenant_shop.imports.files import as_csv, counts, row

# Batches of four rows are two products each; the second of five batches meets the kill.
CHILD = """
import os, signal, sys
import django
django.setup()
from pathlib import Path
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.imports import import_products, save_products

import_products.BATCH_ROWS = 4
function, moment, path = sys.argv[1:]
module = import_products if function == "save_products" else save_products
original, calls = getattr(module, function), 0

def killed_the_second_time(*args, **options):
    global calls
    calls += 1
    if calls == 2 and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*args, **options)
    if calls == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(module, function, killed_the_second_time)
with tenant_context(directory.by_slug("acme")):
    import_products.import_products(Path(path), rejects_path=Path(path).with_name("rejects.csv"))
"""
ROWS = [
    cells
    for n in range(10)
    for cells in (
        row(handle=f"p{n}", title=f"P {n}", vendor=f"V {n}", name1="Size", value1="S", price="1", quantity="2"),
        row(handle=f"p{n}", value1="M", price="1", quantity="3"),
    )
]


def run_child(function: str, moment: str, path: Path) -> int:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "smartseller.settings.test"}
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", CHILD, function, moment, str(path)]
    return subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True).returncode


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "moment", "products"),
    [
        ("write_changes", "before", 2),
        ("set_quantities", "before", 2),
        ("set_quantities", "after", 2),
        ("save_products", "before", 2),
        ("save_products", "after", 4),
    ],
)
def test_a_killed_import_leaves_whole_products_and_the_next_one_goes_on(
    shop, import_file, write_file, function, moment, products
):
    path = write_file(as_csv(ROWS))

    assert run_child(function, moment, path) == -signal.SIGKILL

    assert Product.objects.count() == products
    assert ProductVariant.objects.count() == 2 * products
    assert set(Product.objects.values_list("inventory_quantity", flat=True)) == {5}
    report = import_file(path)
    assert counts(report) == (20, 20 - 2 * products, 0, 2 * products, 0)
    assert (report.products, report.variants) == (10, 20)
    assert set(Product.objects.values_list("inventory_quantity", flat=True)) == {5}
