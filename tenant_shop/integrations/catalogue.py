"""Every event that integrators can hear of: the list that rooms record by, endpoints choose from, and pages show."""

from dataclasses import dataclass

TEST = "webhook.test"
LOW_STOCK = "stock.low"
# Outbox topics that are the shop's own business: promised mails, and entries for the audit log.
INTERNAL = ("mail.", "audit.")


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event. `kind` is what `data` represents, as in `examples.EXAMPLES`."""

    name: str
    description: str
    kind: str

    @property
    def is_coalesced(self) -> bool:
        """Whether several in a row about one object are told once: they would carry the same data."""
        return self.name.endswith(".updated")

    @property
    def is_end(self) -> bool:
        """Whether the object is gone: `data` is what was written down of it, which is little."""
        return self.name.endswith((".deleted", ".erased"))


def _of(kind: str, **descriptions: str) -> list[EventType]:
    return [EventType(f"{kind}.{verb}", description, kind) for verb, description in descriptions.items()]


_ALL = [
    *_of(
        "order",
        created="An order was placed, paid or not.",
        confirmed="An order was accepted before it was paid.",
        authorized="A payment was promised by the card's bank and can be captured.",
        paid="An order was paid in full.",
        payment_failed="A payment was declined.",
        payment_method_changed="The shopper will pay in another way.",
        edited="Lines, delivery, contact or amounts of an order were changed by the shop's people.",
        partially_fulfilled="A part of an order was sent.",
        fulfilled="All of an order was sent.",
        tracking_changed="A parcel's carrier, number or link was corrected.",
        delivered="An order arrived.",
        cancelled="An order was cancelled.",
        refunded="Money was given back, in part or all of it.",
        refund_failed="A refund did not reach the customer: the money came back.",
        credited="A credit note took something off what an order costs.",
        deleted="A test order was deleted.",
    ),
    *_of(
        "product",
        created="A product was made, by hand, by an import or through the API.",
        updated="A product, one of its variants or its stock changed.",
        deleted="A product was deleted; only its id, name, slug and SKU are told.",
    ),
    EventType(LOW_STOCK, "A product began to run low: a variant fell to its threshold or below.", "product"),
    *_of(
        "customer",
        created="An account was opened.",
        updated="What is known of a customer changed, points and tier included.",
        merged="Two accounts became one; this is the one that is left.",
        erased="A customer was erased, as the law gives them the right; only the id is told. Erase what you hold.",
        deleted="An account was deleted; only its id is told.",
    ),
    *_of(
        "refund",
        created="A refund was asked for.",
        succeeded="A refund was paid out.",
        failed="A refund could not be paid out.",
        credited="A refund was settled without money moving.",
    ),
    *_of(
        "review",
        created="A customer wrote a review.",
        updated="A review's text or the shop's reply changed.",
        approved="A review was approved and is shown.",
        rejected="A review was kept back.",
        deleted="A review was deleted; only its id and its product's are told.",
    ),
    *_of(
        "return",
        requested="A customer wants to send something back.",
        approved="A return was approved.",
        declined="A return was declined.",
        received="What was sent back arrived.",
        refunded="A return was paid back.",
        refund_failed="The money of a return came back.",
    ),
    *_of(
        "quote",
        requested="Somebody asked for a price.",
        answered="The shop made an offer.",
        accepted="An offer was accepted.",
        declined="An offer was declined, by either side.",
        expired="An offer was not accepted in time.",
    ),
    # Of what is read by lists of changes alone, at least that it is gone.
    *_of("category", deleted="A category was deleted; only its id, name and slug are told."),
    *_of("brand", deleted="A brand was deleted; only its id, name and slug are told."),
    *_of("customer_group", deleted="A group of customers was deleted; only its id and name are told."),
    *_of("discount", deleted="A discount was deleted; only its id and code are told."),
    *_of("campaign", deleted="A campaign was deleted; only its id and name are told."),
    *_of("custom_field", deleted="A field of the merchant's own was deleted; only its id, owner and key are told."),
]
EVENT_TYPES = {event.name: event for event in _ALL}
