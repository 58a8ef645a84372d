"""The report of what runs out and how much to order."""

import csv
import io
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from platform_core.tenancy.context import current_tenant
from smartseller.spreadsheet import MARK, safe
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.reorder import Reorder, reorder_report

ON_A_PAGE = 50
MOST_IN_A_FILE = 5_000


class PaceForm(forms.Form):
    """How fast goods sell, and how long an order takes and lasts; days, each with its usual value."""

    days = forms.IntegerField( min_value=1, max_value=365, initial=30, label="Sales of the last … days",
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    lead = forms.IntegerField( min_value=0, max_value=365, initial=14, label="An order takes … days",
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    cover = forms.IntegerField( min_value=0, max_value=365, initial=30, label="And lasts … days",
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    page = forms.IntegerField(required=False, min_value=1, max_value=1000, widget=forms.HiddenInput)


def reorder(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show the report, or send it as CSV."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    usual = {name: str(field.initial) for name, field in PaceForm.base_fields.items() if field.initial is not None}
    form = PaceForm({**usual, **{name: told for name, told in request.GET.items() if told}})
    rows: list[Reorder] = []
    has_more, page, pace = False, 1, {}
    if form.is_valid():
        pace = {name: form.cleaned_data[name] for name in ("days", "lead", "cover")}
        page = form.cleaned_data["page"] or 1
        shop = shop_settings()
        today = timezone.now().astimezone(shop.zone).date()
        if "csv" in request.GET:
            return _file(reorder_report(today, zone=shop.zone, **pace, limit=MOST_IN_A_FILE)[0])
        start = (page - 1) * ON_A_PAGE
        rows, has_more = reorder_report(today, zone=shop.zone, **pace, start=start, limit=ON_A_PAGE)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "What to reorder",
        "opts": model_admin.opts,
        "form": form,
        "rows": rows,
        "query": "&".join(f"{name}={value}" for name, value in pace.items()),
        "earlier": page - 1,
        "later": page + 1 if has_more else 0,
    }
    return TemplateResponse(request, "admin/shop/reorder.html", context, status=422 if form.errors else 200)


def _file(rows: list[Reorder]) -> HttpResponse:
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(["Product", "Variant", "SKU", "In stock", "Threshold", "Sold", "Days left", "Suggested"])
    for row in rows:
        left = "" if row.days_left is None else row.days_left
        named = [safe(row.name), safe(row.options), safe(row.sku)]
        sheet.writerow([*named, row.stock, row.threshold, row.sold, left, row.suggested])
    response = HttpResponse(MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{current_tenant().slug}-reorder.csv"'
    return response
