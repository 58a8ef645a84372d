"""Which filters the storefront's lists offer."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from tenant_shop.backoffice.settings_page import settings_page
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.settings import shop_settings

KEY = "facets"
KINDS = {
    "options": ("Options", "Size, Colour"),
    "specifications": ("Specifications", "Material, Weight"),
    "tags": ("Tags", "linen, organic"),
}
LONGEST = 500
MOST_WORDS = 20


class FiltersForm(ToldSettings):
    """For each kind: whether the catalogue itself says what is offered, else the merchant's words in their order."""

    def __init__(self, data: Any = None, *, stored: Mapping[str, Any]) -> None:
        own = {kind: stored.get(kind) for kind in KINDS}
        shown = {kind: ", ".join(map(str, words)) if isinstance(words, list) else "" for kind, words in own.items()}
        super().__init__(
            data, initial=shown | {f"auto_{kind}": not isinstance(words, list) for kind, words in own.items()}
        )
        for kind, (label, example) in KINDS.items():
            self.fields[f"auto_{kind}"] = forms.BooleanField(
                label=f"{label}: as the products suggest",
                required=False,
                widget=UnfoldBooleanSwitchWidget,
            )
            self.fields[kind] = forms.CharField(
                label=f"{label}: only these",
                required=False,
                max_length=LONGEST,
                help_text=f"In this order, with commas between them: {example}. Empty, none is offered.",
                widget=UnfoldAdminTextInputWidget,
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for kind in KINDS:
            words = list(dict.fromkeys(word.strip() for word in given.get(kind, "").split(",") if word.strip()))
            if len(words) > MOST_WORDS:
                self.add_error(kind, f"At most {MOST_WORDS}.")
            given[kind] = words
        return given

    @property
    def as_stored(self) -> dict[str, list[str]]:
        given = self.cleaned_data
        return {kind: given[kind] for kind in KINDS if not given[f"auto_{kind}"]}


@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Show what lists offer and change it."""
    return settings_page(
        request,
        site,
        title="Filters of lists",
        here="admin:filters",
        opened=lambda: FiltersForm(request.POST or None, stored=shop_settings().facets),
        save=_save,
    )


def _save(form: FiltersForm) -> list[str]:
    return form.changed_data if change_settings({KEY: form.as_stored}) else []
