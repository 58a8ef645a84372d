"""Children that measure, and how to talk to them."""

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any

from django.conf import settings


class Child:
    """A process of its own with its own settings, kept for the whole measurement; ends with the block."""

    def __init__(self, name: str, *, settings_module: str = "bench.settings", **environment: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings_module, **environment},
        )

    def ask(self, **question: Any) -> Any:
        """What the child answers. Errors: RuntimeError when it died; it has said why on the terminal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(json.dumps(question), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise RuntimeError(f"{self.name} died") from None
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} died")
        return json.loads(answer)

    def visit(self, hosts: list[str], path: str) -> list[float]:
        """The seconds of each request."""
        seconds: list[float] = self.ask(do="visit", hosts=hosts, path=path)
        return seconds

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def plain_django(database: str) -> Child:
    """The baseline: the same pages without a fence, on one shop's database."""
    return Child("plain Django", settings_module="bench.settings_plain", BENCH_PLAIN_DATABASE=database)
