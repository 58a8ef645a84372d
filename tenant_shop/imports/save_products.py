"""Drafts written into the shop, a batch in one transaction; a product is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, transaction

from platform_core.plans.limits import PlanTerms
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.imports.catalogue import read_catalogue
from tenant_shop.imports.drafts import Outcome, ProductDraft, Verdict
from tenant_shop.imports.outage import is_outage
from tenant_shop.imports.plan_product import ProductPlan
from tenant_shop.imports.rehearsal import Rehearsal, write_changes
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import set_quantities

ATTEMPTS = 3


@dataclass(slots=True)
class Saved:
    """What became of a batch: a verdict for every row, and the products and variants that accepted rows name."""

    verdicts: list[Verdict] = field(default_factory=list)
    product_ids: set[UUID] = field(default_factory=set)
    variant_ids: set[UUID] = field(default_factory=set)
    negative_quantities: int = 0
    unshown_pictures: int = 0

    def add(self, other: Saved) -> None:
        self.verdicts += other.verdicts
        self.product_ids |= other.product_ids
        self.variant_ids |= other.variant_ids
        self.negative_quantities += other.negative_quantities
        self.unshown_pictures += other.unshown_pictures


def save_products(
    drafts: Sequence[ProductDraft], *, limits: PlanTerms, reference: str, rehearsal: Rehearsal | None = None
) -> Saved:
    """Write `drafts`, no two of the same product, into the active shop; stock movements name `reference`.

    A batch that the database refuses is written again product by product, so that one product's trouble is its own.
    With a `rehearsal` all is taken back at once, and remembered there for the batches that follow.
    Errors: OperationalError and InterfaceError when the database is out of reach; nothing of the batch is written then.
    """
    try:
        return _save(drafts, limits, reference, rehearsal)
    except (DatabaseError, RuleViolation) as error:
        if is_outage(error):
            raise
    saved = Saved()
    for draft in drafts:
        saved.add(_save_alone(draft, limits, reference, rehearsal))
    return saved


def _save_alone(draft: ProductDraft, limits: PlanTerms, reference: str, rehearsal: Rehearsal | None) -> Saved:
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            return _save([draft], limits, reference, rehearsal)
        except (DatabaseError, RuleViolation) as error:
            if is_outage(error):
                raise
            reason = f"the shop refused the product: {str(error).splitlines()[0]}"
            if not isinstance(error, IntegrityError | OperationalError):
                break
    return Saved([Verdict(row, draft.handle, Outcome.REJECTED, row.fault or reason) for row in draft.rows])


def _save(drafts: Sequence[ProductDraft], limits: PlanTerms, reference: str, rehearsal: Rehearsal | None) -> Saved:
    with shop_transaction():
        restored = rehearsal.restore(drafts) if rehearsal else set()
        catalogue = read_catalogue(drafts, limits)
        if rehearsal:
            rehearsal.complete(catalogue, restored)
        made = [ProductPlan(draft, catalogue).make() for draft in drafts]
        plans = [plan for plan in made if not plan.is_empty]
        _lock(plans)
        Brand.objects.bulk_create(catalogue.new_brands)
        Category.objects.bulk_create(catalogue.new_categories)
        Product.objects.bulk_create([plan.product for plan in plans if plan.is_new])
        ProductImage.objects.bulk_create([image for plan in plans for image in plan.new_images])
        write_changes(change for plan in plans for change in plan.changes.values())
        ProductVariant.objects.bulk_create([variant for plan in plans for variant in plan.new_variants])
        quantities = {pk: quantity for plan in plans for pk, quantity in plan.quantities.items()}
        set_quantities(quantities, reason=StockMovement.Reason.IMPORT, reference=reference)
        if rehearsal:
            shop_connection().check_constraints()  # those that wait for a commit, which does not come
            rehearsal.keep(plans, catalogue)
            transaction.set_rollback(True, using=current_tenant().alias)
    return Saved(
        verdicts=[verdict for plan in made for verdict in plan.verdicts],
        product_ids={plan.product.pk for plan in plans},
        variant_ids={pk for plan in plans for pk in plan.variant_ids},
        negative_quantities=sum(plan.negative_quantities for plan in plans),
        unshown_pictures=sum(len(plan.unshown_pictures) for plan in plans),
    )


def _lock(plans: Iterable[ProductPlan]) -> None:
    """What is there already and will change: variants by key, then products by key, the order of every sale."""
    variants: set[UUID] = set()
    products: set[UUID] = set()
    for plan in plans:
        if not plan.is_new and (plan.changes or plan.quantities or plan.new_variants):
            products.add(plan.product.pk)
            variants.update(plan.quantities)
            variants.update(pk for pk, (target, _) in plan.changes.items() if isinstance(target, ProductVariant))
            variants.difference_update(variant.pk for variant in plan.new_variants)
    if variants:
        lock_variants(variants)
    if products:
        rows = Product.objects.select_for_update(no_key=True).filter(pk__in=products).order_by("pk")
        list(rows.values_list("pk"))
