"""Who sends a request behind the counter, and from where: for the audit log."""

from dataclasses import replace

from django.http import HttpRequest

from platform_core.accounts import origin
from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin

# In the session: the platform's one-time link began it, not a password on this host.
BY_LINK = "entered_by_link"


def origin_of(request: HttpRequest) -> Origin:
    """The request's user with address and browser; the platform's own people, sessions begun by its link, and who is
    here in somebody's place are marked."""
    found, user = origin.origin_of(request), request.user
    marks = dict(found.marks)
    if request.session.get(BY_LINK):
        marks["entered_by"] = "one_time_link"
    if isinstance(user, PlatformUser) and user.impersonation is not None:
        marks["in_place_of"] = user.impersonation.person.email
        marks["visit"] = str(user.impersonation.pk)
    return replace(found, marks=marks)
