from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tenant_shop.imports.import_products import import_products
from tenant_shop.imports.report import ImportReport
from tests.tenant_shop.imports.files import as_csv

WriteFile = Callable[..., Path]
Import = Callable[..., ImportReport]


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """A file in a temporary folder: from rows, text or bytes."""

    def write(content: bytes | str | Iterable[Mapping[str, str]], name: str = "products.csv") -> Path:
        if not isinstance(content, bytes | str):
            content = as_csv(content)
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def import_file(write_file: WriteFile, tmp_path: Path) -> Import:
    """Imports content into the active shop; rejected rows go to `rejects.csv` in the temporary folder."""

    def run(content: Any, **options: Any) -> ImportReport:
        path = content if isinstance(content, Path) else write_file(content)
        return import_products(path, rejects_path=tmp_path / "rejects.csv", **options)

    return run
