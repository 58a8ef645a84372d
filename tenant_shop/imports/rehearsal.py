"""A dry run's memory: each batch is taken back as soon as it is judged, and later batches must still meet its effects.

One transaction for the whole file would hold every row that it touches, and every order for one of them would wait for
the end of the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, Model, TextField
from django.db.models.functions import Cast

from platform_core.plans.limits import Limited
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.catalogue import Catalogue, skus_of
from tenant_shop.imports.drafts import ProductDraft
from tenant_shop.imports.identifiers import slug_of
from tenant_shop.imports.plan_product import ProductPlan
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import set_quantities

# The order in which rows may be inserted.
MADE: tuple[type[Any], ...] = (Product, ProductImage, ProductVariant)


@dataclass(slots=True)
class _Kept:
    """What the batches so far would have made of one product. `needs` are products whose freed SKUs it took."""

    made: dict[UUID, Model] = field(default_factory=dict)
    changed: dict[UUID, tuple[Model, set[str]]] = field(default_factory=dict)
    quantities: dict[UUID, int] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)

    def add(self, plan: ProductPlan) -> None:
        new: list[Model] = [plan.product] if plan.is_new else []
        self.made.update({made.pk: made for made in (*new, *plan.new_images, *plan.new_variants)})
        for pk, (target, names) in plan.changes.items():
            if pk in self.made:
                _copy(target, self.made[pk], names)
            else:
                known, changed = self.changed.setdefault(pk, (target, set()))
                _copy(target, known, names)
                changed |= names
        self.quantities.update(plan.quantities)


class Rehearsal:
    """What the batches of a dry run have left behind.

    `repeated` are the slugs that stand in several places of the file: only of these products, and of those that give
    up an SKU, is the whole effect kept. Of every other one, the SKUs that it took.
    """

    def __init__(self, repeated: Collection[str]) -> None:
        self._repeated = repeated
        self._kept: dict[str, _Kept] = {}
        self._brands: dict[str, Brand] = {}
        self._categories: dict[str, Category] = {}
        self._sku_owners: dict[str, UUID] = {}
        self._freed: dict[str, str] = {}
        self._made = 0

    def restore(self, drafts: Sequence[ProductDraft]) -> set[str]:
        """Write what earlier batches left behind and `drafts` may meet, in the caller's transaction; whose it is."""
        slugs = self._met_by(drafts)
        met = [self._kept[slug] for slug in sorted(slugs)]
        made = [obj for kept in met for obj in kept.made.values()]
        self._restore_shelves(drafts, [obj for obj in made if isinstance(obj, Product)], met)
        _free_skus(pk for kept in met for pk, (_, names) in kept.changed.items() if "sku" in names)
        for model in MADE:
            model._default_manager.bulk_create([obj for obj in made if isinstance(obj, model)])
        write_changes(change for kept in met for change in kept.changed.values())
        quantities = {pk: pieces for kept in met for pk, pieces in kept.quantities.items()}
        set_quantities(quantities, reason=StockMovement.Reason.IMPORT)
        return slugs

    def complete(self, catalogue: Catalogue, restored: Collection[str]) -> None:
        """Add to what was read what was not restored: who took which SKU, and how many products there would be."""
        catalogue.sku_owners.update({sku: self._sku_owners[sku] for sku in catalogue.skus & self._sku_owners.keys()})
        if catalogue.limits.of(Limited.PRODUCTS) is not None:
            made = [obj for slug in restored for obj in self._kept[slug].made.values()]
            there = sum(isinstance(obj, Product) and obj.status != Product.Status.ARCHIVED for obj in made)
            catalogue.products_in_shop += self._made - there

    def keep(self, plans: Iterable[ProductPlan], catalogue: Catalogue) -> None:
        """Remember what `plans` did before it is taken back."""
        self._brands.update({brand.slug: brand for brand in catalogue.new_brands})
        self._categories.update({category.slug: category for category in catalogue.new_categories})
        for plan in plans:
            slug = plan.draft.slug
            self._made += plan.takes_room
            taken = {variant.sku for variant in plan.variants} | {plan.product.sku}
            freed = catalogue.skus_before.get(plan.product.pk, set()) - taken
            needs = {self._freed.pop(sku) for sku in taken & self._freed.keys()} - {slug}
            if slug in self._repeated or freed or needs or slug in self._kept:
                kept = self._kept.setdefault(slug, _Kept())
                kept.add(plan)
                kept.needs |= needs
            for sku in freed:
                self._freed[sku] = slug
                self._sku_owners.pop(sku, None)
            self._sku_owners.update(dict.fromkeys(taken, plan.product.pk))

    def _met_by(self, drafts: Sequence[ProductDraft]) -> set[str]:
        found: set[str] = set()
        asked = [draft.slug for draft in drafts]
        asked += [self._freed[sku] for sku in skus_of(drafts) & self._freed.keys()]
        while asked:
            slug = asked.pop()
            if slug in self._kept and slug not in found:
                found.add(slug)
                asked += self._kept[slug].needs
        return found

    def _restore_shelves(
        self, drafts: Sequence[ProductDraft], products: Iterable[Product], met: Iterable[_Kept]
    ) -> None:
        """The brands and categories that earlier batches made and this one names."""
        changed = [target for kept in met for target, _ in kept.changed.values() if isinstance(target, Product)]
        named = {slug_of(name) for draft in drafts for name in (draft.brand, draft.category) if name}
        ids = {pk for product in (*products, *changed) for pk in (product.brand_id, product.category_id)}
        Brand.objects.bulk_create(b for slug, b in self._brands.items() if slug in named or b.pk in ids)
        Category.objects.bulk_create(c for slug, c in self._categories.items() if slug in named or c.pk in ids)


def write_changes(changes: Iterable[tuple[Model, set[str]]]) -> None:
    """One statement for the objects of a model in which the same fields change: others' changes are not undone."""
    groups: dict[tuple[type[Any], frozenset[str]], list[Any]] = defaultdict(list)
    for target, names in changes:
        groups[type(target), frozenset(names)].append(target)
    for (model, fields), targets in groups.items():
        model._default_manager.bulk_update(targets, sorted(fields))


def _copy(source: Model, target: Model, names: Iterable[str]) -> None:
    if source is not target:
        for name in names:
            setattr(target, name, getattr(source, name))


def _free_skus(variant_ids: Iterable[UUID]) -> None:
    """First of all: SKUs were taken and swapped in steps; once nobody has them, each can get to its last at once."""
    if ids := list(variant_ids):
        ProductVariant.objects.filter(pk__in=ids).update(sku=Cast(F("pk"), TextField()))
