"""Whether the merchant's plan has room for another product. What is archived takes none: it is kept for the books."""

from django.db.models import QuerySet

from platform_core.plans.limits import Limited, check_room
from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.plan import plan_limits

# The name of the turn, among the advisory locks of the shop's own database.
TURN = "add products"


def products_of_plan() -> QuerySet[Product]:
    """Those that the merchant's plan counts."""
    return Product.objects.exclude(status=Product.Status.ARCHIVED)


def check_product_room(*, adding: int = 1) -> None:
    """Refuse more products than the plan includes. Runs in the transaction that adds so many.

    Errors: PlanLimitReached.
    """
    limits = plan_limits()
    if limits.of(Limited.PRODUCTS) is not None:
        check_room(limits, Limited.PRODUCTS, used=count_before_adding(), adding=adding)


def count_before_adding() -> int:
    """How many products there are that are not archived.

    Until the caller's transaction ends nobody else who asks here adds one, so that two cannot both take the last place.
    Two statements: the second must see what the first waited for.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TURN])
    return products_of_plan().count()
