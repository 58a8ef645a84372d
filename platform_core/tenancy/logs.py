"""Log lines that name their shop."""

import logging

from platform_core.tenancy.context import active_tenant


class TenantFilter(logging.Filter):
    """Adds `tenant` to every record: the active shop's slug, or `platform`."""

    def filter(self, record: logging.LogRecord) -> bool:
        tenant = active_tenant()
        record.tenant = tenant.slug if tenant else "platform"
        return True
