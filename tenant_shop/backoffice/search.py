"""Synonyms, and what shoppers search for, in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from tenant_shop.backoffice.base import ShopAdmin
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.catalog.search.models import SearchCount, SearchSynonym
from tenant_shop.catalog.search.report import search_report

MOST_MEANINGS, LONGEST_MEANING = 20, 100


class SynonymForm(ToldForm):
    class Meta:
        labels = {"term": "Word", "meanings": "Means the same as", "is_two_way": "Works both ways"}
        widgets = {"meanings": UnfoldAdminTextInputWidget()}
        help_texts = {"term": "What shoppers type: one word or a few, as in “mobile phone”."}

    def clean_term(self) -> str:
        return " ".join(str(self.cleaned_data["term"]).split())

    def clean_meanings(self) -> list[str]:
        """Each once, none of them empty."""
        told = (" ".join(meaning.split()) for meaning in self.cleaned_data["meanings"])
        meanings = list(dict.fromkeys(meaning for meaning in told if meaning))
        if not meanings:
            raise forms.ValidationError("Write at least one word.", code="required")
        if len(meanings) > MOST_MEANINGS or any(len(meaning) > LONGEST_MEANING for meaning in meanings):
            raise forms.ValidationError(
                f"At most {MOST_MEANINGS} words or phrases, of at most {LONGEST_MEANING} characters each.", code="limit"
            )
        return meanings


@admin.register(SearchSynonym, site=backoffice)
class SynonymAdmin(ShopAdmin):
    """What the shop's search takes for the same. It counts from the next search on."""

    form = SynonymForm
    list_display = ("term", "meant", "is_two_way")
    list_filter = ("is_two_way",)
    search_fields = ("term",)
    ordering = ("term", "id")
    fields = ("term", "meanings", "is_two_way")

    @display(description="Means the same as")
    def meant(self, synonym: SearchSynonym) -> str:
        return ", ".join(synonym.meanings)


@admin.register(SearchCount, site=backoffice)
class SearchAdmin(ShopAdmin):
    """A report: nothing here is written by people."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = search_report(timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "title": "What shoppers search for",
            "opts": self.opts,
            "report": report,
            "tables": [
                ("Found nothing", report.in_vain, "Every search of the last 30 days found something."),
                ("Most often", report.commonest, "Nobody has searched in the last 30 days."),
            ],
            "may_add_synonyms": request.user.has_perm("tenant_shop.add_searchsynonym"),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/shop/searches.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SearchCount | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SearchCount | None = None) -> bool:
        return False
