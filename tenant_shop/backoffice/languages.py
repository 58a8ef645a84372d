"""The languages of the storefront: the one that the merchant writes in, and the others that its pages are read in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from smartseller.formats import language_name
from tenant_shop.backoffice.settings_page import outcome, settings_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.configuration.languages import Languages, base_of, shop_languages


class LanguagesForm(ToldSettings):
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
    """Show the languages and change them."""
    return settings_page(
        request,
        site,
        title="Languages",
        here="admin:languages",
        opened=lambda: LanguagesForm(request.POST or None, languages=shop_languages()),
        save=_save,
        told=_told,
    )


def _save(form: LanguagesForm) -> list[str]:
    before, after = change_languages(form.cleaned_data["own"], form.cleaned_data["others"])
    return [name for name in form.fields if getattr(before, name) != getattr(after, name)]


def _told(changed: list[str]) -> str:
    if "own" in changed:
        return "Saved. Search now reads every product anew, in the new main language."
    return outcome(changed)
