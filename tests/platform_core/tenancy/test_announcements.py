"""A change is told to the other processes, and to them only."""

import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from platform_core.tenancy import announcements
from tests.browser import ROOT

# Speaks from a process of its own, through the same Redis.
ELSEWHERE = """
import django
django.setup()
from platform_core.tenancy import announcements
announcements.publish("from-elsewhere")
"""


@pytest.mark.slow
@pytest.mark.usefixtures("platform")
def test_a_process_hears_the_others_and_not_itself() -> None:
    heard: list[str] = []
    listening, reached = threading.Event(), threading.Event()

    def hear(text: str) -> None:
        if text.startswith("from-"):  # tests of other workers speak too
            heard.append(text)
        if text == "from-elsewhere":
            reached.set()

    arguments: Any = (hear, listening.set)
    threading.Thread(target=announcements._hear, args=arguments, daemon=True).start()
    assert listening.wait(30)
    announcements.publish("from-here")
    subprocess.run([sys.executable, "-c", ELSEWHERE], cwd=ROOT, env=os.environ, check=True)

    assert reached.wait(30)
    assert heard == ["from-elsewhere"], "messages arrive in order: its own would have come before"
