"""The buyer's own number for an order."""

from tenant_shop.companies.errors import PurchaseNumberInvalid, PurchaseNumberMissing
from tenant_shop.companies.models import Company

LONGEST = 50


def read_purchase_number(company: Company, written: str) -> str:
    """The number on one line. Errors: PurchaseNumberMissing where the company wants one; PurchaseNumberInvalid."""
    text = " ".join(written.split())
    if len(text) > LONGEST or not text.isprintable():
        raise PurchaseNumberInvalid(LONGEST)
    if not text and company.purchase_number_required:
        raise PurchaseNumberMissing
    return text
