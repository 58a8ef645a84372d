"""What left the house: a row for each parcel."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.orders.models import Order


class Shipment(models.Model):
    """Pieces of an order that were sent together, or handed over where the customer picks them up.

    What was in it never changes; how it is followed is corrected by `change_tracking` alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    # The app's role may not delete shipments; the database does when the order itself is deleted.
    order = models.ForeignKey(Order, models.DO_NOTHING, related_name="shipments", db_index=False, db_constraint=False)
    carrier = models.CharField(max_length=100, blank=True, default="", db_default="")
    tracking_number = models.CharField(max_length=100, blank=True, default="", db_default="")
    tracking_url = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="Where the parcel is followed."
    )
    lines = models.JSONField(help_text='[{"item": id, "quantity": pieces}]')
    key = models.CharField(max_length=64, help_text="Names a submission; the same one sends once.")
    actor = models.CharField(max_length=100, help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "shipments"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="shipments_key"),
            # What a customer is to click leads to the web, and nowhere else.
            models.CheckConstraint(
                condition=Q(tracking_url="") | Q(tracking_url__regex=r"^https?://"), name="shipments_tracking_url_check"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip() or str(self.id)

    @property
    def pieces(self) -> int:
        return sum(int(line["quantity"]) for line in self.lines)
