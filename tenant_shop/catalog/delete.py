"""Deleting a product, a variant, a category or a brand: what was sold and what is in use stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import ProtectedError

from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.pictures.discard import queue_upkeep
from tenant_shop.catalog.variants import ProductVariant


class InUse(RuleViolation):
    """Something else names it; nothing was deleted."""

    code = "in_use"

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name} cannot be deleted: {why}.")


def delete_product(product: Product) -> None:
    """Delete a locked product with its variants, stock and pictures. Errors: InUse once an order names it."""
    with _kept_if(str(product), "it was sold. Archive it instead"):
        product.delete()


def delete_variant(variant: ProductVariant) -> None:
    """Delete a variant of a locked product. Errors: InUse once an order names it, and for a product's last variant."""
    if not ProductVariant.objects.filter(product=variant.product_id).exclude(pk=variant.pk).exists():
        raise InUse(str(variant), "it is the only variant of its product")
    with _kept_if(str(variant), "it was sold. Take it off sale instead"):
        variant.delete()


def delete_shelf(shelf: Category | Brand) -> None:
    """Delete a category, whose own categories move to the top then, or a brand. Errors: InUse while it has products."""
    with _kept_if(str(shelf), "it has products. Give them another first"):
        shelf.delete()


@contextmanager
def _kept_if(name: str, why: str) -> Iterator[None]:
    try:
        with shop_transaction():
            yield
            after_commit(queue_upkeep)
    except ProtectedError as error:
        raise InUse(name, why) from error
