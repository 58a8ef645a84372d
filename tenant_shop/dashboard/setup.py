"""Taking steps off the set-up list, and bringing them back."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.backoffice.access import staff_required
from tenant_shop.backoffice.settings_page import note_change
from tenant_shop.configuration.setup_steps import bring_back_steps, dismiss_steps
from tenant_shop.dashboard.checklist import NAMES

RUNS_SHOP = "tenant_shop.change_setting"


@require_POST
@staff_required
def setup(request: HttpRequest) -> HttpResponse:
    """`dismiss` is a step's name or "all"; without it every step comes back."""
    if not request.user.has_perm(RUNS_SHOP):
        raise PermissionDenied
    name = request.POST.get("dismiss", "")
    if name and name not in (*NAMES, "all"):
        return HttpResponseBadRequest("There is no such step.")
    with shop_transaction():
        changed = dismiss_steps(NAMES if name == "all" else [name]) if name else bring_back_steps()
        if changed:
            note_change(request, ["Set-up list"])
    return redirect("dashboard:home")
