"""What the checkout's form sends, in the words of the orders' room."""

import re
import secrets
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy

from tenant_shop.shipping.rates import pickup_codes
from tenant_shop.storefront.checkout_form import CheckoutForm
from tenant_shop.storefront.points_field import spending_rules
from tenant_shop.storefront.visit import Visit

# A token that this page could have made; it names the submission, so that sending it twice orders once.
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
# What is ticked where the merchant asks for a tick and has no words for it.
AGREE = gettext_lazy("I have read the terms and agree to them.")
# A plain decimal that fits the column.
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,3})?")


def form_for(visit: Visit, *posted: QueryDict, initial: dict[str, Any] | None = None) -> CheckoutForm:
    settings = visit.settings
    return CheckoutForm(
        *posted,
        initial=initial or {},
        language=visit.language,
        pickup_codes=pickup_codes(settings),
        terms=(settings.terms_text or str(AGREE)) if settings.terms_need_tick else "",
        takes_points=spending_rules(visit) is not None,
        company=visit.company,
    )


def answers_of(form: CheckoutForm, visit: Visit) -> dict[str, Any]:
    """What a valid form says, as arguments of `place_order` and `send_for_approval`."""
    given = form.cleaned_data
    return {
        "email": given["email"],
        "phone": given["phone"],
        "shipping_address": form.address,
        "billing_address": form.billing_address,
        "shipping_code": given["shipping_method"],
        "payment_method": given["payment_method"],
        "notes": given["notes"],
        "purchase_number": given.get("purchase_number", ""),
        "language": visit.language,
        "agreed_to": form.agreed_to,
    }


def seen_by(visit: Visit) -> dict[str, Any]:
    """What the page showed beside the total, as the form says it, in the same words."""
    posted = visit.request.POST
    return {
        "expected_currency": posted.get("currency", ""),
        "quote_revision": _revision(visit),
        "terms_version": posted.get("terms_version"),
    }


def _revision(visit: Visit) -> int | None:
    """The offer as the page showed it; -1, which no offer is, when the form does not say."""
    if not visit.is_for_offer:
        return None
    posted = visit.request.POST.get("revision", "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 9 else -1


def new_token() -> str:
    return secrets.token_urlsafe(24)


def token_of(request: HttpRequest) -> str:
    posted = request.POST.get("token", "")
    return posted if TOKEN.fullmatch(posted) else new_token()


def amount_of(posted: str) -> Decimal | None:
    """The total that the form carries, as the page wrote it; None when it is no such amount."""
    return Decimal(posted) if AMOUNT.fullmatch(posted) else None
