"""The link of an invitation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.throttle import TooOften, count_visit
from tenant_shop.companies.errors import AlreadyMember, WrongMailbox
from tenant_shop.companies.join import invitation, join_company, join_with_new_account
from tenant_shop.customers.errors import AddressTaken, LinkSpent, WeakPassword
from tenant_shop.customers.find import customer_by_email, normal_email
from tenant_shop.storefront.account.company_forms import JoinForm
from tenant_shop.storefront.account.company_gate import only_with_companies
from tenant_shop.storefront.account.entering import enter
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.account.registering import MOST_FROM_ADDRESS
from tenant_shop.storefront.account.spent import link_spent
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.terms import terms_links
from tenant_shop.storefront.visit import Visit


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, because mail scanners follow links; the button does. Who reads the mail is told whether
    the mailbox has an account here."""
    visit = Visit(request)
    only_with_companies(visit)
    try:
        waiting, company = invitation(token)
    except LinkSpent as refusal:
        return link_spent(visit, refusal)
    context: dict[str, Any] = {"company": company.name, "email": waiting.email}
    if visit.customer is not None:
        return _join(visit, token, context)
    account = customer_by_email(waiting.email)
    if account is not None and account.email_verified:
        here = reverse("storefront:company_join", args=[token])
        context["log_in_url"] = f"{reverse('storefront:log_in')}?{urlencode({'next': here})}"
        return account_page(visit, "company_join.html", context)
    return _open_account(visit, token, context)


def _join(visit: Visit, token: str, context: dict[str, Any]) -> HttpResponse:
    customer = visit.customer
    assert customer is not None  # noqa: S101 - asked by the caller
    context["is_ready"] = normal_email(customer.email) == context["email"]
    status = 200
    if visit.request.method == "POST":
        try:
            member = join_company(token, customer)
        except (WrongMailbox, AlreadyMember) as refusal:
            context["problem"], status = str(refusal), refusal.status
        except LinkSpent as refusal:
            return link_spent(visit, refusal)
        else:
            return _welcome(visit, member.company.name)
    return account_page(visit, "company_join.html", context, status=status)


def _open_account(visit: Visit, token: str, context: dict[str, Any]) -> HttpResponse:
    form = JoinForm(posted(visit.request))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            count_visit(visit.request, "confirm", most=MOST_FROM_ADDRESS)
            also = {"language": visit.language, "terms_version": visit.settings.terms_version}
            customer = join_with_new_account(token, **form.cleaned_data, **also)
        except WeakPassword as refusal:
            for problem in refusal.problems:
                form.add_error("password", problem)
        except TooOften as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        except (LinkSpent, AddressTaken) as refusal:
            return link_spent(visit, refusal)
        else:
            enter(visit, customer)
            return _welcome(visit, context["company"])
    context |= {"form": form, "terms": terms_links(visit.settings)}
    return account_page(visit, "company_join.html", context, status=status)


def _welcome(visit: Visit, company: str) -> HttpResponse:
    messages.success(visit.request, _("Welcome! You buy for %(company)s now.") % {"company": company})
    return redirect("storefront:company")
