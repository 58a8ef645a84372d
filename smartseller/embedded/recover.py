"""Base backups of the embedded PostgreSQL, and second clusters recovered from them to a point in time.

With `SMARTSELLER_WAL_ARCHIVE` the server keeps finished WAL in `wal/` of that folder; base backups lie in `base/`,
named after the moment (UTC) they were finished. A recovered cluster is a data folder of its own, beside the living one.
"""

import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from smartseller.embedded import postgres
from smartseller.embedded.folder import SUPERUSER, Embedded, EmbeddedServerError

STAMP = "%Y%m%dT%H%M%S.%fZ"
RECOVERY_SECONDS = 3600
SAY_SECONDS = 15.0
HOW_FAR = "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"

Say = Callable[[str], None]


def _to_nobody(line: str) -> None:
    """Where nobody waits."""


def take_base_backup(embedded: Embedded) -> Path:
    """Copy the running cluster into its archive; the new backup's folder. It is whole once it has its name.

    Errors: EmbeddedServerError, without an archive too.
    """
    archive = _archive_of(embedded)
    for left in archive.glob("base/*.part"):
        shutil.rmtree(left)
    aside = archive / "base" / f"{datetime.now(UTC):{STAMP}}.part"
    postgres.run_program(
        embedded, "pg_basebackup", "-h", str(embedded.run_dir), "-U", SUPERUSER, "-D", str(aside),
        "--checkpoint=fast", "--wal-method=fetch", *([] if embedded.durable else ["--no-sync"]),
    )  # fmt: skip
    return aside.rename(archive / "base" / f"{datetime.now(UTC):{STAMP}}")


def forget_base_backups(embedded: Embedded, *, keep: int) -> int:
    """Remove all base backups but the newest `keep`, at least one, and the WAL that only they need; how many went."""
    archive = _archive_of(embedded)
    found = base_backups(archive)
    kept, gone = found[-max(keep, 1) :], found[: -max(keep, 1)]
    for path in gone:
        # Half of it must never pass for a whole one.
        shutil.rmtree(path.rename(path.with_name(f"{path.name}.part")))
    if gone:
        label = (kept[0] / "backup_label").read_text()
        first = label.split("(file ", 1)[1].split(")", 1)[0]
        for segment in (archive / "wal").iterdir():
            # Names begin with the timeline, in eight digits; what follows grows with the log. A timeline's history,
            # without which nothing on it is found, has no more digits.
            if segment.name[8:24] < first[8:24] and not segment.name.endswith(".history"):
                segment.unlink()
    return len(gone)


def base_backups(archive: Path) -> list[Path]:
    """The whole base backups of an archive, oldest first."""
    return sorted(path for path in (archive / "base").glob("*") if path.suffix != ".part")


def recover(archive: Path, folder: Path, *, until: datetime, durable: bool = True, say: Say = _to_nobody) -> Embedded:
    """Make a cluster in the empty `folder` as the archived one was at `until` (aware), and start it; it stands alone.

    `say` hears what is done, and while WAL is replayed every quarter of a minute how far that is.
    Errors: EmbeddedServerError: the folder is not empty, no base backup is old enough, the WAL ends before `until`, the
    disk is full.
    """
    recovered = Embedded(folder, durable=durable)
    if folder.exists() and any(folder.iterdir()):
        raise EmbeddedServerError(f"The folder {folder} is not empty.")
    usable = [path for path in base_backups(archive) if _finished_at(path) <= until]
    if not usable:
        raise EmbeddedServerError(f"No base backup in {archive} was finished before {until:%Y-%m-%d %H:%M:%S %Z}.")
    try:
        for path in (folder, recovered.run_dir):
            path.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(f"Cannot write to {folder}: {error.strerror}.") from error
    say(f"copying the base backup of {_finished_at(usable[-1]):%Y-%m-%d %H:%M:%S} UTC")
    copied = subprocess.run(
        ["cp", "-a", str(usable[-1]), str(recovered.postgres_dir)], check=False, capture_output=True, text=True
    )
    if copied.returncode:
        shutil.rmtree(recovered.postgres_dir, ignore_errors=True)
        raise EmbeddedServerError(f"The base backup was not copied: {_last(copied.stderr)}")
    restore_command = f"cp {shlex.quote(str(archive / 'wal'))}/%f %p"
    settings = {
        "restore_command": restore_command,
        "recovery_target_time": until.astimezone(UTC).isoformat(sep=" "),
        "recovery_target_action": "promote",
        "archive_mode": "off",
    }
    with (recovered.postgres_dir / "postgresql.auto.conf").open("a") as configuration:
        for name, value in settings.items():
            quoted = value.replace("'", "''")
            configuration.write(f"{name} = '{quoted}'\n")
    shutil.copy2(recovered.postgres_dir / "PG_VERSION", recovered.postgres_dir / "recovery.signal")
    say(f"replaying what was written until {until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    postgres.launch_as_it_is(recovered)
    _wait_until_promoted(recovered, say)
    return recovered


def stop_recovered(folder: Path) -> None:
    """Stop a recovered cluster, if it runs. Its folder stays.

    Errors: EmbeddedServerError for a folder that holds none: one that lives is not stopped by a slip of the pen.
    """
    recovered = Embedded(folder)
    try:
        is_one = "recovery_target_time" in (recovered.postgres_dir / "postgresql.auto.conf").read_text()
    except OSError:
        is_one = False
    if not is_one:
        raise EmbeddedServerError(f"No recovered cluster lies in {folder}; nothing was stopped.")
    postgres.stop(recovered)


def _wait_until_promoted(recovered: Embedded, say: Say) -> None:
    deadline, said_at = time.monotonic() + RECOVERY_SECONDS, time.monotonic()
    while True:
        try:
            with psycopg.connect(recovered.conninfo(SUPERUSER, "postgres"), autocommit=True) as connection:
                row = connection.execute(HOW_FAR).fetchone()
            if row is not None and not row[0]:
                return
            if row is not None and row[1] and time.monotonic() - said_at > SAY_SECONDS:
                say(f"replayed until {row[1].astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
                said_at = time.monotonic()
        except psycopg.OperationalError as error:
            if not postgres.is_running(recovered):
                raise EmbeddedServerError(f"The cluster was not recovered: {_cause(recovered)}") from error
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"The cluster is still being recovered (log: {recovered.postgres_log}).")
        time.sleep(0.05)


def _cause(recovered: Embedded) -> str:
    lines = recovered.postgres_log.read_text(errors="replace").splitlines()
    return _last("\n".join([line for line in lines if "FATAL:" in line] or lines))


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1].strip()


def _finished_at(base: Path) -> datetime:
    return datetime.strptime(base.name, STAMP).replace(tzinfo=UTC)


def _archive_of(embedded: Embedded) -> Path:
    if embedded.archive is None:
        raise EmbeddedServerError("No archive of WAL is kept: set SMARTSELLER_WAL_ARCHIVE and restart.")
    return embedded.archive
