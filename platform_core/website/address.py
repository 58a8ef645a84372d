"""The live answer to "may I have this address?"."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from platform_core.tenants.models import Tenant
from platform_core.tenants.slugs import SlugRefused, check_slug, database_name

LONGEST_ECHO = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressState:
    """Whether an address can be had now, and a sentence for people. Only the sign-up itself takes it."""

    slug: str
    available: bool
    message: str


def address_state(slug: str) -> AddressState:
    """What is to be said of `slug`; one statement, none for a word that no shop may have."""
    try:
        name = database_name(check_slug(slug))
    except SlugRefused as error:
        return AddressState(slug=slug, available=False, message=str(error))
    if Tenant.objects.filter(slug=slug).exists() or Tenant.objects.filter(database_name=name).exists():
        return AddressState(slug=slug, available=False, message=f"The address “{slug}” is taken by another shop.")
    return AddressState(slug=slug, available=True, message=f"{slug}.{settings.PLATFORM_DOMAIN} is free.")


@never_cache
@require_GET
def slug_check(request: HttpRequest) -> HttpResponse:
    """A fragment for the sign-up form; a page of its own for everybody else."""
    slug = request.GET.get("slug", "").strip().lower()[:LONGEST_ECHO]
    context = {"slug_state": address_state(slug) if slug else None, "slug": slug, "section": ""}
    template = "website/_slug_state.html" if request.headers.get("HX-Request") else "website/slug_check.html"
    return render(request, template, context)
