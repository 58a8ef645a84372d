"""Real exports, counted independently. The files are not part of this repository."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.tenant_shop.imports.files import counts, fingerprint

CHECKOUT = Path(__file__).resolve().parents[3]
PLACES = [folder / "shared" / "data" / "shopify-product-csvs" for folder in CHECKOUT.parents[:2]]
FILES = sorted(path for place in PLACES for path in place.glob("*.csv"))

pytestmark = pytest.mark.skipif(not FILES, reason="the sample files (shared/data) are not beside this checkout")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_file_arrives_whole_and_once(shop, import_file, path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    priced = [row for row in rows if row["Variant Price"]]
    handles = {row["Handle"] for row in rows}

    report = import_file(path)

    assert counts(report) == (len(rows), len(rows), 0, 0, 0)
    assert (report.products, report.variants) == (len(handles), len(priced))
    assert set(Product.objects.values_list("slug", flat=True)) == handles
    assert sorted(variant.effective_price for variant in ProductVariant.objects.select_related("product")) == sorted(
        Decimal(row["Variant Price"]) for row in priced
    )
    assert sum(StockMovement.objects.values_list("delta", flat=True)) == sum(
        int(row["Variant Inventory Qty"]) for row in priced
    )
    assert ProductImage.objects.count() == len({(row["Handle"], row["Image Src"]) for row in rows if row["Image Src"]})
    assert set(Brand.objects.values_list("name", flat=True)) == {row["Vendor"] for row in rows if row["Vendor"]}
    assert set(Category.objects.values_list("name", flat=True)) == {row["Type"] for row in rows if row["Type"]}
    for row in rows:
        if row["Title"]:
            product = Product.objects.get(slug=row["Handle"])
            assert (product.name, product.tags) == (
                row["Title"],
                [t.strip() for t in row["Tags"].split(",") if t.strip()],
            )

    before = fingerprint()
    assert counts(import_file(path)) == (len(rows), 0, 0, len(rows), 0)
    assert fingerprint() == before
