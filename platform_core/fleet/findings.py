"""What can be out of step between the platform's records and the servers."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What can be out of step."""

    STUCK_RUN = "stuck_run"
    FAILED_RUN = "failed_run"
    PENDING_WITHOUT_RUN = "pending_without_run"
    MISSING_DATABASE = "missing_database"
    ORPHAN_DATABASE = "orphan_database"
    UNKNOWN_SHOP = "unknown_shop"
    MISPLACED_DATABASE = "misplaced_database"
    FOREIGN_DATABASE = "foreign_database"
    SPARE_WITHOUT_DATABASE = "spare_without_database"
    SPARE_WITHOUT_ROW = "spare_without_row"
    ABANDONED_SPARE = "abandoned_spare"
    STUCK_RESTORE = "stuck_restore"
    STUCK_MOVE = "stuck_move"
    MOVE_LEFTOVER = "move_leftover"
    KEPT_LONG_ENOUGH = "kept_long_enough"
    KEPT_WITHOUT_DATABASE = "kept_without_database"
    SCRATCH_LEFTOVER = "scratch_leftover"
    STUCK_BACKUP = "stuck_backup"
    TEMPLATE_MISSING = "template_missing"
    TEMPLATE_LEFTOVER = "template_leftover"
    UNFINISHED_TEMPLATE = "unfinished_template"
    UNREACHABLE_SERVER = "unreachable_server"
    WRONG_ALLOTMENT = "wrong_allotment"

    def __str__(self) -> str:
        return self.value


MENDABLE = frozenset(
    {
        Kind.ORPHAN_DATABASE,
        Kind.SPARE_WITHOUT_DATABASE,
        Kind.SPARE_WITHOUT_ROW,
        Kind.ABANDONED_SPARE,
        Kind.MOVE_LEFTOVER,
        Kind.KEPT_LONG_ENOUGH,
        Kind.KEPT_WITHOUT_DATABASE,
        Kind.SCRATCH_LEFTOVER,
        Kind.TEMPLATE_MISSING,
        Kind.TEMPLATE_LEFTOVER,
        Kind.UNFINISHED_TEMPLATE,
        Kind.WRONG_ALLOTMENT,
    }
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is out of step; `fixed` once it was mended."""

    kind: Kind
    server: str
    detail: str
    database: str = ""
    tenant: str = ""
    fixed: bool = False

    @property
    def can_be_mended(self) -> bool:
        """Whether the survey's finding may be mended without asking a person."""
        return self.kind in MENDABLE
