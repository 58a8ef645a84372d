"""Asking to be told."""

from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.restock.errors import NotAwaitable
from tenant_shop.restock.models import StockAlert

# What one address may wait for; more than a person wants.
MOST_FOR_ONE_ADDRESS = 50


def normal_email(email: str) -> str:
    return email.strip().lower()


def ask_to_be_told(variant_id: UUID, *, email: str, language: str) -> None:
    """Have `email` told once when the variant can be bought again. Asking twice is asking once.

    Whoever asks learns nothing of who else did: it always looks the same, also when an address waits for so much that
    it is not written down. Three statements.
    Errors: NotAwaitable when the variant is not for sale, in stock or not; nothing is written down then.
    """
    if not ProductVariant.objects.for_sale().filter(pk=variant_id).exists():
        raise NotAwaitable(variant_id)
    address = normal_email(email)
    if StockAlert.objects.waiting().filter(email=address).count() >= MOST_FOR_ONE_ADDRESS:
        return
    alert = StockAlert(variant_id=variant_id, email=address, language=language)
    StockAlert.objects.bulk_create([alert], ignore_conflicts=True)
