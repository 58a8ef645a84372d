"""The same, with a bucket of S3 in the place of the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import pytest
from moto import mock_aws

from platform_core.fleet.backups import store
from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.errors import DumpFailed
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.backups.retention import remove_outdated
from platform_core.fleet.restores.verify import verify_backup
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.conftest import Fleet

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(backups: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of nobody")
    with mock_aws():
        found = boto3.resource("s3", region_name="eu-central-1").Bucket("backups")
        found.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        settings.STORAGES = {
            **settings.STORAGES,
            "backups": {
                "BACKEND": "storages.backends.s3.S3Storage",
                "OPTIONS": {
                    "bucket_name": "backups",
                    "region_name": "eu-central-1",
                    "location": "nightly",
                    "file_overwrite": True,
                },
            },
        }
        yield found


def test_a_bucket_takes_backups_gives_them_back_and_lets_them_go(
    fleet: Fleet, make_full_shop: MakeFullShop, bucket: Any
) -> None:
    shop = make_full_shop("acme")
    backup = back_up_shop(shop.id)
    names = sorted(entry.key for entry in bucket.objects.all())
    assert [name.rpartition("/")[2] for name in names if "/media/" not in name] == [
        "database.dump", "manifest.json", "media.json",
    ]  # fmt: skip
    assert len([name for name in names if name.startswith(f"nightly/shops/{shop.id.hex}/media/")]) == 2

    verify_backup(backup)

    assert fleet.names() == {"acme"}
    assert remove_outdated("primary", shop.id) == 0
    Backup.objects.update(state="failed", error="removed by the rules of retention")
    assert remove_outdated("primary", shop.id) == 1
    assert list(bucket.objects.all()) == []


def test_a_dump_that_breaks_off_is_not_taken_for_one_that_ended(
    fleet: Fleet, make_full_shop: MakeFullShop, bucket: Any
) -> None:
    """A small file is read in one go: its end has to be asked for all the same."""
    shop = make_full_shop("acme")
    with (
        mock.patch("platform_core.fleet.backups.dump.program", return_value=Path("/bin/false")),
        mock.patch("platform_core.fleet.backups.dump.installed", return_value=()),
        pytest.raises(DumpFailed, match="pg_dump ended with 1"),
    ):
        back_up_shop(shop.id)
    assert list(bucket.objects.all()) == []


def test_what_breaks_off_on_the_way_leaves_nothing_in_the_bucket(
    fleet: Fleet, make_full_shop: MakeFullShop, bucket: Any
) -> None:
    shop = make_full_shop("acme")
    original = store.Measured.read

    def read(self: store.Measured, size: int = -1) -> bytes:
        original(self, 4096)
        raise OSError("the network is gone")

    with mock.patch.object(store.Measured, "read", read), pytest.raises(DumpFailed, match="the network is gone"):
        back_up_shop(shop.id)
    assert list(bucket.objects.all()) == []
    assert Backup.objects.get().state == "failed"
