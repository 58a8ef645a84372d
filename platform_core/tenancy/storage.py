"""Files of a shop, in a folder of its own."""

import os
from typing import Any

from django.core.files.storage import FileSystemStorage

from platform_core.tenancy.context import current_tenant


class TenantFileStorage(FileSystemStorage):
    """Django's file system storage under `<MEDIA_ROOT>/<shop's id>/`.

    Errors: NoTenant outside a shop; SuspiciousFileOperation for a name that leads out of the shop's folder.
    """

    @property
    def location(self) -> Any:
        """The absolute path of the active shop's folder."""
        return os.path.join(os.path.abspath(self.base_location), current_tenant().id.hex)
