"""A folder for backups of each test's own, and shops with something in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import Customer, Setting
from tests.platform_core.fleet.conftest import Fleet, fleet

__all__ = ["fleet"]

MakeFullShop = Callable[..., TenantInfo]


def storage_in(folder: Path) -> dict[str, Any]:
    return {
        **django_settings.STORAGES,
        "backups": {
            "BACKEND": "platform_core.fleet.backups.store.BackupFolder",
            "OPTIONS": {
                "location": str(folder),
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        },
    }


@pytest.fixture
def backups(tmp_path: Path, settings: Any) -> Path:
    """The folder that backups go to."""
    settings.STORAGES = storage_in(tmp_path / "backups")
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "backups"


@pytest.fixture
def make_full_shop(fleet: Fleet, backups: Path) -> MakeFullShop:
    """Makes a shop with customers, a setting, and two pictures: `make_full_shop("acme", customers=3)`."""

    def make(slug: str = "acme", *, customers: int = 3) -> TenantInfo:
        shop = fleet.databases.make_shop(slug)
        with tenant_context(shop):
            for number in range(customers):
                Customer.objects.create(email=f"c{number}@{slug}.example", first_name="Ünal", last_name=f"No {number}")
            Setting.objects.create(key="greeting", value={"text": f"Welcome to {slug}"})
            default_storage.save("pictures/one.jpg", ContentFile(b"picture of " + slug.encode()))
            default_storage.save("pictures/more/two.jpg", ContentFile(b"two" * 1000))
        return shop

    return make
