"""Who gets in, and how: what the owner decides about the shop's people and SmartSeller's."""

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldBooleanSwitchWidget

from platform_core.accounts.shop_security import change_shop_security, read_shop_security, visits_of
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import platform_url
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.fresh import session_of, when_fresh_to
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.staff import SAME


class SecurityForm(forms.Form):
    """The two switches."""

    staff_two_factor = forms.BooleanField(
        label="Everybody who works here needs two-factor log-in",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Whoever has not switched it on in the own account stays outside from the next click on.",
    )
    support_may_enter = forms.BooleanField(
        label="SmartSeller's support may log in as one of us",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="For a reason and for an hour at most; every page they look at stands in your audit log. They never "
        "see archives, and change neither people, keys, payments nor bills. Switched off, running visits end.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_security")
def security(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The switches, and who of SmartSeller's was here lately."""
    _check(request, "change" if request.method == "POST" else "view")
    shop_id = current_tenant().id
    given = request.POST if request.method == "POST" else None  # both switches off send nothing
    form = SecurityForm(given, initial=read_shop_security(shop_id))
    if request.method == "POST" and form.is_valid():
        try:
            is_other = change_shop_security(
                shop_id, **form.cleaned_data, actor=session_of(request).user, origin=origin_of(request)
            )
        except RuleViolation as refusal:
            form.add_error("staff_two_factor", str(refusal))
        else:
            messages.success(request, "Saved. It holds from the next click on." if is_other else SAME)
            return redirect("admin:security")
    context = {
        **site.each_context(request),
        "title": "Security",
        "form": form,
        "may_change": request.user.has_perm("tenant_shop.change_security"),
        "visits": visits_of(shop_id),
        "account_url": platform_url("/account/"),
    }
    return TemplateResponse(request, "admin/shop/security.html", context, status=422 if form.errors else 200)


def _check(request: HttpRequest, action: str) -> None:
    if not request.user.has_perm(f"tenant_shop.{action}_security"):
        raise PermissionDenied
