"""The pages that only tell: landing and pricing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from platform_core.website.plans import plan_cards


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "website/landing.html", {"section": "", "plans": plan_cards()})


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    return render(request, "website/pricing.html", {"section": "pricing", "plans": plan_cards()})
