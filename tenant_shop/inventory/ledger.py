"""Reading the stock's ledger: what came and went, and what was there afterwards."""

from uuid import UUID

from django.db.models import F, Sum, Window

from tenant_shop.inventory.models import StockMovement

ON_A_PAGE = 50


def ledger_of(product_id: UUID, *, page: int = 1) -> tuple[list[StockMovement], bool]:
    """The movements of a product's variants on a page, newest first, and whether there are older ones.

    Each carries `balance`, the pieces of its variant that were there afterwards. One statement.
    """
    start = (max(page, 1) - 1) * ON_A_PAGE
    rows = (
        StockMovement.objects.filter(variant__product=product_id)
        .annotate(balance=Window(Sum("delta"), partition_by="variant", order_by=[F("created_at").asc(), F("id").asc()]))
        .select_related("variant", "order")
        .order_by("-created_at", "-id")
    )
    found: list[StockMovement] = [*rows[start : start + ON_A_PAGE + 1]]
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE
