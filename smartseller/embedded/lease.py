"""Who still needs the embedded servers: start them for the first, stop them after the last."""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartseller.embedded import postgres, valkey
from smartseller.embedded.folder import Embedded, EmbeddedServerError

_leases: dict[Path, int] = {}


def ensure_running(embedded: Embedded) -> None:
    """Start the servers of `embedded` unless they run, and hold a lease on them until this process ends.

    Idempotent. Roles and the empty platform database exist afterwards.
    Errors: EmbeddedServerError with one line that names the cause.
    """
    if embedded.data_dir in _leases:
        return
    try:
        embedded.data_dir.mkdir(parents=True, exist_ok=True)
        embedded.run_dir.mkdir(parents=True, exist_ok=True)
        _refuse_a_strangers_folder(embedded.run_dir)
        lease = os.open(embedded.run_dir / "lease.lock", os.O_RDWR | os.O_CREAT, 0o666)
        start_lock = os.open(embedded.run_dir / "start.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise EmbeddedServerError(f"Cannot write to the data folder {embedded.data_dir}: {error.strerror}.") from error
    with _locked(start_lock):
        fcntl.flock(lease, fcntl.LOCK_SH)
        try:
            postgres.start(embedded)
            valkey.start(embedded)
        except OSError as error:
            _release(embedded, lease)
            raise EmbeddedServerError(f"Cannot start the servers in {embedded.data_dir}: {error}.") from error
        except BaseException:  # Ctrl-C too must not leave half of them behind
            _release(embedded, lease)
            raise
    _leases[embedded.data_dir] = lease
    atexit.register(_leave, embedded, os.getpid())


def stop_if_unused(embedded: Embedded) -> bool:
    """Give this process's lease back and stop the servers when nobody else holds one; true when they were stopped."""
    lease = _leases.pop(embedded.data_dir, None)
    if lease is None:
        return False
    with _locked(os.open(embedded.run_dir / "start.lock", os.O_RDWR | os.O_CREAT, 0o666)):
        return _release(embedded, lease)


def _release(embedded: Embedded, lease: int) -> bool:
    """Close `lease`; stop the servers when it was the last. The caller holds the start lock.

    A folder that was removed and made anew has other servers in it, which are not ours to stop.
    """
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(lease), os.stat(embedded.run_dir / "lease.lock")):
            return False
    except OSError:
        return False
    finally:
        os.close(lease)
    valkey.stop(embedded)
    postgres.stop(embedded)
    return True


def _leave(embedded: Embedded, pid: int) -> None:
    if os.getpid() != pid:  # a forked child inherits the exit handler, not the duty
        return
    if embedded.run_dir.exists():  # somebody may have removed the whole folder meanwhile
        stop_if_unused(embedded)


def _refuse_a_strangers_folder(run_dir: Path) -> None:
    """A folder in the temporary folder may have been put there by another user, who could then answer in our place."""
    user = postgres.system_user()
    if run_dir.stat().st_uid not in {os.geteuid(), user.pw_uid if user else os.geteuid()}:
        raise EmbeddedServerError(f"The folder {run_dir} belongs to another user; set SMARTSELLER_DATA_DIR elsewhere.")


@contextmanager
def _locked(lock: int) -> Iterator[None]:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
