"""Approving a purchase: it is ordered for who asked."""

from decimal import Decimal
from uuid import UUID

from tenant_shop.carts.errors import CartGone
from tenant_shop.companies.errors import RequestDecided
from tenant_shop.companies.models import CompanyMember
from tenant_shop.companies.requests import check_may_decide, request_for
from tenant_shop.orders.approval import Approval
from tenant_shop.orders.errors import CurrencyChanged
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order


def approve_request(
    approver: CompanyMember,
    request_id: UUID,
    *,
    expected_total: Decimal,
    expected_currency: str = "",
    quote_revision: int | None = None,
) -> Order:
    """Order what was asked for, at the total that the approver saw, for who asked; the order's history names both.

    It is ordered in the currency in which it was asked for, and in which the approver saw it (`expected_currency`, ISO
    4217, where they say it), or not at all.
    `quote_revision` is the offer as the approver saw it, where it is one that was asked for.

    Errors, with nothing changed: RequestNotFound; OwnRequest; RequestDecided, also when somebody was faster; BuyerGone;
        those of `place_order`.
    """
    asked = request_for(approver, request_id)
    check_may_decide(approver, asked)
    if expected_currency and expected_currency != asked.currency:
        raise CurrencyChanged(expected_currency, asked.currency)
    try:
        order = place_order(
            cart_id=asked.cart_id,
            idempotency_key=f"request-{asked.pk}",
            expected_total=expected_total,
            expected_currency=asked.currency,
            customer_id=asked.customer_id,
            quote_revision=quote_revision,
            approval=Approval(request_id=asked.pk, company_id=asked.company_id, approver_id=approver.customer_id),
            **asked.answers,
        )
    except CartGone as gone:  # it went back to the buyer in this moment
        raise RequestDecided(request_id) from gone
    asked.refresh_from_db()
    if asked.decided_by_id != approver.customer_id:
        raise RequestDecided(request_id)
    return order
