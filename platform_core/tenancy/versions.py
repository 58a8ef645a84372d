"""Which versions of a shop's schema this code works with, read off the migrations' files at start.

A migration that says `shops_may_lag = True` is one that the code does without: a shop that lacks it is served all the
same. Files are read as text, the newest first, and rarely more than one: a process that serves never needs the
migrations themselves (docs/operations/migrations.md).
"""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

MAY_LAG = re.compile(r"^    shops_may_lag = True$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SchemaVersions:
    """Names of migrations: the newest there is, and the oldest whose schema can be served."""

    newest: str
    oldest: str


def schema_versions(app: str) -> SchemaVersions:
    """The versions of `app`, from where the settings say that its migrations are."""
    module = importlib.import_module(settings.MIGRATION_MODULES.get(app) or f"{app}.migrations")
    files = sorted(
        (path for folder in module.__path__ for path in Path(folder).glob("[0-9]*.py")),
        key=lambda path: path.name,
        reverse=True,
    )
    oldest = next((path for path in files if not MAY_LAG.search(path.read_text())), files[-1])
    return SchemaVersions(newest=files[0].stem, oldest=oldest.stem)
