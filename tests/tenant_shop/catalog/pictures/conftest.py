from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where files are kept, empty at first."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
