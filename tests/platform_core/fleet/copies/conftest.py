"""A shop with something in it, and a folder for archives."""

from tests.platform_core.fleet.backups.conftest import backups, make_full_shop
from tests.platform_core.fleet.conftest import fleet

__all__ = ["backups", "fleet", "make_full_shop"]
