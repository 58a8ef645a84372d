"""Changing many products or variants at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.bulk.models import BulkEdit
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.publish import note_publication
from tenant_shop.catalog.room import check_product_room
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.adjust import adjust_stock
from tenant_shop.inventory.models import StockMovement

# Not a column that is written: its change is moved in the stock's ledger.
QUANTITY = "quantity"
NAMED_IN_A_SENTENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell: what it was and what it becomes, as JSON holds it. `variant_id` is None for a cell of the product."""

    product_id: UUID
    variant_id: UUID | None
    column: str
    before: Any
    after: Any
    name: str
    sku: str

    def as_json(self) -> dict[str, Any]:
        return {
            "product": str(self.product_id),
            "variant": str(self.variant_id) if self.variant_id else None,
            "column": self.column,
            "before": self.before,
            "after": self.after,
            "name": self.name,
            "sku": self.sku,
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Change:
        return cls(
            product_id=UUID(told["product"]),
            variant_id=UUID(told["variant"]) if told["variant"] else None,
            column=told["column"],
            before=told["before"],
            after=told["after"],
            name=told["name"],
            sku=told["sku"],
        )

    @property
    def reversed(self) -> Change:
        return Change(
            product_id=self.product_id,
            variant_id=self.variant_id,
            column=self.column,
            before=self.after,
            after=self.before,
            name=self.name,
            sku=self.sku,
        )


class ChangedMeanwhile(RuleViolation):
    """Some cells are not any more what they were when it was decided to change them; nothing was changed."""

    code = "changed_meanwhile"

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        named = list(dict.fromkeys(f"{change.name} ({change.sku})" for change in changes))
        more = f" and {len(named) - NAMED_IN_A_SENTENCE} more" if len(named) > NAMED_IN_A_SENTENCE else ""
        super().__init__(
            f"Nothing was changed, because somebody else changed this meanwhile: "
            f"{', '.join(named[:NAMED_IN_A_SENTENCE])}{more}."
        )


def cell(row: Product | ProductVariant, column: str) -> Any:
    """What the row has in the column, as JSON holds it."""
    if column == QUANTITY:
        return row.inventory_quantity
    value = getattr(row, row._meta.get_field(column).attname)  # type: ignore[union-attr]
    match value:
        case Decimal():
            return f"{value.quantize(Decimal(1).scaleb(-row._meta.get_field(column).decimal_places)):f}"  # type: ignore[union-attr]
        case UUID():
            return str(value)
        case list():
            return list(value)
        case None:
            return [] if column == "tags" else None
        case _:
            return value


def change_many(changes: Sequence[Change], *, actor: str) -> BulkEdit:
    """Make all the changes, and keep what they were so that they can be undone.

    Each row is locked: variants first, then products, in key order. Stock is moved by the difference.
    Errors: ChangedMeanwhile naming the rows that are not any more as the changes say; PlanLimitReached;
    NotThatMuchThere. Nothing is changed then.
    """
    with shop_transaction():
        apply(changes, actor=actor)
        return BulkEdit.objects.create(changes=[change.as_json() for change in changes], actor=actor)


def apply(changes: Sequence[Change], *, actor: str) -> None:
    """`change_many` in the caller's transaction, without a record of its own."""
    variants = _locked(ProductVariant.objects.all(), {change.variant_id for change in changes if change.variant_id})
    products = _locked(
        Product.objects.defer("variants"), {change.product_id for change in changes if not change.variant_id}
    )
    rows: dict[UUID, Any] = {**variants, **products}
    stale = [
        change
        for change in changes
        if (row := rows.get(change.variant_id or change.product_id)) is None
        or cell(row, change.column) != change.before
    ]
    if stale:
        raise ChangedMeanwhile(stale)
    back = [change for change in changes if change.column == "status" and change.before == Product.Status.ARCHIVED]
    if back:
        check_product_room(adding=len(back))
    written = [change for change in changes if change.column != QUANTITY]
    for change in written:
        _put(rows[change.variant_id or change.product_id], change)
    _write(ProductVariant, variants, [change for change in written if change.variant_id])
    _write(Product, products, [change for change in written if not change.variant_id])
    adjust_stock(
        {change.variant_id: change.after - change.before for change in changes if change.column == QUANTITY},  # type: ignore[misc]
        reason=StockMovement.Reason.CORRECTION,
        reference="table",
        actor=actor,
    )


def _locked(rows: models.QuerySet[Any], keys: set[UUID]) -> dict[UUID, Any]:
    if not keys:
        return {}
    return {row.pk: row for row in rows.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")}


def _put(row: Product | ProductVariant, change: Change) -> None:
    field: Any = row._meta.get_field(change.column)
    value = change.after
    if isinstance(field, models.DecimalField) and value is not None:
        value = Decimal(value)
    setattr(row, field.attname, value)
    if isinstance(row, Product) and change.column == "status":
        note_publication(row, at=timezone.now())


def _write(model: type[models.Model], rows: dict[UUID, Any], changes: Iterable[Change]) -> None:
    """One statement for all rows: they are locked, so that what is written besides the changes is what is there."""
    columns = {change.column for change in changes}
    if not columns:
        return
    if "status" in columns:
        columns.add("published_at")
    model._default_manager.bulk_update(rows.values(), sorted(columns))
