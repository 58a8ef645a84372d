"""Child processes that live and die together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TypeAlias

POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True)
class Program:
    """A child to be: its output goes to `log`, `environment` is added to ours."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)


Child: TypeAlias = tuple[Program, "subprocess.Popen[bytes]"]


def run_together(
    programs: Sequence[Program],
    *,
    is_ready: Callable[[], bool],
    on_ready: Callable[[], None],
    ready_within: float = 60.0,
    grace: float = 10.0,
) -> int:
    """Start `programs`, call `on_ready` once `is_ready()` holds, and keep them until SIGINT, SIGTERM or SIGHUP.

    Units: seconds; `grace` is what a child gets between TERM and KILL.
    Returns the exit code: 0 when asked to stop, 1 when a child ended by itself or the whole was not ready in time (a
        line on stderr says which).
    Errors: OSError when a program cannot be started. However it ends, none of the children runs afterwards.
    """
    with _stop_requests() as stop, _children(programs, grace=grace) as children:
        deadline = time.monotonic() + ready_within
        waiting = True
        while not stop.wait(POLL_SECONDS):
            for program, child in children:
                if child.poll() is not None:
                    _complain(f"{program.name} ended by itself ({_how(child.returncode)}); its log: {program.log}")
                    return 1
            if waiting and is_ready():
                waiting = False
                on_ready()
            elif waiting and time.monotonic() > deadline:
                logs = ", ".join(str(program.log) for program in programs)
                _complain(f"Not ready within {ready_within:g} seconds; the logs: {logs}")
                return 1
        return 0


@contextmanager
def _stop_requests() -> Iterator[threading.Event]:
    """An event that the signals set, instead of breaking off whatever line is running."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _children(programs: Sequence[Program], *, grace: float) -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        for program in programs:
            children.append((program, _start(program)))
        yield children
    finally:
        _stop([child for _, child in children], grace=grace)


def _start(program: Program) -> "subprocess.Popen[bytes]":
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def die_with_parent() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    with program.log.open("wb") as log:
        return subprocess.Popen(
            program.command,
            env={**os.environ, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
            process_group=0,
            preexec_fn=die_with_parent,  # safe: no thread has been started yet
        )


def _stop(children: "Sequence[subprocess.Popen[bytes]]", *, grace: float) -> None:
    """TERM to every child, KILL after `grace` seconds to whole process groups of those that stayed."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + grace
    for child in children:
        try:
            child.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            # Not reaped yet, so the number still is this child's; its own children share the group.
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
