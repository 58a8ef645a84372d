"""What the audit log keeps, as people read it."""

from django.utils import timezone

from platform_core.audit.models import AuditLog
from tenant_shop.backoffice.history import change_of


def test_amounts_have_the_places_they_need_and_words_stay_as_they_were_written() -> None:
    entry = AuditLog(
        action="add_order",
        resource_type="order",
        created_at=timezone.now(),
        old_values={"total_amount": None, "shipping_amount": "0.125"},
        new_values={"total_amount": "121.500", "shipping_amount": "4", "order_number": "1.500", "colour": "2.000"},
    )
    assert [(told.field, told.before, told.after) for told in change_of(entry).differences] == [
        ("Total amount", "", "121.50"),
        ("Shipping amount", "0.125", "4.00"),
        ("Order number", "", "1.500"),
        ("Colour", "", "2.000"),
    ]
