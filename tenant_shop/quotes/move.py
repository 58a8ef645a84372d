"""The states of a request for a quote, and how it goes from one to the next; every step leaves a row."""

from collections.abc import Sequence
from uuid import UUID

from tenant_shop.carts.models import ShoppingCart
from tenant_shop.integrations.record import record_event
from tenant_shop.quotes.errors import QuoteChanged, QuoteNotFound, QuoteNotMovable, QuoteWaits
from tenant_shop.quotes.models import QuoteEvent, QuoteRequest

Status = QuoteRequest.Status
# An answer can be corrected until it is accepted; whoever was too late, or said no, can ask again.
NEXT: dict[str, frozenset[str]] = {
    Status.REQUESTED: frozenset({Status.ANSWERED, Status.DECLINED}),
    Status.ANSWERED: frozenset({Status.ANSWERED, Status.ACCEPTED, Status.DECLINED, Status.EXPIRED, Status.REQUESTED}),
    Status.ACCEPTED: frozenset(),
    Status.DECLINED: frozenset({Status.REQUESTED, Status.ANSWERED}),
    Status.EXPIRED: frozenset({Status.REQUESTED, Status.ANSWERED}),
}


def lock_quote(quote_id: UUID) -> QuoteRequest:
    """The request, locked until the transaction ends, and before it the cart that stands for its offer: in the order in
    which an order that accepts it locks them.

    Errors: QuoteNotFound; QuoteChanged when somebody else answered it in the same moment.
    """
    carts = _lock_carts(quote_id)
    quote = QuoteRequest.objects.select_for_update(no_key=True).filter(pk=quote_id).first()
    if quote is None:
        raise QuoteNotFound
    if set(ShoppingCart.objects.filter(quote=quote_id).values_list("pk", flat=True)) - set(carts):
        raise QuoteChanged(quote.number)
    return quote


def _lock_carts(quote_id: UUID) -> Sequence[UUID]:
    carts = ShoppingCart.objects.select_for_update(no_key=True).filter(quote=quote_id).order_by("pk")
    return list(carts.values_list("pk", flat=True))


def check_nobody_decides(quote: QuoteRequest) -> None:
    """Whether the offer, locked, waits for nobody in its customer's company. One statement. Errors: QuoteWaits."""
    if ShoppingCart.objects.filter(quote=quote, completed_at=None, frozen_at__isnull=False).exists():
        raise QuoteWaits(quote.number)


def begin(quote: QuoteRequest, *, actor: str) -> None:
    """Note that a request was made."""
    _write(quote, before="", note=quote.note, actor=actor)


def check_move(quote: QuoteRequest, to: QuoteRequest.Status) -> None:
    """Errors: QuoteNotMovable."""
    if to not in NEXT[quote.status]:
        raise QuoteNotMovable(quote.number, quote.status, to)


def move(
    quote: QuoteRequest, to: QuoteRequest.Status, *, actor: str, note: str = "", fields: Sequence[str] = ()
) -> None:
    """Take a locked request to another state, its changed `fields` along. Errors: QuoteNotMovable."""
    check_move(quote, to)
    before, quote.status = quote.status, to
    quote.save(update_fields=["status", *fields])
    _write(quote, before=before, note=note, actor=actor)


def _write(quote: QuoteRequest, *, before: str, note: str, actor: str) -> None:
    QuoteEvent.objects.create(
        quote=quote, previous_status=before, new_status=quote.status, note=note, actor=actor[:100]
    )
    record_event(
        f"quote.{quote.status}",
        {
            "id": str(quote.pk),
            "number": quote.number,
            "from": before,
            "revision": quote.revision,
            "customer_id": str(quote.customer_id) if quote.customer_id else None,
            "by": actor,
        },
    )
