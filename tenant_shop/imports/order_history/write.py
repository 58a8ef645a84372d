"""Orders and cancellations of a history, written as they would stand had the shop been here then."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from smartseller.ids import uuid7
from tenant_shop.imports.order_history.buyers import address_of
from tenant_shop.imports.order_history.countries import country_code
from tenant_shop.imports.order_history.document import Document
from tenant_shop.imports.order_history.goods import Article
from tenant_shop.orders.address import FIELDS

ACTOR = "import_orders"
GATEWAY = "manual"
ORDERS = (
    "id", "order_number", "customer_id", "customer_email", "status", "payment_status", "fulfillment_status", "currency",
    "subtotal_amount", "shipping_amount", "total_amount", "shipping_address", "billing_address", "payment_gateway",
    "created_at", "confirmed_at", "shipped_at", "delivered_at", "metadata",
)  # fmt: skip
ITEMS = (
    "id", "order_id", "product_id", "variant_id", "position", "product_name", "product_sku", "quantity", "unit_price",
    "total_price", "quantity_fulfilled", "created_at",
)  # fmt: skip
HISTORY = ("id", "order_id", "new_status", "comment", "updated_by", "created_at")
PAYMENTS = ("id", "order_id", "gateway", "amount", "currency", "state", "created_at")
ENTRIES = ("id", "payment_id", "kind", "amount", "currency", "gateway", "actor", "created_at")
NOTES = ("id", "number", "customer_id", "country", "currency", "total_amount", "issued_at", "metadata")
NOTE_LINES = (
    "id", "credit_note_id", "product_id", "position", "product_name", "product_sku", "quantity", "unit_price",
    "total_price",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What documents are written with: the articles by code, the customers by address, the shop's currency, and the
    name of the file.
    """

    articles: Mapping[str, Article]
    buyers: Mapping[str, UUID]
    currency: str
    source: str


def write_orders(orders: Sequence[Document], to: Written) -> None:
    """Insert `orders`, delivered and paid, in the caller's transaction; their stock left the house long ago.

    Each is told by its own number, and what was paid for it stands in the ledger. No event is recorded and no mail is
    sent.
    """
    ids = [uuid7() for _ in orders]
    paid = [(uuid7(), order_id, order) for order_id, order in zip(ids, orders, strict=True) if order.total]
    _copy("orders", ORDERS, (_order(*pair, to) for pair in zip(ids, orders, strict=True)))
    _copy("order_items", ITEMS, (item for pair in zip(ids, orders, strict=True) for item in _items(*pair, to.articles)))
    _copy(
        "order_status_history",
        HISTORY,
        (
            (uuid7(), order_id, "delivered", f"From {to.source}.", ACTOR, order.at)
            for order_id, order in zip(ids, orders, strict=True)
        ),
    )
    _copy(
        "payments",
        PAYMENTS,
        ((pk, order_id, GATEWAY, order.total, to.currency, "done", order.at) for pk, order_id, order in paid),
    )
    _copy(
        "payment_entries",
        ENTRIES,
        ((uuid7(), pk, "captured", order.total, to.currency, GATEWAY, ACTOR, order.at) for pk, _, order in paid),
    )


def write_credit_notes(notes: Sequence[Document], to: Written) -> None:
    """Insert `notes`, the cancellations of a history, in the caller's transaction."""
    ids = [uuid7() for _ in notes]
    _copy(
        "credit_notes",
        NOTES,
        (
            (
                note_id,
                note.number,
                to.buyers.get(address_of(note.lines[0])),
                country_code(note.lines[0].country),
                to.currency,
                note.total,
                note.at,
                _metadata(note, to.source),
            )
            for note_id, note in zip(ids, notes, strict=True)
        ),
    )
    _copy(
        "credit_note_lines",
        NOTE_LINES,
        (
            (
                uuid7(),
                note_id,
                to.articles[line.code].product_id,
                position,
                line.name or to.articles[line.code].name,
                line.code,
                -line.quantity,
                line.price,
                line.total,
            )
            for note_id, note in zip(ids, notes, strict=True)
            for position, line in enumerate(note.lines)
        ),
    )


def _order(order_id: UUID, order: Document, to: Written) -> tuple[object, ...]:
    first = order.lines[0]
    address = json.dumps(dict.fromkeys(FIELDS, "") | {"country": country_code(first.country)})
    return (
        order_id, order.number, to.buyers.get(address_of(first)), address_of(first), "delivered", "paid", "fulfilled",
        to.currency, order.subtotal, order.carriage, order.total, address, address, GATEWAY,
        order.at, order.at, order.at, order.at, _metadata(order, to.source),
    )  # fmt: skip


def _items(order_id: UUID, order: Document, articles: Mapping[str, Article]) -> Iterator[tuple[object, ...]]:
    at = order.at
    for position, line in enumerate(order.goods):
        article = articles[line.code]
        yield (
            uuid7(), order_id, article.product_id, article.variant_id, position, line.name or article.name, line.code,
            line.quantity, line.price, line.total, line.quantity, at,
        )  # fmt: skip


def _metadata(document: Document, source: str) -> str:
    country = document.lines[0].country
    unknown = {"country": country} if country and not country_code(country) else {}
    return json.dumps({"imported": {"file": source, **document.fingerprint, **unknown}})


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (
        shop_connection().cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
