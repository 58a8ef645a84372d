"""What must hold before anything is started, each refusal one line for people."""

import errno
import socket
import tempfile
from pathlib import Path


class CannotStart(Exception):
    """The demo cannot start on this machine as it is; the message is one line."""


def check_port(port: int) -> None:
    """Refuse a port that cannot be bound on the loopback addresses that `localhost` may mean."""
    if not 1 <= port <= 65535:
        raise CannotStart(f"PORT is {port}; it must lie between 1 and 65535.")
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            listener = socket.socket(family, socket.SOCK_STREAM)
        except OSError:  # the machine has no IPv6
            continue
        with listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((address, port))
            except PermissionError:
                raise CannotStart(f"Port {port} is reserved for root; choose another: PORT=8001 make demo") from None
            except OSError as error:
                if family == socket.AF_INET6 and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                    continue
                raise CannotStart(f"Port {port} is taken; choose another: PORT={port % 65535 + 1} make demo") from None


def check_data_folder(folder: Path) -> None:
    """Refuse a data folder that cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise CannotStart(
            f"Cannot write to the data folder {folder}: {error.strerror}; set SMARTSELLER_DATA_DIR to another one."
        ) from None
