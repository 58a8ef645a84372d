"""How the platform fares, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from platform_core.status.read import SHOWN_DAYS, status_of


@require_safe
@cache_control(public=True, max_age=30)
def status(request: HttpRequest) -> HttpResponse:
    """What was measured: each part now, and its last ninety days."""
    parts = status_of(timezone.now())
    ill = [part for part in parts if part.is_well is False]
    context = {
        "section": "status",
        "parts": parts,
        "ill": ill,
        "is_unknown": all(part.is_well is None for part in parts),
        "looked_at": max((part.looked_at for part in parts if part.looked_at), default=None),
        "shown_days": SHOWN_DAYS,
    }
    return render(request, "website/status.html", context)
