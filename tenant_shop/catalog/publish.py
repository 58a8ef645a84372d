"""When a product went on show for the first time."""

from datetime import datetime

from tenant_shop.catalog.models import Product


def note_publication(product: Product, *, at: datetime) -> bool:
    """Date a product that is active and has never been dated; whoever calls saves it. Whether it was dated just now.

    A date of the merchant's own stays, and so does the first one of a product that was taken off and put back.
    """
    if product.status != Product.Status.ACTIVE or product.published_at is not None:
        return False
    product.published_at = at
    return True
