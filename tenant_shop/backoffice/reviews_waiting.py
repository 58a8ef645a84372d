"""How many reviews wait to be read: said beside their place in the sidebar, on every page."""

from django.core.cache import cache

from tenant_shop.reviews.models import ProductReview

# A number beside a name need not be longer; counting stops there.
MOST = 100
# A page counts when the last one that did is longer ago, in seconds; what staff decide here is counted at once.
KEPT = 60
KEY = "backoffice:reviews-waiting"


def reviews_waiting() -> str:
    """The number as it is written, "99+" for more; empty when none waits."""
    found: int | None = cache.get(KEY)
    if found is None:
        found = ProductReview.objects.filter(status=ProductReview.Status.PENDING).order_by()[:MOST].count()
        note_counted(found)
    return f"{MOST - 1}+" if found >= MOST else str(found or "")


def note_counted(found: int) -> None:
    """Somebody has just counted them."""
    cache.set(KEY, min(found, MOST), KEPT)


def count_anew() -> None:
    """Have the next page count."""
    cache.delete(KEY)
