"""What every page of settings does: its form is shown, judged, kept in one turn and told to the audit log."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.audit.note import note
from tenant_shop.backoffice.differences import plain
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.configuration.wait_for_turn import wait_for_turn

AForm = TypeVar("AForm", bound=ToldSettings)


class FieldRefused(Exception):
    """A room refuses what one field says: nothing of the form is kept, and the field says why."""

    def __init__(self, field: str, why: RuleViolation) -> None:
        self.field, self.why = field, why
        super().__init__(str(why))


def outcome(changed: list[str]) -> str:
    """What is said above the page once it was sent."""
    return "Saved." if changed else "Nothing was different."


def settings_page(
    request: HttpRequest,
    site: AdminSite,
    *,
    title: str,
    here: str,
    opened: Callable[[], AForm],
    save: Callable[[AForm], list[str]],
    told: Callable[[list[str]], str] = outcome,
    may_look: str = "",
) -> HttpResponseBase:
    """Show the form that `opened` makes of what is kept and of the request; when it is sent and right, `save` it.

    `save` answers with the names of the fields that it changed, may raise FieldRefused, and runs in the transaction in
    which the form was judged; the audit log tells who changed which, from what to what. Who has an old page hears what
    somebody else changed meanwhile, and saves nothing yet. `here` is the page's name among the addresses; whoever has
    the permission `may_look`, but may change nothing, sees fields that take nothing.
    """
    may_change = request.user.has_perm("tenant_shop.change_setting")
    if not may_change and not (may_look and request.method != "POST" and request.user.has_perm(may_look)):
        raise PermissionDenied
    try:
        form, changed = _judged(request, opened, save)
    except FieldRefused as refusal:
        form, changed = opened(), None
        form.is_valid()
        form.add_error(refusal.field, str(refusal))
    if changed is not None:
        messages.success(request, told(changed))
        return redirect(here)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": title,
        "form": form,
        "is_read_only": not may_change,
    }
    return TemplateResponse(request, "admin/shop/settings.html", context, status=422 if form.errors else 200)


def keys_page(
    request: HttpRequest,
    site: AdminSite,
    form_class: type[ToldSettings],
    *,
    title: str,
    here: str,
    then: Callable[[Mapping[str, Any]], object] | None = None,
) -> HttpResponseBase:
    """A page whose fields are keys of the settings. `then` is told what the form says, before it is committed, if
    anything was different.
    """

    return settings_page(
        request,
        site,
        title=title,
        here=here,
        opened=lambda: opened_form(form_class, request.POST or None),
        save=lambda form: save_keys(form, then),
    )


def opened_form(form_class: type[ToldSettings], data: Any) -> ToldSettings:
    """The form, with what is kept under its fields' names as its beginning. One SELECT."""
    shop = shop_settings()
    return form_class(data, initial={name: getattr(shop, name) for name in form_class.base_fields})


def save_keys(form: ToldSettings, then: Callable[[Mapping[str, Any]], object] | None) -> list[str]:
    """Keep what the form changed of the settings; `then` is told if anything was different. The keys of it."""
    changed = change_settings({name: form.cleaned_data[name] for name in form.changed_data})
    if then is not None and changed:
        then(form.cleaned_data)
    return changed


def _judged(
    request: HttpRequest, opened: Callable[[], AForm], save: Callable[[AForm], list[str]]
) -> tuple[AForm, list[str] | None]:
    """The form, and what was changed when it came back and was right.

    What is kept is read, compared with what the page had shown, and changed in one turn.
    """
    if request.method != "POST":
        return opened(), None
    with shop_transaction():
        wait_for_turn()
        form = opened()
        changed = save(form) if form.is_valid() else None
        if changed:
            _note_form(request, form, changed)
    return form, changed


def _note_form(request: HttpRequest, form: forms.Form, changed: list[str]) -> None:
    labels, before, after = changes_of(form, changed)
    note_change(request, labels, before=before, after=after)


def changes_of(form: forms.Form, changed: list[str]) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """For the audit log: the labels of the fields that changed, and their values before and after."""
    labels = [str(form.fields[key].label) for key in changed]
    before = {key: plain(form.get_initial_for_field(form.fields[key], key)) for key in changed}
    return labels, before, {key: plain(form.cleaned_data[key]) for key in changed}


def note_change(
    request: HttpRequest,
    fields: list[str],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Have the audit log keep who changed which of the settings, and how; `fields` are their labels."""
    note(
        origin_of(request),
        "change_settings",
        resource_type="settings",
        name="Settings",
        before=before,
        after=after,
        changes=[{"changed": {"fields": fields}}],
    )
