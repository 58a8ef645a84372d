"""Files as merchants send them, what an import says of them, and what the shop holds afterwards."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_core.tenancy.connections import shop_connection
from tenant_shop.imports.report import ImportReport

COLUMNS = [
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
    "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Variant Barcode",
    "Image Src", "Image Position", "Image Alt Text", "SEO Title", "SEO Description", "Variant Image", "Cost per item",
    "Status",
]  # fmt: skip
SHORT = {
    "handle": "Handle", "title": "Title", "body": "Body (HTML)", "vendor": "Vendor", "type": "Type", "tags": "Tags",
    "published": "Published", "name1": "Option1 Name", "value1": "Option1 Value", "name2": "Option2 Name",
    "value2": "Option2 Value", "sku": "Variant SKU", "grams": "Variant Grams", "tracker": "Variant Inventory Tracker",
    "quantity": "Variant Inventory Qty", "policy": "Variant Inventory Policy", "price": "Variant Price",
    "compare": "Variant Compare At Price", "barcode": "Variant Barcode", "image": "Image Src",
    "position": "Image Position", "alt": "Image Alt Text", "seo_title": "SEO Title", "seo": "SEO Description",
    "variant_image": "Variant Image", "cost": "Cost per item", "status": "Status",
}  # fmt: skip


def row(**cells: Any) -> dict[str, str]:
    """One row by short names: `row(handle="tee", title="Tee", price=10)`."""
    return {SHORT[name]: str(value) for name, value in cells.items()}


def as_csv(rows: Iterable[Mapping[str, str]], columns: Sequence[str] = COLUMNS, delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def rejected(report: ImportReport) -> list[tuple[int, str]]:
    """Line numbers and reasons of the rejected rows."""
    if report.rejects_file is None:
        return []
    with report.rejects_file.open(newline="", encoding="utf-8") as file:
        return [(int(line["Line"]), line["Reason"]) for line in csv.DictReader(file)]


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Rows read, imported, updated, skipped, rejected."""
    found = report.as_json()
    return (found["rows_read"], found["imported"], found["updated"], found["skipped"], found["rejected"])


def fingerprint() -> str:
    """A digest of everything in the shop's catalogue and stock ledger, keys and times included."""
    digest = hashlib.sha256()
    tables = (
        "brands",
        "categories",
        "products",
        "product_images",
        "product_variants",
        "product_skus",
        "stock_movements",
    )
    with shop_connection().cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT {table}::text FROM {table} ORDER BY 1")
            digest.update(repr(cursor.fetchall()).encode())
    return digest.hexdigest()
