"""The shop's own domains: naming one, proving it, choosing where shoppers find the shop, and giving one up."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from platform_core.plans.limits import Feature
from platform_core.tenancy import directory
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.domains.check import check_domain, had_another_owner
from platform_core.tenancy.domains.claim import MOST_DOMAINS, claim_domain, give_up_domain, make_primary
from platform_core.tenancy.domains.letters import GONE_FOR
from platform_core.tenancy.domains.look_up import record_name, record_text, shops_host
from platform_core.tenancy.domains.models import DomainState, TenantDomain
from platform_core.tenancy.domains.read import domains_of
from platform_core.tenancy.hosts import shop_url
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.origin import origin_of

WAITS = (DomainState.PENDING, DomainState.LOST)


class DomainForm(forms.Form):
    domain = forms.CharField(
        label="Domain",
        max_length=300,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
        help_text="Such as www.example.com. You buy it from a registrar; it goes on being yours.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The domains and how each stands, and the form that names another."""
    _check(request)
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            claim = claim_domain(current_tenant().id, form.cleaned_data["domain"], origin=origin_of(request))
        except RuleViolation as refusal:
            form.add_error("domain", str(refusal))
        else:
            messages.success(request, f"Now show that {claim.domain} is yours: add the record below at your registrar.")
            return redirect("admin:domains")
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Domains",
        "form": form,
        **_listed(),
    }
    return TemplateResponse(request, "admin/shop/domains.html", context, status=422 if form.errors else 200)


@require_POST
def domain_do(request: HttpRequest, domain_id: UUID, site: AdminSite) -> HttpResponseBase:
    """`do` says what: look for the proof, lead shoppers there, or give it up."""
    _check(request)
    verb = VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    try:
        verb(request, domain_id)
    except TenantDomain.DoesNotExist as error:
        raise Http404 from error
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect("admin:domains")


def _look(request: HttpRequest, domain_id: UUID) -> None:
    found = check_domain(current_tenant().id, domain_id, at=timezone.now(), origin=origin_of(request))
    messages.success(request, f"{found.domain} is yours. Its certificate is made at the first visit.")


def _lead(request: HttpRequest, domain_id: UUID) -> None:
    found = make_primary(current_tenant().id, domain_id, origin=origin_of(request))
    messages.success(request, f"Shoppers find your shop at {found.domain} now.")


def _remove(request: HttpRequest, domain_id: UUID) -> None:
    found = give_up_domain(current_tenant().id, domain_id, origin=origin_of(request))
    messages.success(request, f"Your shop does not answer at {found.domain} any more.")


VERBS = {"look": _look, "primary": _lead, "remove": _remove}


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("tenant_shop.change_setting"):
        raise PermissionDenied


def _listed() -> dict[str, Any]:
    """Three statements to the platform's database."""
    shop = directory.read_now(current_tenant().id)
    claims = domains_of(shop.id)
    return {
        "is_included": shop.plan_terms.includes(Feature.CUSTOM_DOMAIN),
        "plan": shop.plan_terms.plan,
        "most": MOST_DOMAINS,
        "own_host": shops_host(shop.slug),
        "own_url": shop_url(shop.slug),
        "primary": shop.domain,
        "cname_counts": not had_another_owner(shop),
        "domains": [
            {
                "claim": claim,
                "is_primary": claim.state == DomainState.VERIFIED and claim.domain == shop.domain,
                "is_verified": claim.state == DomainState.VERIFIED,
                "waits": claim.state in WAITS,
                "record_name": record_name(claim.domain),
                "record_text": record_text(claim),
                "is_apex": claim.domain.count(".") == 1,
                "gone_at": claim.failing_since + GONE_FOR if claim.failing_since else None,
            }
            for claim in claims
        ],
    }
