"""Choosing a new password: with the old one, or by a mail."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.throttle import TooOften, count_mailbox, count_visit
from tenant_shop.customers.errors import LinkSpent, WeakPassword, WrongPassword
from tenant_shop.customers.models import Customer
from tenant_shop.customers.passwords import change_password as change
from tenant_shop.customers.reset import RESET, ask_for_reset
from tenant_shop.customers.reset import reset_password as reset
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.customers.tokens import look_at
from tenant_shop.storefront.account.entering import enter
from tenant_shop.storefront.account.forms import ChangePasswordForm, EmailForm, NewPasswordForm, posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.account.registering import mail_sent
from tenant_shop.storefront.account.spent import link_spent
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.signed_in import remember
from tenant_shop.storefront.visit import Visit

# In an hour: from one address of the network, mails to one mailbox, and tries of one customer's own password.
MOST_FROM_ADDRESS, MOST_MAILS, MOST_TRIES = 30, 5, 10


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_request(request: HttpRequest) -> HttpResponse:
    visit = Visit(request)
    if request.method != "POST":
        return account_page(visit, "reset_request.html", {"form": EmailForm()})
    form = EmailForm(request.POST)
    if not form.is_valid():
        return account_page(visit, "reset_request.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    try:
        count_visit(request, "reset", most=MOST_FROM_ADDRESS)
        count_mailbox(email, "reset", most=MOST_MAILS)
    except TooOften as refusal:
        form.add_error(None, str(refusal))
        return account_page(visit, "reset_request.html", {"form": form}, status=refusal.status)
    ask_for_reset(email, language=visit.language)
    context = mail_sent(email)
    context["text"] = _(
        "If there is an account with the address %(email)s, we have written to it. Follow the link in the mail to "
        "choose a new password."
    ) % {"email": email}
    return account_page(visit, "mail_sent.html", context)


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest, token: str) -> HttpResponse:
    visit, form = Visit(request), NewPasswordForm(posted(request))
    try:
        email = look_at(token, RESET).email
        if request.method != "POST":
            return account_page(visit, "reset.html", {"form": form, "email": email})
        if not form.is_valid():
            return account_page(visit, "reset.html", {"form": form, "email": email}, status=422)
        customer = reset(token, form.cleaned_data["password"])
    except WeakPassword as refusal:
        for problem in refusal.problems:
            form.add_error("password", problem)
        return account_page(visit, "reset.html", {"form": form, "email": email}, status=refusal.status)
    except LinkSpent as refusal:
        return link_spent(visit, refusal)
    enter(visit, customer)
    messages.success(request, _("Your new password holds. You are logged out everywhere else."))
    return redirect("storefront:account")


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def change_password(visit: Visit, customer: Customer) -> HttpResponse:
    form = ChangePasswordForm(posted(visit.request))
    if visit.request.method != "POST":
        return account_page(visit, "password.html", {"form": form}, here="profile")
    session = cast("CustomerSession", visit.signed_in)  # there is a customer
    status = 422
    if form.is_valid():
        try:
            count_mailbox(customer.email, "password", most=MOST_TRIES)
            change(customer, old=form.cleaned_data["old"], new=form.cleaned_data["password"], session=session)
        except WrongPassword as refusal:
            form.add_error("old", str(refusal))
            status = refusal.status
        except WeakPassword as refusal:
            for problem in refusal.problems:
                form.add_error("password", problem)
        except TooOften as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            visit.request.session.cycle_key()
            remember(visit.request, session)
            messages.success(visit.request, _("Your new password holds. You are logged out everywhere else."))
            return redirect("storefront:profile")
    return account_page(visit, "password.html", {"form": form}, here="profile", status=status)
