"""Lets these tests reach the databases of their own cluster."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _databases(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
