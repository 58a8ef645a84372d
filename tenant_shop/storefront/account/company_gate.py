"""Pages that only a company's people get."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from tenant_shop.companies.models import CompanyMember
from tenant_shop.customers.models import Customer
from tenant_shop.storefront.account.gate import View, for_customers
from tenant_shop.storefront.visit import Visit

Parameters = ParamSpec("Parameters")
MembersView = Callable[Concatenate[Visit, CompanyMember, Parameters], HttpResponse]


def for_members(view: MembersView[Parameters]) -> View:
    """As `for_customers`; who belongs to no company, or not any more, is led to the company's own page."""

    def guarded(
        visit: Visit, customer: Customer, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        only_with_companies(visit)
        if visit.member is None or not visit.member.is_active:
            return redirect("storefront:company")
        return view(visit, visit.member, *args, **kwargs)

    return wraps(view)(for_customers(guarded))


def only_with_companies(visit: Visit) -> None:
    """Errors: Http404 in a shop without company accounts."""
    if not visit.settings.company_accounts:
        raise Http404
