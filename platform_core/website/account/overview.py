"""Everything about one's account on one page, and logging browsers out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from platform_core.accounts.devices import device_name
from platform_core.accounts.origin import origin_of
from platform_core.accounts.sessions.end import end_session, end_sessions
from platform_core.accounts.sessions.read import sessions_of
from platform_core.accounts.two_factor.recovery import codes_left
from platform_core.audit.record import record_of
from platform_core.website.account.doors import for_users, session_of, user_of


@require_safe
@for_users
def account(request: HttpRequest) -> HttpResponse:
    """Three statements at most, however many sessions there are."""
    user, here = user_of(request), session_of(request)
    context = {
        "section": "account",
        "codes_left": codes_left(user) if user.two_factor_enabled else 0,
        "sessions": [
            {
                "row": row,
                "device": device_name(row.device),
                "is_here": row.pk == here.pk,
                "host": row.tenant.name if row.tenant else "SmartSeller",
            }
            for row in sessions_of(user)
        ],
    }
    return render(request, "website/account/account.html", context)


@require_POST
@for_users
def end_one(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Log one browser out. It may be the one that asks."""
    user = user_of(request)
    if end_session(user.pk, session_id):
        record_of(origin_of(request), "end_session", resource_type="user", resource_id=user.pk)
        messages.success(request, "This browser is logged out.")
    return redirect("website:account")


@require_POST
@for_users
def end_all(request: HttpRequest) -> HttpResponse:
    """Log everything else out, shops included."""
    user = user_of(request)
    ended = end_sessions(user.pk, but=session_of(request).pk)
    record_of(
        origin_of(request), "end_sessions", resource_type="user", resource_id=user.pk, metadata={"sessions": ended}
    )
    messages.success(request, "You are logged out everywhere else.")
    return redirect("website:account")
