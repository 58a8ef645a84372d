"""What migrating shops refuses, one class per cause."""

from datetime import datetime
from uuid import UUID

from platform_core.fleet.errors import FleetBusy
from smartseller.errors import NotReady, RuleViolation


class MigrationBusy(FleetBusy):
    """Another operator migrates shops now."""

    code = "migration_busy"

    def __init__(self, other: tuple[UUID, str, int, datetime] | None) -> None:
        """`other` is the other process's run, its machine and number, and when it began; None until it is known."""
        self.other = other
        who = "a run begins"
        if other is not None:
            run_id, host, pid, since = other
            who = f"run {run_id} by process {pid} on {host}, since {since:%Y-%m-%d %H:%M} UTC"
        super().__init__(f"migrating shops ({who})")


class UnknownShops(RuleViolation):
    """Shops were named that do not exist, or that are closed for good."""

    code = "unknown_shops"
    status = 404

    def __init__(self, slugs: list[str]) -> None:
        self.slugs = slugs
        super().__init__(f"There is no shop to migrate called {', '.join(slugs)}.")


class UnknownRun(RuleViolation):
    """There is no such run."""

    code = "unknown_migration_run"
    status = 404

    def __init__(self, run: str) -> None:
        self.run = run
        super().__init__(f"There is no migration run {run}; `fleet_status` names the last one.")


class RunOutdated(RuleViolation):
    """A run is to be resumed that was begun with other migrations than this release has."""

    code = "migration_run_outdated"

    def __init__(self, run_id: UUID, target: str) -> None:
        self.run_id, self.target = run_id, target
        super().__init__(f"Run {run_id} was for other migrations (to {target}) than this release has; start a new one.")


class ScriptMissing(NotReady):
    """No template was built from this release's migrations, so their SQL is not known."""

    code = "migration_script_missing"

    def __init__(self) -> None:
        super().__init__("No template was built from this release's migrations yet; `manage.py setup` does.")


class NotReversible(RuleViolation):
    """A migration to be taken back has no way back."""

    code = "migration_not_reversible"

    def __init__(self, migration: str) -> None:
        self.migration = migration
        super().__init__(f"The migration {migration} cannot be taken back.")


class UnknownMigration(RuleViolation):
    """There is no migration of that name."""

    code = "unknown_migration"
    status = 404

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no migration {name} of shops' databases, or more than one begins with it.")


class ForeignHistory(RuleViolation):
    """A database's list of migrations is not the beginning of this release's."""

    code = "foreign_history"

    def __init__(self, found: str) -> None:
        super().__init__(found)


class NotTheShopsDatabase(RuleViolation):
    """What answers under the shop's database name is not the shop's."""

    code = "not_the_shops_database"

    def __init__(self, slug: str, found: str) -> None:
        self.slug = slug
        super().__init__(f"The database of {slug} is not its own: {found}.")


class MigrationFailed(RuleViolation):
    """A database refused a statement of a migration; nothing of it is left behind."""

    code = "migration_failed"

    def __init__(self, migration: str, reason: str, statement: str) -> None:
        self.migration, self.statement = migration, statement
        super().__init__(f"{migration}: {reason}")


class HistoryMoved(NotReady):
    """Somebody else migrated the database between the look and the lock."""

    code = "history_moved"

    def __init__(self) -> None:
        super().__init__("Another process migrated the database at the same moment.")


class WorkerDied(NotReady):
    """The process that ran a migration's Python ended in the middle of it."""

    code = "migration_worker_died"

    def __init__(self, code: int | None) -> None:
        self.exit_code = code
        super().__init__(f"The process that ran the migration died (exit code {code}).")
