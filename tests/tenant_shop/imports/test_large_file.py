import resource

import pytest

from platform_core.tenancy.context import tenant_context
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tests.tenant_shop.imports.files import counts

SIZES = ["XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL", "6XL"]
HEADER = "Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Name,Option1 Value,Variant Inventory Qty,Variant Price\n"


def write_products(path, first, count):
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(first, first + count):
            for place, size in enumerate(SIZES):
                about = f"Product {number},<p>Nice</p>,V{number % 50},T{number % 20},new,Size" if not place else ",,,,,"
                file.write(f"p-{number},{about},{size},{place},9.99\n")


@pytest.mark.slow
def test_fifty_thousand_rows_arrive_in_the_memory_of_ten_thousand(make_shop, import_file, tmp_path):
    path = tmp_path / "large.csv"
    with tenant_context(make_shop("acme", plan_type="enterprise")):
        write_products(path, 0, 1_000)
        assert counts(import_file(path)) == (10_000, 10_000, 0, 0, 0)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        write_products(path, 0, 5_000)
        assert counts(import_file(path)) == (50_000, 40_000, 0, 10_000, 0)
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert (Product.objects.count(), ProductVariant.objects.count()) == (5_000, 50_000)
    # Two sets of identifiers grow with the file, about 100 bytes for each product and variant.
    assert grown_kib < 24 * 1024
