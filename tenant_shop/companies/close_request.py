"""A purchase that does not come about: rejected, withdrawn, or waited for too long.

The buyer gets the cart back; an offer is what it was.
"""

import logging
from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.db.models import Min
from django.utils import timezone

from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.change import KEPT_FOR
from tenant_shop.carts.lines import lock_cart
from tenant_shop.carts.merge import merge_carts
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.errors import RequestDecided, RequestNotFound
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.companies.requests import check_may_decide, request_for
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.post import write_to
from tenant_shop.payments.rounds import one_round

logger = logging.getLogger(__name__)

Status = PurchaseRequest.Status
LONGEST_REASON = 500
BATCH = 200


def reject_request(approver: CompanyMember, request_id: UUID, *, reason: str) -> PurchaseRequest:
    """Turn a request down. After commit: the buyer is written to, with the reason.

    Errors, with nothing changed: RequestNotFound; OwnRequest; RequestDecided.
    """
    asked = request_for(approver, request_id)
    check_may_decide(approver, asked)
    return _close(asked, Status.REJECTED, reason=reason, decided_by=approver.customer_id, letter=Kind.REQUEST_REJECTED)


def withdraw_request(customer_id: UUID, request_id: UUID) -> PurchaseRequest:
    """The buyer takes the request back, whatever they are in the company by now.

    Errors, with nothing changed: RequestNotFound, also for another's; RequestDecided.
    """
    asked = PurchaseRequest.objects.select_related("company").filter(pk=request_id, customer=customer_id).first()
    if asked is None:
        raise RequestNotFound(request_id)
    return _close(asked, Status.WITHDRAWN, decided_by=customer_id)


def expire_requests(now: datetime) -> int:
    """Close the requests that nobody decided on by `now` (aware); how many. After commit: their buyers are written to.

    At most 200, each in a transaction of its own. One that cannot be closed is logged and does not hold up the others.
    """
    due = PurchaseRequest.objects.filter(status=Status.PENDING, expires_at__lte=now).select_related("company")
    closed = 0
    for asked in one_round(list(due.order_by("expires_at")[:BATCH])):
        try:
            _close(asked, Status.EXPIRED, letter=Kind.REQUEST_EXPIRED)
        except RequestDecided:
            continue
        except Exception:
            logger.exception("purchase request %s is over and could not be closed", asked.pk)
        else:
            closed += 1
    return closed


def next_end(now: datetime) -> datetime | None:
    """When, after `now`, a request's time is over next."""
    waiting = PurchaseRequest.objects.filter(status=Status.PENDING, expires_at__gt=now)
    moment: datetime | None = waiting.aggregate(next=Min("expires_at"))["next"]
    return moment


def _close(
    asked: PurchaseRequest,
    status: Status,
    *,
    reason: str = "",
    decided_by: UUID | None = None,
    letter: Kind | None = None,
) -> PurchaseRequest:
    """Rows are locked in this order: customer, cart; the request is changed under the cart's lock."""
    with shopper_transaction():
        buyers = Customer.objects.select_for_update(no_key=True)
        buyer = buyers.filter(pk=asked.customer_id).first() if asked.customer_id else None
        cart = lock_cart(asked.cart_id)
        if not PurchaseRequest.objects.filter(pk=asked.pk, status=Status.PENDING).update(
            status=status, reason=reason[:LONGEST_REASON], decided_by=decided_by, decided_at=timezone.now()
        ):
            raise RequestDecided(asked.pk)
        if cart is not None and buyer is not None:
            _give_back(cart, buyer)
        if buyer is not None and letter is not None:
            facts = {"company": asked.company.name, "reason": reason[:LONGEST_REASON], "request": str(asked.pk)}
            if cart is not None and cart.quote is not None:
                facts["offer"] = str(cart.quote.public_token)
            write_to(buyer.email, letter, customer=buyer, facts=facts)
    asked.refresh_from_db()
    return asked


def _give_back(cart: ShoppingCart, buyer: Customer) -> None:
    """The cart joins what the buyer has in another one by now, as a visitor's does who logs in; not an offer's."""
    thawed = ShoppingCart.objects.filter(pk=cart.pk, completed_at=None)
    if cart.quote_id is not None:
        thawed.update(frozen_at=None)
    elif thawed.update(frozen_at=None, customer=None, expires_at=timezone.now() + KEPT_FOR):
        merge_carts(buyer.pk, cart.pk)


@shared_task(base=TenantTask, name="companies.expire_requests")  # type: ignore[untyped-decorator]
def expire_requests_task() -> None:
    expire_requests(timezone.now())
