"""Who asks, and from where: for the audit log."""

from dataclasses import replace

from rest_framework.request import Request

from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin
from tenant_shop.backoffice.origin import origin_of


def origin(request: Request) -> Origin:
    """The request's user, or the key that it came with, with address and program."""
    found = origin_of(request)
    marks = {} if isinstance(request.user, PlatformUser) else {"by": str(request.user)}
    return replace(found, marks={**found.marks, **marks, "door": "api"})
