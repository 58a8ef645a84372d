"""Proving again who one is, before something dangerous in the console."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.sessions.open import is_fresh


def asked_first(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where to prove it, for who has not in the last minutes; None for who has. Restoring, deleting, logging in in
    somebody's place and rights of people ask this first."""
    session = cast("UserSession", cast("PlatformUser", request.user).session)
    if is_fresh(session):
        return None
    if request.method == "POST":
        messages.info(request, "Now that we know it is you, please do it again.")
    return HttpResponseRedirect(f"{reverse('website:confirm')}?{urlencode({'next': request.get_full_path()})}")
