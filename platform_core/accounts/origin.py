"""Who sends a request, and from where: for the audit log."""

from django.http import HttpRequest

from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin
from smartseller.client_address import ip_of

LONGEST_AGENT = 500


def origin_of(request: HttpRequest) -> Origin:
    """The request's user, if there is one, with address and browser; the platform's own people are marked."""
    user = request.user if isinstance(request.user, PlatformUser) else None
    return Origin(
        user_id=None if user is None else user.pk,
        ip_address=ip_of(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT] or None,
        marks={"platform_staff": True} if user is not None and user.is_operator else {},
    )
