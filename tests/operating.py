"""An operator at the console, the addresses of what is done to a shop, and what the audit log says of it."""

from typing import Any

from django.test import Client

from platform_core.accounts.models import PlatformRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.tenancy.context import TenantInfo
from tests.people import log_in, make_user, platform_browser

WHY = "Ticket 4711"
OPERATOR = "op@smartseller.example"


def operator(role: PlatformRole = PlatformRole.ADMIN) -> Client:
    browser = platform_browser()
    log_in(browser, make_user(OPERATOR, role=role))
    return browser


def entries(action: str) -> list[tuple[str | None, Any]]:
    """Who did it, and why."""
    with platform_scope():
        found = AuditLog.objects.filter(action=action).select_related("user")
        return [(entry.user.email if entry.user else None, (entry.metadata or {}).get("reason")) for entry in found]


def shop(acme: TenantInfo, word: str) -> str:
    return f"/admin/platform_core/tenant/{acme.id}/{word}/"
