"""The languages of the storefront: the one that the merchant writes in, and the others that its pages are read in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from smartseller.formats import language_name
from tenant_shop.backoffice.settings import note_change
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.configuration.languages import Languages, base_of, shop_languages


class LanguagesForm(forms.Form):
    """Offers what there are words for, and the shop's own language with its country if it names one."""

    own = forms.ChoiceField(
        label="Main language",
        help_text="The language that you write in: names, descriptions, pages. It stands at plain addresses. "
        "When it changes, search reads every product anew; until that is done, some words are still found as the old "
        "language has them.",
        widget=UnfoldAdminSelectWidget,
    )
    others = forms.MultipleChoiceField(
        label="Further languages",
        required=False,
        help_text="What the shop itself says can be read in them too, each below an address of its own such as /de/. "
        "Your own texts stay as you wrote them. When a language is taken away, its addresses lead nowhere.",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, data: Any = None, *, languages: Languages) -> None:
        super().__init__(data, initial={"own": languages.own, "others": languages.others})
        known = dict(settings.LANGUAGES)
        self.fields["own"].choices = [  # type: ignore[attr-defined]
            *known.items(),
            *([] if languages.own in known else [(languages.own, language_name(languages.own))]),
        ]
        self.fields["others"].choices = list(known.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The main language is read anyway: ticked among the others, it is no mistake."""
        cleaned = super().clean() or {}
        if {"own", "others"} <= cleaned.keys():
            cleaned["others"] = [code for code in cleaned["others"] if code != base_of(cleaned["own"])]
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def languages(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show the languages and change them; the audit log tells who did."""
    if not request.user.has_perm("tenant_shop.change_setting"):
        raise PermissionDenied
    form = LanguagesForm(request.POST or None, languages=shop_languages())
    if request.method == "POST" and form.is_valid():
        before, after = change_languages(form.cleaned_data["own"], form.cleaned_data["others"])
        changed = [name for name in form.fields if getattr(before, name) != getattr(after, name)]
        if changed:
            note_change(request, [str(form.fields[name].label) for name in changed])
        messages.success(request, _told(changed))
        return redirect("admin:languages")
    context: dict[str, Any] = {**site.each_context(request), "title": "Languages", "form": form}
    return TemplateResponse(request, "admin/shop/settings.html", context, status=422 if form.errors else 200)


def _told(changed: list[str]) -> str:
    if "own" in changed:
        return "Saved. Search now reads every product anew, in the new main language."
    return "Saved." if changed else "Nothing was different."
