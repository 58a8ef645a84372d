"""Writing the shop's mails anew: subject, title and text of each kind, language by language."""

from smtplib import SMTPException
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.formats import language_name
from tenant_shop.audit.note import note
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.languages import shop_languages
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.configuration.wait_for_turn import wait_for_turn
from tenant_shop.mails.change_words import change_words, problems_of, tidy
from tenant_shop.mails.kinds import KINDS
from tenant_shop.mails.own_words import LONGEST_SUBJECT, LONGEST_TEXT, PARTS, templates_of
from tenant_shop.mails.preview import preview

SAVE, LOOK, SEND, FORGET = "save", "look", "send", "forget"


class WordsForm(ToldSettings):
    """What is written; it must be readable, and name what the mail can tell."""

    subject = forms.CharField(label="Subject", max_length=LONGEST_SUBJECT, widget=UnfoldAdminTextInputWidget)
    title = forms.CharField(label="Title", max_length=LONGEST_SUBJECT, widget=UnfoldAdminTextInputWidget)
    text = forms.CharField(
        label="Text",
        max_length=LONGEST_TEXT,
        help_text="An empty line begins a new paragraph. What the mail is about, its sums and its button follow below.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )

    def __init__(self, data: Any = None, *, kind: str, initial: dict[str, str] | None) -> None:
        super().__init__(data, initial=initial or {})
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given.update({part: tidy(given[part]) for part in PARTS if part in given})
        for part, problem in list(problems_of(self.kind, given)):
            self.add_error(part, problem)
        return given


@require_safe
def mails(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Every kind of mail, and in which languages it is the merchant's own."""
    _check(request)
    shop, languages = shop_settings(), _languages()
    context = {
        **site.each_context(request),
        "title": "Mails",
        "languages": list(languages.values()),
        "rows": [
            {
                "title": kind.title,
                "cells": [
                    {"code": code, "name": name, "is_own": templates_of(shop, key, code) is not None}
                    for code, name in languages.items()
                ],
                "key": key,
            }
            for key, kind in KINDS.items()
        ],
    }
    return TemplateResponse(request, "admin/shop/mails.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest, kind: str, language: str, site: AdminSite) -> HttpResponseBase:
    """One kind in one language: write it, look at it, have it sent to oneself, go back to our words."""
    _check(request)
    languages = _languages()
    if kind not in KINDS or language not in languages:
        raise Http404
    action = request.POST.get("action", SAVE)
    looked_at = ""
    if request.method == "POST" and action not in (LOOK, SEND):
        with shop_transaction():
            wait_for_turn()
            form = _opened(request, kind, language)
            is_right = form.is_valid()
            if is_right or (action == FORGET and not form.changed_meanwhile):
                words = None if action == FORGET else {part: form.cleaned_data[part] for part in PARTS}
                return _save(request, kind, language, words)
    else:
        form = _opened(request, kind, language)
    if request.method == "POST" and action in (LOOK, SEND) and form.is_valid():
        words = {part: form.cleaned_data[part] for part in PARTS}
        written = preview(kind, language, words, to=str(getattr(request.user, "email", "")))
        if action == SEND:
            try:
                written.send()
            except (OSError, SMTPException) as error:
                messages.error(request, f"The mail could not be sent: {error}")
            else:
                messages.success(request, f"A test mail is on its way to {written.to[0]}. Nothing is saved yet.")
        looked_at = str(written.alternatives[0][0])
    context = {
        **site.each_context(request),
        "title": f"{KINDS[kind].title}: {languages[language]}",
        "form": form,
        "is_own": bool(form.initial),
        "facts": list(KINDS[kind].names.items()),
        "looked_at": looked_at,
        "own_address": getattr(request.user, "email", ""),
    }
    return TemplateResponse(request, "admin/shop/mail.html", context, status=422 if form.errors else 200)


def _opened(request: HttpRequest, kind: str, language: str) -> WordsForm:
    return WordsForm(request.POST or None, kind=kind, initial=templates_of(shop_settings(), kind, language))


def _save(request: HttpRequest, kind: str, language: str, words: dict[str, str] | None) -> HttpResponseBase:
    with shop_transaction():
        before = change_words(kind, language, words)
        after = words or {}
        changed = [part for part in PARTS if before.get(part) != after.get(part)]
        if changed:
            note(
                origin_of(request),
                "change_mail_template",
                resource_type="mail_template",
                name=f"{KINDS[kind].title} ({language})",
                before={part: before.get(part) for part in changed},
                after={part: after.get(part) for part in changed},
            )
    if not changed:
        messages.success(request, "Nothing was different.")
    else:
        messages.success(request, "Saved. The next mail has your words." if words else "The mail has our words again.")
    return redirect("admin:mail", kind, language)


def _languages() -> dict[str, str]:
    """The languages in which the shop writes, its own first, by code."""
    return {code: language_name(code) for code in shop_languages().written}


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("tenant_shop.change_setting"):
        raise PermissionDenied
