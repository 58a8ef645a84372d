"""Imports that somebody should look at."""

from django.db.models import Q, QuerySet

from tenant_shop.imports.runs.models import ImportRun

# Rows of a step that ended were rejected, or it could not end.
TROUBLED = Q(settled_at=None) & (
    Q(state=ImportRun.State.FAILED) | (Q(state=ImportRun.State.DONE, step=ImportRun.Step.IMPORT) & ~Q(rejects_file=""))
)


def troubled(runs: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
    """Those that failed or left rows out, and whose errors nobody has done with."""
    return runs.filter(TROUBLED)
