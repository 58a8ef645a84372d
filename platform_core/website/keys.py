"""A person's keys to the platform's API: making, rolling and revoking them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin
from platform_core.keys.make import MOST_KEYS, MadeKey, make_key, revoke_key, roll_key
from platform_core.keys.models import UserKey
from platform_core.keys.scopes import RESOURCES, SCOPES, permits
from platform_core.website.account.doors import for_users, when_fresh
from smartseller.client_address import ip_of
from smartseller.errors import RuleViolation

# Keys that are over are shown for so long.
REMEMBERED = timedelta(days=30)
OVERLAP = timedelta(days=1)
LONGEST_AGENT = 500
LASTS = (("", "Until I revoke it"), ("30", "30 days"), ("90", "90 days"), ("365", "A year"))


class KeyForm(forms.Form):
    """What a key is for, what it may do, from where and until when."""

    name = forms.CharField(label="What is it for?", max_length=100)
    scopes = forms.MultipleChoiceField(
        label="What may it do?", widget=forms.CheckboxSelectMultiple, required=False, choices=()
    )
    networks = forms.CharField(
        label="Only from these addresses",
        required=False,
        max_length=2_000,
        help_text="IP addresses or blocks such as 192.0.2.0/24, with spaces between them. Empty: from anywhere.",
    )
    lasts = forms.ChoiceField(label="How long?", choices=LASTS, required=False)

    def __init__(self, *args: Any, user: PlatformUser, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, _words(scope)) for scope in SCOPES if permits(user, scope)
        ]

    def ends_at(self, now: datetime) -> datetime | None:
        days = self.cleaned_data["lasts"]
        return now + timedelta(days=int(days)) if days else None


def _words(scope: str) -> str:
    action, _, resource = scope.partition("_")
    return f"{'Read' if action == 'read' else 'Read and write'}: {RESOURCES[resource].title}"


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh
def keys(request: HttpRequest) -> HttpResponse:
    """The keys, and the form that makes one. The answer to making one shows its secret: no other page ever does."""
    user = _person(request)
    form = KeyForm(request.POST or None, user=user)
    made = None
    if request.method == "POST" and form.is_valid():
        now, given = timezone.now(), form.cleaned_data
        try:
            made = make_key(
                user,
                name=given["name"],
                scopes=given["scopes"],
                networks=given["networks"].replace(",", " ").split(),
                expires_at=form.ends_at(now),
                at=now,
                origin=_origin(request),
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return _page(request, KeyForm(user=user) if made else form, made)


@require_POST
@when_fresh
def roll(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """A new secret for the same program; the one before works for a day."""
    user = _person(request)
    try:
        made = roll_key(user, key_id, overlap=OVERLAP, at=timezone.now(), origin=_origin(request))
    except UserKey.DoesNotExist as error:
        raise Http404 from error
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("website:keys")
    return _page(request, KeyForm(user=user), made)


@require_POST
@for_users
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    try:
        key = revoke_key(_person(request), key_id, at=timezone.now(), origin=_origin(request))
    except UserKey.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"The key of {key.name} opens nothing any more.")
    return redirect("website:keys")


def _page(request: HttpRequest, form: KeyForm, made: MadeKey | None) -> HttpResponse:
    now = timezone.now()
    recent = Q(revoked_at=None) | Q(revoked_at__gt=now - REMEMBERED)
    found = UserKey.objects.filter(recent, user=_person(request).pk).exclude(expires_at__lt=now - REMEMBERED)
    rows = [{"key": key, "is_over": key.is_over(now)} for key in found]
    context = {
        "section": "shops",
        "form": form,
        "made": made,
        "most": MOST_KEYS,
        "keys": sorted(rows, key=lambda row: bool(row["is_over"])),
    }
    return render(request, "website/keys.html", context, status=422 if form.errors else 200)


def _person(request: HttpRequest) -> PlatformUser:
    user = request.user
    if not isinstance(user, PlatformUser):
        raise Http404
    return user


def _origin(request: HttpRequest) -> Origin:
    return Origin(
        user_id=request.user.pk,
        ip_address=ip_of(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT] or None,
    )
