"""Cache keys that carry their shop."""

from platform_core.tenancy.context import active_tenant


def fenced_key(key: str, key_prefix: str, version: int) -> str:
    """The key in Redis: the shop's id (or `platform`), the version, the caller's key.

    The epoch is part of it: what was cached before a restore or a move is not seen afterwards.
    """
    tenant = active_tenant()
    owner = f"{tenant.id.hex}.{tenant.epoch}" if tenant else "platform"
    return f"{key_prefix}{owner}:{version}:{key}"
