"""The shop's keys: who comes to the API, and with what rights; making, rolling and revoking them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.models import TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.plans.limits import Feature, Limited
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.audit.note import note
from tenant_shop.backoffice.api_key_form import OVERLAPS, ChangeForm, KeyForm, RollForm
from tenant_shop.backoffice.fresh import when_fresh_to
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.keys.change import change_key
from tenant_shop.integrations.keys.make import MadeKey, make_key
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.keys.roll import revoke_key, roll_key

# Keys that are over are shown for so long.
REMEMBERED = timedelta(days=30)
MOST_SHOWN = 300


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_apikey")
def api_keys(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The keys, and the form that makes one. The answer to making one shows its secret: no other page ever does."""
    _check(request, "add" if request.method == "POST" else "view")
    form = KeyForm(request.POST or None, permits=request.user.has_perm)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = _make(request, form)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return _page(request, site, form=KeyForm(permits=request.user.has_perm) if made else form, made=made)


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_apikey")
def api_key(request: HttpRequest, key_id: UUID, site: AdminSite) -> HttpResponseBase:
    """What a key may do and where it is good, to be changed without another secret."""
    _check(request, "change")
    key = ApiKey.objects.filter(pk=key_id).first()
    if key is None:
        raise Http404
    form = ChangeForm(request.POST if request.method == "POST" else None, key=key, permits=request.user.has_perm)
    if request.method == "POST" and form.is_valid():
        try:
            changed = _change(request, key, form)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The key of {changed.name} is changed; it holds from the next call on.")
            return redirect("admin:api_keys")
    context = {**site.each_context(request), "title": key.name, "form": form, "key": key}
    return TemplateResponse(request, "admin/shop/api_key.html", context, status=422 if form.errors else 200)


@require_POST
@when_fresh_to("change_apikey")
def roll(request: HttpRequest, key_id: UUID, site: AdminSite) -> HttpResponseBase:
    """A new secret for the same program; shown as after making one."""
    _check(request, "change")
    form = RollForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        with shop_transaction():
            made = roll_key(
                key_id,
                overlap=form.hours,
                permits=request.user.has_perm,
                at=timezone.now(),
                actor=str(request.user.pk),
            )
            old = ApiKey.objects.get(pk=key_id)
            _note(request, "roll_api_key", old, after={"expires_at": str(old.expires_at), "new_key": made.key.prefix})
    except ApiKey.DoesNotExist as error:
        raise Http404 from error
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:api_keys")
    return _page(request, site, form=KeyForm(permits=request.user.has_perm), made=made, old=old)


@require_POST
def revoke(request: HttpRequest, key_id: UUID, site: AdminSite) -> HttpResponseBase:
    """Have a key open nothing any more."""
    _check(request, "change")
    try:
        with shop_transaction():
            key = revoke_key(key_id, at=timezone.now())
            _note(request, "revoke_api_key", key, after={"revoked_at": str(key.revoked_at)})
    except ApiKey.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, f"The key of {key.name} opens nothing any more.")
    return redirect("admin:api_keys")


def _make(request: HttpRequest, form: KeyForm) -> MadeKey:
    given = form.cleaned_data
    with shop_transaction():
        made = make_key(
            name=given["name"],
            kind=ApiKey.Kind(given["kind"]),
            is_test=given["is_test"],
            scopes=form.scopes,
            networks=given["networks"],
            origins=given["origins"],
            expires_at=form.ends_at,
            permits=request.user.has_perm,
            at=timezone.now(),
            actor=str(request.user.pk),
        )
        _note(
            request,
            "make_api_key",
            made.key,
            after={
                "prefix": made.key.prefix,
                **{name: value for name, value in _facts(made.key).items() if name != "name"},
            },
        )
    return made


def _change(request: HttpRequest, key: ApiKey, form: ChangeForm) -> ApiKey:
    given = form.cleaned_data
    with shop_transaction():
        changed = change_key(
            key.pk,
            name=given["name"],
            scopes=form.scopes,
            networks=given["networks"],
            origins=given["origins"],
            expires_at=form.ends_at,
            permits=request.user.has_perm,
            at=timezone.now(),
        )
        was, now = _facts(key), _facts(changed)
        told = [name for name in now if was[name] != now[name]]
        if told:
            before, after = ({name: facts[name] for name in told} for facts in (was, now))
            _note(request, "change_api_key", changed, before=before, after=after)
    return changed


def _facts(key: ApiKey) -> dict[str, Any]:
    """What the audit log keeps of one."""
    return {
        "name": key.name,
        "scopes": key.scopes,
        "networks": key.networks,
        "origins": key.origins,
        "expires_at": str(key.expires_at or ""),
    }


def _page(
    request: HttpRequest, site: AdminSite, *, form: KeyForm, made: MadeKey | None = None, old: ApiKey | None = None
) -> HttpResponseBase:
    now = timezone.now()
    recent = Q(revoked_at=None) | Q(revoked_at__gt=now - REMEMBERED)
    keys = ApiKey.objects.filter(recent).exclude(expires_at__lt=now - REMEMBERED)[:MOST_SHOWN]
    people = _people()
    terms = current_tenant().plan_terms
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "API keys",
        "form": form,
        "made": made,
        "old": old,
        "keys": [
            {
                "key": key,
                "is_over": key.is_over(now),
                "maker": people.get(key.created_by, ""),
                "is_makers_gone": bool(key.created_by) and key.created_by not in people,
            }
            for key in sorted(keys, key=lambda key: key.is_over(now))
        ],
        "overlaps": OVERLAPS,
        "may_make": request.user.has_perm("tenant_shop.add_apikey"),
        "may_change": request.user.has_perm("tenant_shop.change_apikey"),
        "plan": terms.plan,
        "is_included": terms.includes(Feature.API_ACCESS),
        "calls_per_hour": terms.of(Limited.API_CALLS_PER_HOUR),
        "test_mode": shop_settings().test_mode,
    }
    return TemplateResponse(request, "admin/shop/api_keys.html", context, status=422 if form.errors else 200)


def _people() -> dict[str, str]:
    """Who works here now, by id. One statement."""
    found = TenantAccess.objects.filter(LIVE, tenant=current_tenant().id).select_related("platform_user")
    return {str(access.platform_user_id): access.platform_user.email for access in found}


def _note(request: HttpRequest, action: str, key: ApiKey, **values: Any) -> None:
    note(origin_of(request), action, resource_type="apikey", resource_id=key.pk, name=key.name, **values)


def _check(request: HttpRequest, action: str) -> None:
    if not request.user.has_perm(f"tenant_shop.{action}_apikey"):
        raise PermissionDenied
