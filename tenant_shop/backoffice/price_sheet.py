"""A price list as a sheet: taken out of the back office, and put in again with a report for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.text import slugify
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.pricing.errors import UnreadableSheet
from tenant_shop.pricing.models import PriceList
from tenant_shop.pricing.sheet import COLUMNS, LONGEST_SHEET, Answer, read_sheet, write_sheet

SHOWN_PROBLEMS = 500
MOST_IN_AN_ENTRY = 1000


class SheetForm(forms.Form):
    """A file, or the rows themselves."""

    file = forms.FileField(required=False, label="CSV file", widget=UnfoldAdminFileFieldWidget)
    rows = forms.CharField(
        required=False,
        strip=False,
        label="Or paste the rows here",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=f"The first row names the columns: {', '.join(COLUMNS)}.",
    )

    def clean_file(self) -> UploadedFile[Any] | None:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > LONGEST_SHEET:
            raise forms.ValidationError("The file is larger than 4 MB. Send it in parts.")
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file, rows = given.get("file"), given.get("rows", "")
        if file is not None:
            try:
                given["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "The file is no text in UTF-8. Save it as “CSV UTF-8” and send that.")
        elif rows.strip():
            given["text"] = rows
        elif not self.errors:
            self.add_error("file", "Choose a file, or paste its rows.")
        return given


def export_sheet(request: HttpRequest, list_id: UUID, model_admin: Any) -> HttpResponse:
    prices = get_object_or_404(PriceList, pk=list_id)
    if not model_admin.has_view_permission(request, prices):
        raise PermissionDenied
    response = HttpResponse(write_sheet(prices), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(prices.name) or "prices"}.csv"'
    return response


def import_sheet(request: HttpRequest, list_id: UUID, model_admin: Any) -> HttpResponse:
    """Rows that are right are saved; of the others is said what is wrong with them."""
    prices = get_object_or_404(PriceList, pk=list_id)
    if not model_admin.has_change_permission(request, prices):
        raise PermissionDenied
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    report: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with shop_transaction():
                answers = read_sheet(prices, form.cleaned_data["text"])
                _note(request, prices, model_admin, [answer for answer in answers if not answer.problem])
        except UnreadableSheet as refusal:
            form.add_error("rows" if form.cleaned_data.get("file") is None else "file", str(refusal))
        else:
            problems = [answer for answer in answers if answer.problem]
            saved = len(answers) - len(problems)
            report = {
                "saved": saved,
                "problems": problems[:SHOWN_PROBLEMS],
                "left_out": len(problems),
                "answers": answers[:SHOWN_PROBLEMS],
            }
            form = SheetForm()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Import prices into {prices.name}",
        "prices": prices,
        "opts": model_admin.opts,
        "form": form,
        "report": report,
    }
    status = 422 if form.errors or (report and report["left_out"]) else 200
    return TemplateResponse(request, "admin/shop/price_sheet.html", context, status=status)


def _note(request: HttpRequest, prices: PriceList, model_admin: Any, saved: Sequence[Answer]) -> None:
    """Have the audit log keep each price before and after, a thousand in an entry; of prices that stay, nothing."""
    changed = [answer for answer in saved if answer.before != answer.after]
    for start in range(0, len(changed), MOST_IN_AN_ENTRY):
        some = changed[start : start + MOST_IN_AN_ENTRY]
        told = {f"{each.name} from {each.least}" if each.least > 1 else each.name: each for each in some}
        model_admin.note(
            request,
            "change",
            prices,
            [{"changed": {"fields": [f"{len(some)} prices imported"]}}],
            before={name: each.before for name, each in told.items()},
            after={name: each.after for name, each in told.items()},
        )
