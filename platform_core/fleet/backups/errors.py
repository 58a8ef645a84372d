"""What backing up and restoring refuses, one class per cause."""

from smartseller.errors import NotReady, RuleViolation


class ClientProgramMissing(NotReady):
    """No installed pg_dump or pg_restore is as new as the server."""

    code = "client_program_missing"

    def __init__(self, program: str, needed: int, found: list[int]) -> None:
        self.program, self.needed, self.found = program, needed, found
        here = f"only {', '.join(map(str, found))}" if found else "none"
        super().__init__(
            f"{program} of PostgreSQL {needed} or newer is needed, and {here} is installed here;"
            f" install the package postgresql-client-{needed}."
        )


class DumpFailed(NotReady):
    """pg_dump ended with an error, or the storage took not all of it."""

    code = "dump_failed"

    def __init__(self, database: str, reason: str) -> None:
        self.database, self.reason = database, reason
        super().__init__(f"{database} could not be backed up: {reason}")


class BackupUnusable(RuleViolation):
    """A backup is not what its manifest says, or not what was asked for; nothing was changed."""

    code = "backup_unusable"

    def __init__(self, backup: str, reason: str) -> None:
        self.backup, self.reason = backup, reason
        super().__init__(f"The backup {backup} cannot be used: {reason}.")


class BackupTooNew(BackupUnusable):
    """A backup is of a later release, whose schema this one does not know."""

    code = "backup_too_new"


class NoBackup(RuleViolation):
    """There is no backup to work with."""

    code = "no_backup"
    status = 404

    def __init__(self, of: str) -> None:
        self.of = of
        super().__init__(f"There is no complete backup of {of}.")


class RestoreFailed(NotReady):
    """A backup could not be made a database again; what was half-made is gone."""

    code = "restore_failed"

    def __init__(self, backup: str, reason: str) -> None:
        self.backup, self.reason = backup, reason
        super().__init__(f"The backup {backup} could not be restored: {reason}")


class RestoreRefused(RuleViolation):
    """A shop cannot be restored, or a restore not be undone, as things stand; nothing was changed."""

    code = "restore_refused"

    def __init__(self, slug: str, reason: str) -> None:
        self.slug, self.reason = slug, reason
        super().__init__(f"{slug} cannot be restored: {reason}.")


class RebuildRefused(RuleViolation):
    """The platform cannot be rebuilt here, as things stand; nothing was changed."""

    code = "rebuild_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The platform is not rebuilt: {reason}.")
