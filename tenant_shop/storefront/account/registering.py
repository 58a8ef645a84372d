"""Opening an account: the same answer whether the address has one or not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenant_shop.customers.errors import AddressTaken, LinkSpent, LogInRefused, WeakPassword
from tenant_shop.customers.passwords import check_strength
from tenant_shop.customers.register import REGISTER, Applicant, open_account
from tenant_shop.customers.register import register as apply
from tenant_shop.customers.tokens import look_at
from tenant_shop.storefront.account.entering import enter
from tenant_shop.storefront.account.forms import ConfirmForm, RegisterForm, posted
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.account.spent import link_spent
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.throttle import TooOften, count_mailbox, count_visit
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
        return account_page(visit, "register.html", {"form": RegisterForm()})
    form = RegisterForm(request.POST)
    if not form.is_valid():
        return account_page(visit, "register.html", {"form": form}, status=422)
    given = form.cleaned_data
    try:
        ask_for_account(visit, Applicant(**given, language=visit.language))
    except WeakPassword as refusal:
        for problem in refusal.problems:
            form.add_error("password", problem)
        return account_page(visit, "register.html", {"form": form}, status=refusal.status)
    except TooOften as refusal:
        form.add_error(None, str(refusal))
        return account_page(visit, "register.html", {"form": form}, status=refusal.status)
    return account_page(visit, "mail_sent.html", mail_sent(given["email"]))


def ask_for_account(visit: Visit, applicant: Applicant) -> None:
    """Errors: WeakPassword, TooOften."""
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
