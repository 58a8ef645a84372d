"""Backups of many shops by the command's own verb, against `pg_dump` in a loop, as many at a time."""

import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from django.apps import apps
from django.conf import settings

from bench.cluster import Shop, settle
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.fleet.backups.many import back_up_many
from smartseller.embedded import OWNER_ROLE, postgres_binary

OURS, RAW = "backups", "pg_dump"


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """Every shop once on each side; each turn takes its share of them.

    Ours counts rows under the dump's snapshot, digests what it writes, copies files, writes a manifest and waits until
    all of it is on the disk; the baseline is the dump alone, in the same format, into a folder.
    """
    shares = [shops[number::rounds] for number in range(rounds)]
    parallel = settings.BACKUP_PARALLEL
    apps.get_model("platform_core", "Backup").objects.all().delete()

    def ours(number: int) -> float:
        began = time.perf_counter()
        for outcome in back_up_many([(s.id, s.slug) for s in shares[number]], platform=False, parallel=parallel):
            if outcome.error is not None:
                raise RuntimeError(f"{outcome.slug} could not be backed up") from outcome.error
        return time.perf_counter() - began

    def by_hand(number: int) -> float:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(parallel) as threads:
            began = time.perf_counter()
            list(threads.map(partial(_dump, Path(folder)), shares[number]))
            return time.perf_counter() - began

    settle()
    found = take_turns({OURS: ours, RAW: by_hand}, rounds)
    ratio, low, high = ratio_of(found[OURS], found[RAW])
    shutil.rmtree(settings.STORAGES["backups"]["OPTIONS"]["location"], ignore_errors=True)
    return [
        Figure(
            name=f"backups of {len(shops)} shops, a share of {len(shares[0])} (time)",
            measured=milliseconds(found[OURS]),
            baseline=milliseconds(found[RAW]),
            ratio=ratio,
            low=low,
            high=high,
            goal="",
            rounds=rounds,
        )
    ]


def _dump(folder: Path, shop: Shop) -> None:
    assert settings.EMBEDDED is not None
    conninfo = settings.EMBEDDED.conninfo(OWNER_ROLE, shop.database)
    subprocess.run(
        [str(postgres_binary("pg_dump")), "--format=custom", f"--file={folder / shop.slug}", conninfo], check=True
    )
