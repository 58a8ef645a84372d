"""Putting many rows back as they were."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.bulk.change import NAMED_IN_A_SENTENCE, Change, ChangedMeanwhile, apply
from tenant_shop.catalog.bulk.models import BulkEdit


class AlreadyUndone(RuleViolation):
    """It was put back before; nothing was changed."""

    code = "already_undone"

    def __init__(self) -> None:
        super().__init__("This was undone already.")


class CannotUndo(RuleViolation):
    """Some rows were changed since; nothing was put back. `changes` names them."""

    code = "cannot_undo"

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        named = list(dict.fromkeys(f"{change.name} ({change.sku})" for change in changes))
        more = f" and {len(named) - NAMED_IN_A_SENTENCE} more" if len(named) > NAMED_IN_A_SENTENCE else ""
        super().__init__(
            f"Nothing was undone, because this was changed or sold since: "
            f"{', '.join(named[:NAMED_IN_A_SENTENCE])}{more}."
        )


def undo_bulk_edit(edit_id: UUID, *, actor: str) -> BulkEdit:
    """Put every cell of the edit back to what it was before.

    Errors: BulkEdit.DoesNotExist; AlreadyUndone; CannotUndo when a cell is not any more what the edit made it;
    PlanLimitReached. Nothing is changed then.
    """
    with shop_transaction():
        edit = BulkEdit.objects.select_for_update(no_key=True).get(pk=edit_id)
        if edit.undone_at is not None:
            raise AlreadyUndone
        try:
            apply([Change.from_json(told).reversed for told in edit.changes], actor=actor)
        except ChangedMeanwhile as stale:
            raise CannotUndo(stale.changes) from stale
        edit.undone_at, edit.undone_by = timezone.now(), actor
        edit.save(update_fields=["undone_at", "undone_by"])
    return edit
