"""What the tests of documents share."""

import io
import re
from decimal import Decimal
from typing import Any

from pypdf import PdfReader

from tenant_shop.documents.models import Document
from tests.shopping import configure

SELLER = "Fernmoor GmbH\nLindenstraße 7\n20099 Hamburg"
GERMAN = {
    "store_name": "Fernmoor",
    "store_email": "hallo@fernmoor.example",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "invoice_seller": SELLER,
    "invoice_tax_id": "DE123456789",
    "invoice_footer": "Amtsgericht Hamburg, HRB 12345",
}


def selling(**settings: Any) -> None:
    """A German shop that may write invoices; taxed at 19 % beside the prices, unless said otherwise."""
    configure(**{**GERMAN, "tax_rate": "0.19", **settings})


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page: words in one line as they stand, without invisible marks."""
    assert pdf.startswith(b"%PDF-")
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [re.sub(r"[\u200b\u2066-\u2069\u200e\u200f]", "", text).replace("\xa0", " ") for text in texts]


def text_of(pdf: bytes) -> str:
    return "\n".join(pages_of(pdf))


def numbers(kind: str) -> list[str]:
    return list(Document.objects.filter(kind=kind).order_by("sequence").values_list("number", flat=True))


def rates_of(document: Document) -> dict[str, tuple[Decimal, Decimal]]:
    """(with tax, the tax) by rate."""
    return {row["rate"]: (Decimal(row["gross"]), Decimal(row["tax"])) for row in document.content["rates"]}


def invoice_with(lines: int) -> Document:
    """A document with many lines, not in the database."""
    line: dict[str, Any] = {
        "name": "Mug", "sku": "MUG", "options": [], "quantity": 1, "price": "1.00", "total": "1.00", "rate": "0",
    }  # fmt: skip
    content = {
        "language": "en", "paper": "us-letter", "issued_on": "2026-11-26", "shop": "Acme", "seller": ["Acme"],
        "tax_id": "", "contact": [], "footer": [], "look": {"ink": "#0f766e", "logo": ""},
        "buyer": {"lines": ["Ann"], "tax_id": ""}, "currency": "USD", "notice": "", "tax_included": False,
        "order": {"number": "1", "placed_on": "2026-11-26", "sent_on": "", "purchase_number": "", "ship_to": [],
                  "is_pickup": False},
        "lines": [{**line, "sku": f"MUG-{number}"} for number in range(lines)],
        "delivery": {"name": "", "amount": "0", "rate": "0", "tax": "0", "gross": "0"}, "discounts": [],
        "rates": [], "subtotal": str(lines), "total": str(lines), "tax": "0",
        "payment": {"is_paid": True, "way": "Card", "account": [], "facts": []},
    }  # fmt: skip
    return Document(kind="invoice", number="INV-000007", content=content, total_amount=Decimal(lines))
