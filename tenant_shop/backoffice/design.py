"""The design page: choosing the look, trying it on the real shop, making it live."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.tenancy.context import current_tenant
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.design_form import LOOK_WORDS, SECTION_WORDS, DesignForm
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.configuration.design.change import discard_draft, publish_draft, restore_version, save_draft
from tenant_shop.configuration.design.read import Design, mark_of_look, read_design
from tenant_shop.configuration.theme.parse import parse_theme
from tenant_shop.configuration.theme.readability import readability_warnings
from tenant_shop.configuration.theme.theme import Panel
from tenant_shop.storefront.preview import PERMISSION, begin_preview, end_preview

PANELS = (
    ("hero", "Opening picture", "Without a picture, your newest products stand in."),
    ("story", "Your story", "Who makes or chooses what is sold here, and why."),
    ("banner", "Banner", "One thing more: an event, a service, a season."),
)


@require_http_methods(["GET", "HEAD", "POST"])
def design(request: HttpRequest, site: Any) -> HttpResponse:
    """The form, and what its buttons do: keep a draft, look at it, or make it live."""
    _check(request)
    found = read_design()
    config = found.draft if found.draft is not None else current_tenant().theme
    if request.method != "POST":
        return _page(request, site, DesignForm(config), found)
    form = DesignForm(config, request.POST, request.FILES)
    entered = form.take_in() if form.is_valid() else None
    if entered is None:
        return _page(request, site, form, found, status=422)
    try:
        save_draft(entered, by=_name(request), seen=request.POST.get("seen", ""))
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return _page(request, site, form, read_design(), status=409)
    match request.POST.get("action"):
        case "publish":
            return publish(request, site)
        case "preview":
            return preview(request, site)
        case _:
            messages.success(request, "The draft is kept. Shoppers do not see it yet.")
            return redirect("admin:design")


@require_POST
def publish(request: HttpRequest, site: Any) -> HttpResponse:
    _check(request)
    try:
        publish_draft(
            user_id=cast("UUID", request.user.pk),
            by=_name(request),
            ip_address=origin_of(request).ip_address,
            user_agent=origin_of(request).user_agent,
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The new look is live.")
    response = redirect("admin:design")
    end_preview(response)
    return response


@require_POST
def preview(request: HttpRequest, site: Any) -> HttpResponse:
    _check(request)
    response = HttpResponseRedirect(reverse("storefront:home"))
    begin_preview(request, response)
    return response


@require_POST
def discard(request: HttpRequest, site: Any) -> HttpResponse:
    _check(request)
    discard_draft()
    messages.success(request, "The draft is gone. The shop looks as before.")
    response = redirect("admin:design")
    end_preview(response)
    return response


@require_POST
def restore(request: HttpRequest, number: int, site: Any) -> HttpResponse:
    _check(request)
    try:
        restore_version(number, by=_name(request))
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The earlier look is the draft now. Look at it, then publish it.")
    return redirect("admin:design")


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _name(request: HttpRequest) -> str:
    return str(getattr(request.user, "email", ""))


def _page(request: HttpRequest, site: Any, form: DesignForm, found: Design, *, status: int = 200) -> HttpResponse:
    config = form.config
    is_new = request.method != "POST" or status == 409
    current = mark_of_look(found.draft if found.draft is not None else current_tenant().theme)
    # A page that comes back with a mistake still says what it was opened with.
    seen = current if is_new else request.POST.get("seen", "")
    context = {
        **site.each_context(request),
        "title": "Design",
        "form": form,
        "seen": seen,
        "looks": [
            {"value": look, "name": name, "text": text, "picture": f"images/looks/{look}.svg"}
            for look, (name, text) in LOOK_WORDS.items()
        ],
        "panels": [
            {
                "name": name,
                "title": title,
                "help": help_text,
                "fields": [form[f"{name}_{field}"] for field in ("title", "text", "label", "url")],
                "picture": _picture(form, config, f"{name}_picture"),
            }
            for name, title, help_text in PANELS
        ],
        "marks": [_picture(form, config, name) for name in ("logo", "favicon")],
        "sections": _sections(form),
        "warnings": readability_warnings(config),
        "has_draft": found.draft is not None,
        "saved_at": found.saved_at,
        "saved_by": found.saved_by,
        "history": found.history,
    }
    return TemplateResponse(request, "admin/shop/design.html", context, status=status)


def _picture(form: DesignForm, config: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = getattr(parse_theme(config), name.removesuffix("_picture"))
    shown = part.picture if isinstance(part, Panel) else part
    return {"field": form[name], "without": form[f"without_{name}"], "url": shown.url if shown else ""}


def _sections(form: DesignForm) -> list[dict[str, Any]]:
    rows = [
        {"on": form[f"on_{name}"], "place": form[f"place_{name}"], "name": words}
        for name, words in SECTION_WORDS.items()
    ]
    return sorted(rows, key=lambda row: _place(row["place"].value()))


def _place(entered: object) -> int:
    """Where a section stands by what was entered; last when that is no number."""
    text = str(entered)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 999
