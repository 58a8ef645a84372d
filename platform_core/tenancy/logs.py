"""Log lines that name their shop."""

import logging

from platform_core.tenancy.context import active_tenant


class TenantFilter(logging.Filter):
    """Adds `tenant` to every record: the slug of the active shop, or of the request that it is about, or `platform`.

    Django logs an answer of 400 and more once the request has left its shop.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        tenant = active_tenant() or getattr(getattr(record, "request", None), "tenant", None)
        record.tenant = tenant.slug if tenant else "platform"
        return True
