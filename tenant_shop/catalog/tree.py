"""Categories are a tree: none lies below itself."""

from uuid import UUID

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.models import Category

# The name of the turn in which categories move; the trigger `categories_are_a_tree` takes it too.
TURN = "categories are a tree"


def closes_circle(category_id: UUID, *, parent_id: UUID) -> bool:
    """Whether the category would lie below itself if it had that parent. Runs in the transaction that moves it.

    Until that transaction ends nobody else moves a category, so the answer holds. One statement for each level.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TURN])
    above: UUID | None = parent_id
    passed = set[UUID]()
    while above is not None and above not in passed:
        if above == category_id:
            return True
        passed.add(above)
        above = Category.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    return False
