"""Opening an account: the same answer whether the address has one or not."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.throttle import TooOften, count_mailbox, count_visit
from tenant_shop.companies.errors import InvalidCompany
from tenant_shop.companies.found import read_details
from tenant_shop.customers.errors import AddressTaken, LinkSpent, LogInRefused, WeakPassword
from tenant_shop.customers.passwords import check_strength
from tenant_shop.customers.register import REGISTER, Applicant, open_account
from tenant_shop.customers.register import register as apply
from tenant_shop.customers.tokens import look_at
from tenant_shop.storefront.account.company_forms import CompanyForm
from tenant_shop.storefront.account.entering import enter
from tenant_shop.storefront.account.forms import ConfirmForm, RegisterForm, posted
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.account.spent import link_spent
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.terms import terms_links
from tenant_shop.storefront.visit import Visit

# In an hour: from one address of the network, and mails to one mailbox.
MOST_FROM_ADDRESS, MOST_MAILS = 30, 5


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    visit = Visit(request)
    if visit.customer is not None:
        return redirect("storefront:account")
    if request.method != "POST":
        return _page(visit, RegisterForm(), _company_form(visit))
    form, company_form = RegisterForm(request.POST), _company_form(visit)
    is_company_valid = company_form is None or not company_form.is_bound or company_form.is_valid()
    if not form.is_valid() or not is_company_valid:
        return _page(visit, form, company_form, status=422)
    given = form.cleaned_data
    try:
        company = company_form.details if company_form is not None and company_form.is_bound else {}
        also: dict[str, Any] = {
            "language": visit.language,
            "company": company or None,
            "terms_version": visit.settings.terms_version,
        }
        ask_for_account(visit, Applicant(**given, **also))
    except WeakPassword as refusal:
        for problem in refusal.problems:
            form.add_error("password", problem)
        return _page(visit, form, company_form, status=refusal.status)
    except InvalidCompany as refusal:
        if company_form is not None:
            company_form.blame(refusal)
        return _page(visit, form, company_form, status=refusal.status)
    except TooOften as refusal:
        form.add_error(None, str(refusal))
        return _page(visit, form, company_form, status=refusal.status)
    return account_page(visit, "mail_sent.html", mail_sent(given["email"]))


def _company_form(visit: Visit) -> CompanyForm | None:
    """For who buys for a company; it counts once the company is named."""
    if not visit.settings.company_accounts:
        return None
    posted_name = visit.request.POST.get(f"{CompanyForm.prefix}-name", "").strip()
    data = visit.request.POST if posted_name else None
    return CompanyForm(data, initial={"country": visit.settings.country}, language=visit.language)


def _page(visit: Visit, form: RegisterForm, company_form: CompanyForm | None, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "company_form": company_form, "terms": terms_links(visit.settings)}
    return account_page(visit, "register.html", context, status=status)


def ask_for_account(visit: Visit, applicant: Applicant) -> None:
    """Errors: WeakPassword, InvalidCompany, TooOften."""
    if applicant.company:
        read_details(applicant.company)
    count_visit(visit.request, "register", most=MOST_FROM_ADDRESS)
    check_strength(
        applicant.password, email=applicant.email, first_name=applicant.first_name, last_name=applicant.last_name
    )
    count_mailbox(applicant.email, "register", most=MOST_MAILS)  # what is refused before writes no mail
    apply(applicant)


def mail_sent(email: str) -> dict[str, str]:
    return {
        "title": _("Look into your mailbox"),
        "text": _("We have written to %(email)s. Follow the link in the mail to go on.") % {"email": email},
    }


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link that a mail brought. Looking changes nothing, because mail scanners follow links."""
    visit, form = Visit(request), ConfirmForm(posted(request))
    try:
        waiting = look_at(token, REGISTER)
        if request.method != "POST":
            return _confirm_page(visit, form, waiting.email)
        count_visit(request, "confirm", most=MOST_FROM_ADDRESS)
        if not form.is_valid():
            return _confirm_page(visit, form, waiting.email, status=422)
        customer = open_account(token, form.cleaned_data["password"])
    except TooOften as refusal:
        form.add_error(None, str(refusal))
        return _confirm_page(visit, form, waiting.email, status=refusal.status)
    except LogInRefused as refusal:
        form.add_error("password", _("This is not the password that was chosen with this link."))
        return _confirm_page(visit, form, waiting.email, status=refusal.status)
    except (LinkSpent, AddressTaken) as refusal:
        return link_spent(visit, refusal)
    enter(visit, customer)
    messages.success(request, _("Welcome! Your account is ready."))
    return redirect("storefront:account")


def _confirm_page(visit: Visit, form: ConfirmForm, email: str, *, status: int = 200) -> HttpResponse:
    return account_page(visit, "confirm.html", {"form": form, "email": email}, status=status)
