"""Starting the import of a file that was looked at, and being done with its errors."""

from typing import ClassVar
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.imports.runs.carry_out import queue_run
from tenant_shop.imports.runs.models import ImportRun


class CannotStart(RuleViolation):
    """The file is being looked at or imported, or that is over."""

    code = "import_cannot_start"
    status: ClassVar[int] = 409

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} cannot be imported now: it is under way, or done, or its file is gone.")


def start_import(run_id: UUID) -> ImportRun:
    """Import the file. Two who press at once start it once. Errors: ImportRun.DoesNotExist; CannotStart."""
    with shop_transaction():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if not run.can_start:
            raise CannotStart(run.name)
        run.step, run.state = ImportRun.Step.IMPORT, ImportRun.State.WAITING
        run.counts, run.bytes_read, run.attempts, run.problem = {}, 0, 0, ""
        run.heard_at, run.ended_at, run.settled_at = timezone.now(), None, None
        run.save()
        after_commit(queue_run, run.pk)
    return run


def settle_run(run_id: UUID) -> ImportRun:
    """Nobody need look at its errors any more. Errors: ImportRun.DoesNotExist."""
    with shop_transaction():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.settled_at is None and not run.is_under_way:
            run.settled_at = timezone.now()
            run.save(update_fields=["settled_at"])
    return run
