"""The version of what pages show: it rises once with every transaction that changes that, by triggers.

Migration 0009 says which tables count, and how a new table joins them. Versions never come twice, not even when a
database is put back to an earlier state: each is at least the microseconds of its moment.
"""

from django.db import models
from django.db.models import Q


class CatalogueVersion(models.Model):
    """One row. It is written at the very end of a transaction, so that nobody waits for it longer than a commit."""

    only = models.BooleanField(primary_key=True, default=True, db_default=True, editable=False)
    version = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "catalogue_version"
        constraints = [models.CheckConstraint(condition=Q(only=True), name="catalogue_version_single_row")]

    def __str__(self) -> str:
        return str(self.version)


def stored_version() -> int:
    """The version of the active shop's catalogue as committed now. One SELECT."""
    return CatalogueVersion.objects.values_list("version", flat=True).first() or 0
