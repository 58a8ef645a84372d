"""The image's own steps make a root in which all that the composition starts runs, as nobody special."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from tests.image.build import TOP, Image, base, build, can_build
from tests.image.dockerfile import stages_of
from tests.older_postgresql import can_run, cluster
from tests.small_disk import small_disk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_build(), reason="a root is made by root, with debootstrap"),
    pytest.mark.skipif(not can_run() or not shutil.which("redis-server"), reason="Debian's servers are not installed"),
]

# Seconds after which what does not come is taken for lost: no rule of the product, only a way out for the test.
GIVE_UP = 300
SERVICES = yaml.safe_load((TOP / "docker/compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Stage after stage, each on Debian alone; in memory, where a package's `fsync` costs nothing. In a folder of a
    short name: sockets inside have to fit."""
    with TemporaryDirectory(prefix="image-", dir="/tmp") as name, ExitStack() as on_it:
        place = Path(name) / "i"
        place.mkdir()
        for path in (place, place.parent):
            path.chmod(0o755)
        disk = on_it.enter_context(small_disk(place, megabytes=6000))
        debian = base(disk.at / "debian")
        done: dict[str, Image] = {}
        for stage in stages_of((TOP / "docker/Dockerfile").read_text()).values():
            if stage.base.startswith("python:"):
                root = disk.at / stage.name
                subprocess.run(["cp", "-a", str(debian), str(root)], check=True)
                done[stage.name] = build(stage, root, done)
        yield done["application"]


@pytest.fixture(scope="module")
def environment(image: Image) -> Iterator[dict[str, str]]:
    """What the composition tells each service, with servers that the root can see."""
    place = image.root / "srv" / "pg"
    place.mkdir()
    port = free_port()
    redis = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
                             cwd=place, stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        with cluster(place) as found:
            yield {
                **{name: text.replace(str(place), "/srv/pg") for name, text in found.items()},
                "DJANGO_SECRET_KEY": "long enough, and used in this folder only: 0123456789abcdefghij",
                "PLATFORM_DOMAIN": "shops.example",
                "REDIS_URL": f"redis://127.0.0.1:{port}/0",
                "CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/1",
            }
    finally:
        redis.terminate()
        redis.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(image: Image, words: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = image.start(words, **environment)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # all of them have left
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def health(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP)
    connection.request("GET", "/healthz")
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def hear(process: subprocess.Popen[str], word: str, times: int = 1) -> None:
    """Read what it says until it has said `word` so often. Errors: AssertionError when it ends before."""
    assert process.stdout is not None
    said = []
    while times:
        line = process.stdout.readline()
        assert line, said
        said.append(line)
        times -= word in line


def test_the_root_holds_the_product_and_not_its_tests_and_its_owner_is_root(image: Image) -> None:
    told = image.run(["sh", "-c", "id -un; pwd; ls; touch manage.py 2>&1 || true; test -w /data && echo data"])

    lines = told.splitlines()
    assert lines[:2] == ["smartseller", "/app"]
    assert {"manage.py", "platform_core", "smartseller", "staticfiles", "tenant_shop"} <= set(lines)
    assert {"tests", "bench", "docs"}.isdisjoint(lines)
    assert "Permission denied" in told
    assert lines[-1] == "data"


def test_what_the_composition_starts_starts_and_ends_at_a_word(image: Image, environment: dict[str, str]) -> None:
    assert "Ready after" in image.run(SERVICES["setup"]["command"], **environment)
    assert "no issues" in image.run(["python", "manage.py", "check", "--deploy"], **environment)

    port = free_port()
    words = [*image.command]
    words[words.index("--host") + 1], words[words.index("--port") + 1] = "127.0.0.1", str(port)
    stop = signal.Signals[image.stop_signal]
    with service(image, words, environment) as web:
        hear(web, "Started worker-", 2)
        assert health(port) == 200
        web.send_signal(stop)
        assert web.wait(GIVE_UP) == 0
    is_up = dict.fromkeys(("worker", "outside", "background"), " ready.") | {"beat": "Starting..."}
    for name, ready in is_up.items():
        with service(image, SERVICES[name]["command"], environment) as process:
            hear(process, ready)
            process.send_signal(stop)
            assert process.wait(GIVE_UP) == 0, name
