"""The page that corrects how a parcel is followed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldBooleanWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.fulfil import FollowedForm
from tenant_shop.orders.carriers import CARRIERS, tracking_link
from tenant_shop.orders.change_tracking import change_tracking, mark_of_parcel
from tenant_shop.orders.errors import ParcelChangedMeanwhile
from tenant_shop.orders.shipments import Shipment

FOLLOWED = ("carrier", "tracking_number", "tracking_url")


class TrackingForm(FollowedForm):
    """`seen` is the mark of the parcel that its user looks at."""

    seen = forms.CharField(max_length=16, widget=forms.HiddenInput)
    tell = forms.BooleanField(
        label="Mail the customer the parcel as it is then", required=False, initial=True, widget=UnfoldBooleanWidget
    )


def tracking_page(request: HttpRequest, order_id: UUID, shipment_id: UUID, page: Any) -> HttpResponseBase:
    """Correct carrier, number and link of a parcel. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    parcel = Shipment.objects.select_related("order").filter(pk=shipment_id, order=order_id).first()
    if parcel is None:
        raise Http404
    form = TrackingForm(request.POST if request.method == "POST" else None, initial=_now(parcel))
    if request.method == "POST" and form.is_valid() and _correct(request, parcel, form, page):
        return redirect("admin:tenant_shop_order_change", order_id)
    context = {
        **page.admin_site.each_context(request),
        "title": f"Correct a parcel of order {parcel.order.order_number}",
        "order": parcel.order,
        "parcel": parcel,
        "opts": page.opts,
        "form": form,
        "carriers": sorted(CARRIERS),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/tracking.html", context, status=status)


def _now(parcel: Shipment) -> dict[str, str]:
    """The carrier's own page follows from carrier and number: it is not written down as a link of the merchant's."""
    known = tracking_link(parcel.carrier, parcel.tracking_number)
    return {
        "seen": mark_of_parcel(parcel),
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "tracking_url": "" if parcel.tracking_url == known else parcel.tracking_url,
    }


def _correct(request: HttpRequest, parcel: Shipment, form: TrackingForm, page: Any) -> bool:
    given = form.cleaned_data
    try:
        with shop_transaction():
            now = change_tracking(parcel.order_id, parcel.pk, actor=str(request.user.pk), **given)
            is_same = mark_of_parcel(now) == given["seen"]
            if not is_same:
                before, after = ({name: getattr(each, name) for name in FOLLOWED} for each in (parcel, now))
                words = [{"changed": {"fields": ["how a parcel is followed"]}}]
                page.note(request, "track", parcel.order, words, before=before, after=after)
    except ParcelChangedMeanwhile as refusal:
        # What they wrote stays; saved once more it is meant for what the parcel is now.
        form.data = request.POST.copy()
        form.data["seen"] = mark_of_parcel(parcel)
        form.add_error(None, f"{refusal} It is now: {parcel}.")
        return False
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return False
    if is_same:
        messages.info(request, "Nothing was different.")
    else:
        told = " The customer is told by mail." if given["tell"] else ""
        messages.success(request, f"The parcel is followed as {now} now.{told}")
    return True
