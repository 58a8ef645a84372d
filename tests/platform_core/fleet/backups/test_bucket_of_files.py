"""Files of shops in a bucket of S3: as in a folder, for the shop's visitors, for its backups and for other shops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from moto import mock_aws

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.copies.discard import remove_files
from platform_core.fleet.restores.restore import restore_shop
from platform_core.fleet.restores.verify import verify_backup
from platform_core.tenancy import directory
from platform_core.tenancy.bucket import TenantBucketStorage
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.errors import NoTenant
from platform_core.tenancy.storage import TenantFileStorage
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.conftest import Fleet


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of nobody")
    with mock_aws():
        found = boto3.resource("s3", region_name="eu-central-1").Bucket("files")
        found.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {
                "BACKEND": "platform_core.tenancy.bucket.TenantBucketStorage",
                "OPTIONS": {
                    "bucket_name": "files",
                    "region_name": "eu-central-1",
                    "location": "shops",
                    "file_overwrite": False,
                },
            },
        }
        yield found


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_a_bucket_does_what_a_folder_does(make_shop: Any, tmp_path: Path, bucket: Any, kind: str) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    options = {"bucket_name": "files", "region_name": "eu-central-1", "location": "shops", "file_overwrite": False}
    storage = TenantFileStorage(tmp_path) if kind == "folder" else TenantBucketStorage(**options)
    with tenant_context(acme):
        assert storage.save("pictures/a b.png", ContentFile(b"one")) == "pictures/a b.png"
        second = storage.save("pictures/a b.png", ContentFile(b"second"))
        assert second != "pictures/a b.png"  # what is there is never written over
        assert storage.open("pictures/a b.png").read() == b"one"
        assert (storage.size(second), storage.exists(second)) == (6, True)
        assert storage.url("pictures/a b.png") == "/media/pictures/a%20b.png"
        assert storage.listdir("") == (["pictures"], [])
        assert sorted(storage.listdir("pictures")[1]) == sorted(["a b.png", second.rpartition("/")[2]])
        assert storage.get_modified_time(second).tzinfo is not None
        for ask in (storage.open, storage.size, storage.get_modified_time):
            with pytest.raises(FileNotFoundError):
                ask("pictures/none.png")
        for name in ("../secret.png", f"../{bolt.id.hex}/pictures/a.png", "/etc/passwd"):
            with pytest.raises(SuspiciousFileOperation):
                storage.open(name)
        storage.delete(second)
        storage.delete(second)
        assert not storage.exists(second)
    with tenant_context(bolt):
        assert not storage.exists("pictures/a b.png")
    with pytest.raises(NoTenant):
        storage.exists("pictures/a b.png")


def test_a_bucket_that_is_gone_is_an_os_error(make_shop: Any, bucket: Any) -> None:
    bucket.delete()
    with tenant_context(make_shop("acme")), pytest.raises(OSError, match="NoSuchBucket"):
        default_storage.save("a.png", ContentFile(b"one"))


@pytest.mark.slow
def test_a_shop_with_its_files_in_a_bucket_shows_them_and_comes_back_with_them(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, bucket: Any
) -> None:
    shop = make_full_shop("acme")
    with tenant_context(shop):
        default_storage.save("pictures/chair.png", ContentFile(b"a chair"))
    keys = {entry.key for entry in bucket.objects.all()}
    assert f"shops/{shop.id.hex}/pictures/chair.png" in keys
    assert {key.split("/")[1] for key in keys} == {shop.id.hex}

    visitor = Client(headers={"host": "acme.localhost"})
    shown = visitor.get("/media/pictures/chair.png")
    assert (shown.status_code, shown["Content-Type"], b"".join(shown)) == (200, "image/png", b"a chair")
    again = visitor.get("/media/pictures/chair.png", headers={"if-none-match": shown["ETag"]})
    assert again.status_code == 304
    for name in ("none.png", "pictures/../../etc.png", "private/imports/x.csv"):
        assert visitor.get(f"/media/{name}").status_code == 404

    backup = back_up_shop(shop.id)
    assert backup.media_files == len(keys)
    assert remove_files(shop.id) == len(keys)
    verify_backup(backup)
    restore_shop(shop.id, backup)
    assert {entry.key for entry in bucket.objects.all()} == keys
    with tenant_context(directory.read_now(shop.id)):
        assert default_storage.open("pictures/chair.png").read() == b"a chair"
