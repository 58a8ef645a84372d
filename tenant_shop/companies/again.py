"""The same request sent again: by an impatient click, by a page that was gone back to, after a lost answer."""

from typing import Any

from smartseller.errors import RuleViolation
from tenant_shop.companies.errors import AskedAlready
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.buyer import tidy_buyer


def check_same_request(asked: PurchaseRequest, settings: ShopSettings, **sent: Any) -> None:
    """Whether the arguments of `send_for_approval` are the answers that `asked` waits with. Pure.

    Errors: AskedAlready, also for what could not be asked for at all.
    """
    try:
        buyer = tidy_buyer(
            settings,
            email=sent["email"],
            phone=sent["phone"],
            notes=sent["notes"],
            shipping_address=sent["shipping_address"],
            billing_address=sent["billing_address"],
            shipping_code=sent["shipping_code"],
            customer_id=asked.customer_id,
            language="",
        )
    except RuleViolation as refusal:
        raise AskedAlready(asked) from refusal
    told = {
        "email": buyer.email,
        "phone": buyer.phone,
        "notes": buyer.notes,
        "shipping_address": dict(buyer.shipping_address),
        "billing_address": dict(buyer.billing_address),
        "shipping_code": sent["shipping_code"],
        "payment_method": sent["payment_method"],
    }
    number = " ".join(sent["purchase_number"].split())
    kept = asked.answers
    if any(kept.get(name) != value for name, value in told.items()) or number != _number(kept):
        raise AskedAlready(asked)


def _number(answers: dict[str, Any]) -> str:
    return " ".join(str(answers.get("purchase_number", "")).split())
