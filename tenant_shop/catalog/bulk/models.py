"""What was changed of many products at once."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class BulkEdit(models.Model):
    """One change of many rows, made and undone as a whole. `changes` is what `Change.as_json` writes."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    changes = models.JSONField(editable=False)
    actor = models.CharField(max_length=100, editable=False, help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_by = models.CharField(max_length=100, null=True, blank=True, editable=False, help_text="A user's id.")

    class Meta:
        db_table = "bulk_edits"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="bulk_edits_undone_check",
            )
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="idx_bulk_edits_created")]

    def __str__(self) -> str:
        rows = {change.get("variant") or change.get("product") for change in self.changes}
        many, few = len(self.changes), len(rows)
        return f"{many} {'change' if many == 1 else 'changes'} in {few} {'row' if few == 1 else 'rows'}"
