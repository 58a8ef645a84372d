"""What has to change in the shop so that it has one product as the file has it, and what becomes of each row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.plans.limits import PlanLimitReached
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.catalogue import Catalogue
from tenant_shop.imports.changes import Changes
from tenant_shop.imports.drafts import (
    ImageDraft,
    Outcome,
    ProductDraft,
    RowDraft,
    VariantDraft,
    Verdict,
    dependent_fault,
)
from tenant_shop.imports.errors import RowRejected
from tenant_shop.imports.identifiers import sku_of
from tenant_shop.imports.plan_pictures import PicturePlan

FOLLOWS_PRODUCT = ("price", "compare_at_price", "cost_price")


@dataclass(slots=True)
class _Effect:
    """What one row did. `variant` is the one that the row speaks for, if it does."""

    row: RowDraft
    variant: ProductVariant | None = None
    made: bool = False
    changed: bool = False

    @property
    def outcome(self) -> Outcome:
        if self.made:
            return Outcome.IMPORTED
        return Outcome.UPDATED if self.changed else Outcome.SKIPPED


class ProductPlan:
    """The difference between one draft and the shop, in objects that are changed but not saved.

    `changes` has the existing objects with the names of their changed fields; `quantities` the stock to be reached by
    variant; `variant_ids` the variants that accepted rows name; `negative_quantities` how many rows said that fewer
    than none are there of something that cannot be back-ordered: they mean none.
    """

    def __init__(self, draft: ProductDraft, catalogue: Catalogue) -> None:
        self.draft = draft
        self.catalogue = catalogue
        found = catalogue.products.get(draft.slug)
        self.is_new = found is None
        # What is archived takes no room in the merchant's plan.
        was_kept = found is not None and found.status != Product.Status.ARCHIVED
        self.takes_room = not was_kept and (draft.fields or {}).get("status") not in (
            (Product.Status.ARCHIVED,) if self.is_new else (Product.Status.ARCHIVED, None)
        )
        self.product = found or Product(slug=draft.slug)
        self.verdicts: list[Verdict] = []
        self.new_variants: list[ProductVariant] = []
        self.changes = Changes()
        self.quantities: dict[UUID, int] = {}
        self.variant_ids: set[UUID] = set()
        self.negative_quantities = 0
        self._product_fields: dict[str, Any] = dict(draft.fields or {})
        known = catalogue.variants.get(self.product.pk, [])
        self._by_options = {_key(variant.options): variant for variant in known}
        self._by_sku = {variant.sku: variant for variant in known}
        self._next_position = max((variant.position for variant in known), default=-1) + 1
        self._pictures = PicturePlan(self.product, catalogue.images.get(self.product.pk, []), self.changes)
        self._decided: dict[UUID, tuple[int, VariantDraft]] = {}

    @property
    def variants(self) -> Iterable[ProductVariant]:
        """All variants of the product, as they will be."""
        return self._by_sku.values()

    @property
    def new_images(self) -> list[ProductImage]:
        return self._pictures.new

    @property
    def unshown_pictures(self) -> set[str]:
        """The addresses of pictures that pages do not load, because they are not fetched over https."""
        return self._pictures.unshown

    @property
    def is_empty(self) -> bool:
        """Whether no row was accepted: there is nothing to write, and no product to count."""
        return all(verdict.outcome is Outcome.REJECTED for verdict in self.verdicts)

    def make(self) -> ProductPlan:
        """Decide every row. When the row that describes the product is rejected, so are the others."""
        effects: list[_Effect] = []
        describing = self.draft.rows[0] if self.draft.fields is not None else None
        try:
            self._admit()
        except RowRejected as error:
            return self._reject_all(str(error))
        for row in self.draft.rows:
            try:
                if row.fault is not None:
                    raise RowRejected(row.fault)
                effects.append(self._apply(row, describes=row is describing))
            except RowRejected as error:
                if row is describing:
                    if self.takes_room and row.fault is None:
                        self.catalogue.dismiss_product()
                    return self._reject_all(str(error))
                self._judge(row, Outcome.REJECTED, str(error))
        if effects:
            self._link_variant_images(effects)
            self._pictures.choose_primary()
            self._finish_product(effects[0])
        for effect in effects:
            self._judge(effect.row, effect.outcome)
        return self

    def _judge(self, row: RowDraft, outcome: Outcome, reason: str = "") -> None:
        self.verdicts.append(Verdict(row, self.draft.handle, outcome, reason))

    def _reject_all(self, reason: str) -> ProductPlan:
        first, *others = self.draft.rows
        self._judge(first, Outcome.REJECTED, first.fault or reason)
        for row in others:
            self._judge(row, Outcome.REJECTED, row.fault or dependent_fault(self.draft, first))
        return self

    def _admit(self) -> None:
        if self.is_new and self.draft.fields is None:
            raise RowRejected(f"it has no title, and the shop has no product {self.draft.handle} to add it to")
        if self.takes_room and self.draft.rows[0].fault is None:
            try:
                self.catalogue.admit_product()
            except PlanLimitReached as error:
                raise RowRejected(str(error)) from error

    def _apply(self, row: RowDraft, *, describes: bool) -> _Effect:
        effect = _Effect(row, made=describes and self.is_new)
        if row.variant is not None:
            self._apply_variant(row.variant, effect, describes=describes)
        if row.image is not None:
            self._apply_image(row.image, effect)
        return effect

    def _apply_variant(self, wanted: VariantDraft, effect: _Effect, *, describes: bool) -> None:
        options = self._options(wanted)
        variant, sku = self._match(wanted, options)
        if variant is not None and variant.pk in self._decided:
            line, earlier = self._decided[variant.pk]
            if earlier != wanted:
                raise RowRejected(f"it repeats the variant of line {line} with other values")
            return
        values: dict[str, Any] = {"sku": sku, "options": options, "price": wanted.price, **wanted.fields}
        if not options or describes:
            own = {name: value for name, value in values.items() if name in (*FOLLOWS_PRODUCT, "weight")}
            self._product_fields.update(own)
        if not options:
            # The only variant of a simple product follows the product, so that one price is edited in one place.
            values.update({name: None for name in FOLLOWS_PRODUCT if name in values})
        if variant is None:
            variant = ProductVariant(product_id=self.product.pk, position=self._next_position, **values)
            self._next_position += 1
            self.new_variants.append(variant)
            effect.made = True
        else:
            self._by_options.pop(_key(variant.options), None)
            self._by_sku.pop(variant.sku, None)
            effect.changed |= self.changes.give(variant, values)
        effect.variant = self._by_options[_key(options)] = self._by_sku[sku] = variant
        self.catalogue.sku_owners[sku] = self.product.pk
        self._decided[variant.pk] = (effect.row.line, wanted)
        self.variant_ids.add(variant.pk)
        self._apply_quantity(variant, wanted.quantity, effect)

    def _options(self, wanted: VariantDraft) -> dict[str, str]:
        names = wanted.option_names
        if names is None:
            known = {tuple(variant.options) for variant in self._by_sku.values()}
            # JSON keeps no order, so two or more names could not be told apart.
            if len(known) != 1 or len(wanted.option_values) != 1:
                raise RowRejected("its options have no names; they stand in the first row of a product")
            names = known.pop()
        if len(names) != len(wanted.option_values):
            raise RowRejected("its options are not those of the product")
        return dict(zip(names, wanted.option_values, strict=True))

    def _match(self, wanted: VariantDraft, options: dict[str, str]) -> tuple[ProductVariant | None, str]:
        """The product's variant that a row means, by SKU or by options, and the SKU that it will have."""
        by_options = self._by_options.get(_key(options))
        derived = sku_of(self.draft.slug, wanted.option_values)
        by_sku = self._by_sku.get(wanted.sku or derived) if wanted.sku or by_options is None else None
        if by_sku is not None and by_options is not None and by_sku is not by_options:
            raise RowRejected(f"its SKU {by_sku.sku} and its options belong to two different variants")
        variant = by_sku or by_options
        sku = wanted.sku or (variant.sku if variant is not None else derived)
        if self.catalogue.sku_owners.get(sku, self.product.pk) != self.product.pk:
            raise RowRejected(f"its SKU {sku} belongs to another product")
        return variant, sku

    def _apply_quantity(self, variant: ProductVariant, quantity: int | None, effect: _Effect) -> None:
        if quantity is None:
            return
        if quantity < 0 and self._is_stock_limited:
            self.negative_quantities += 1
            quantity = 0
        if quantity != variant.inventory_quantity:
            self.quantities[variant.pk] = quantity
            effect.changed = True

    @property
    def _is_stock_limited(self) -> bool:
        tracked = self._product_fields.get("track_inventory", self.product.track_inventory)
        return bool(tracked and not self._product_fields.get("allow_backorder", self.product.allow_backorder))

    def _apply_image(self, wanted: ImageDraft, effect: _Effect) -> None:
        added, changed = self._pictures.apply(wanted)
        effect.changed |= changed
        effect.made |= added and effect.variant is None

    def _link_variant_images(self, effects: Iterable[_Effect]) -> None:
        """Last of all rows, so that a picture's own row decides its text and place, wherever it stands."""
        for effect in effects:
            wanted = effect.row.variant
            if effect.variant is None or wanted is None or wanted.image_url is None:
                continue
            image, added = self._pictures.named(wanted.image_url)
            effect.changed |= added
            effect.changed |= self.changes.give(effect.variant, {"image_id": image.pk})

    def _finish_product(self, first: _Effect) -> None:
        fields = self._product_fields
        if self.draft.fields is not None:
            if "compare_at_price" in fields:
                fields["compare_at_price"] = self._common_comparison(fields["compare_at_price"])
            if self.draft.brand is not None:
                brand = self.catalogue.brand(self.draft.brand)
                fields["brand_id"] = brand.pk if brand else None
            if self.draft.category is not None:
                category = self.catalogue.category(self.draft.category)
                fields["category_id"] = category.pk if category else None
        if self.is_new:
            fields["sku"] = self.new_variants[0].sku
        if fields.get("status") == Product.Status.ACTIVE and self.product.published_at is None:
            fields["published_at"] = timezone.now()
        first.changed |= self.changes.give(self.product, fields)

    def _common_comparison(self, first: Any) -> Any:
        """The product's price before a reduction; None unless all its variants are reduced.

        A variant without one would fall back to the product's, and look reduced when it is not.
        """
        wanted = [draft for _, draft in self._decided.values()]
        reduced = all((draft.fields.get("compare_at_price") or 0) > draft.price for draft in wanted)
        return first if reduced or not wanted[0].option_values else None


def _key(options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in options.items()))
