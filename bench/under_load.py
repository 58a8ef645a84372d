"""How long a shop's visitors wait while the fleet is migrated under them: wrk, with the migration and without."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable

from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from bench.serving import Server, granian

SECONDS, VISITORS = 10, 8
# The system deals connections out to the processes by chance: so many reach each of them.
FIRST_VISITORS = 32
PATH = "/products/"
SLOWEST = re.compile(r"99%\s+([0-9.]+)(us|ms|s)\b")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


def measure(shop: Shop, migrate: Callable[[], None], rounds: int) -> Figure:
    """A turn is ten seconds of eight visitors at the shop's list of products; on one side `migrate`, which brings a
    release to every shop and this one too, is done again and again meanwhile. A process's first page is not counted.

    Errors: RuntimeError without wrk, when a page is anything but a page, or when the migration fails.
    """
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("wrk is not installed (Debian: apt-get install wrk)")
    with granian("smartseller.wsgi:application", workers=os.cpu_count() or 1, threads=4) as server:

        def idle(number: int) -> float:
            return _visit(program, server, shop)

        def migrating(number: int) -> float:
            ended = threading.Event()
            failed: list[Exception] = []
            begun = threading.Event()

            def work() -> None:
                while not ended.is_set():
                    begun.set()
                    try:
                        migrate()
                    except Exception as error:
                        failed.append(error)
                        return

            worker = threading.Thread(target=work)
            worker.start()
            begun.wait()
            try:
                return _visit(program, server, shop)
            finally:
                ended.set()
                worker.join()
                if failed:
                    raise RuntimeError("the migration failed meanwhile") from failed[0]

        _wrk(program, server, shop, visitors=FIRST_VISITORS)
        found = take_turns({"migrating": migrating, "idle": idle}, rounds)
    ratio, low, high = ratio_of(found["migrating"], found["idle"])
    return Figure(
        name="a shop's list of products while all shops are migrated, 99th percentile",
        measured=milliseconds(found["migrating"]),
        baseline=milliseconds(found["idle"]),
        ratio=ratio,
        low=low,
        high=high,
        goal="≤ 1.5",
        rounds=rounds,
    )


def _visit(program: str, server: Server, shop: Shop) -> float:
    """The seconds that 99 of 100 visits took at most."""
    done = _wrk(program, server, shop, visitors=VISITORS)
    found = SLOWEST.search(done.stdout)
    if done.returncode or found is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"wrk failed: {done.stderr or done.stdout}")
    return float(found[1]) * UNITS[found[2]]


def _wrk(program: str, server: Server, shop: Shop, *, visitors: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            program, "--latency", "--threads=1", f"--connections={visitors}", f"--duration={SECONDS}s", "--timeout=30s",
            f"--header=Host: {shop.host}:8000", f"http://127.0.0.1:{server.port}{PATH}",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
