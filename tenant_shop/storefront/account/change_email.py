"""Moving the account to another mailbox."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.formats import number
from smartseller.throttle import TooOften, count_mailbox
from tenant_shop.customers.change_email import CONFIRM, UNDO, agree_to_change, ask_to_change_email, change_of
from tenant_shop.customers.change_email import confirm_email as prove
from tenant_shop.customers.change_email import undo_email as undo
from tenant_shop.customers.errors import AddressTaken, LinkSpent, WrongPassword
from tenant_shop.customers.models import Customer
from tenant_shop.customers.tokens import SILENT_FOR, CustomerToken, look_at
from tenant_shop.storefront.account.forms import ChangeEmailForm, posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.account.spent import link_spent
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

# In an hour, of one customer.
MOST_CHANGES = 5


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def change_email(visit: Visit, customer: Customer) -> HttpResponse:
    form, status = ChangeEmailForm(posted(visit.request)), 200
    if form.is_bound:
        status = 422
    if form.is_valid():
        try:
            count_mailbox(customer.email, "change-email", most=MOST_CHANGES)
            ask_to_change_email(customer, form.cleaned_data["email"], password=form.cleaned_data["password"])
        except WrongPassword as refusal:
            form.add_error("password", str(refusal))
            status = refusal.status
        except TooOften as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            sentence = _("We have written to %(email)s and to your address now. Please follow the links in both mails.")
            messages.success(visit.request, sentence % {"email": form.cleaned_data["email"]})
            return redirect("storefront:profile")
    context = {"form": form, "silent_days": SILENT_FOR.days}
    return account_page(visit, "email.html", context, here="profile", status=status)


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, because mail scanners follow links; the button does."""

    def do() -> HttpResponse:
        return _moved_or_waiting(request, prove(token), _in_days(SILENT_FOR.days))

    context = {
        "title": _("Confirm your new e-mail address"),
        "text": _("Your account is to use %(email)s from now on."),
        "button": _("Confirm the address"),
    }
    return _link(Visit(request), token, CONFIRM, context, do)


def _in_days(days: int) -> str:
    return ngettext(
        "Thank you. Now agree to it by the link in the mail to your old address: your account moves at once. If you "
        "cannot read that mail any more, it moves in %(number)s day.",
        "Thank you. Now agree to it by the link in the mail to your old address: your account moves at once. If you "
        "cannot read that mail any more, it moves in %(number)s days.",
        days,
    ) % {"number": number(days)}


def _moved_or_waiting(request: HttpRequest, moved: Customer | None, waiting: str) -> HttpResponse:
    if moved is None:
        messages.success(request, waiting)
    else:
        messages.success(request, _("Your account uses %(email)s from now on.") % {"email": moved.email})
    return redirect("storefront:account")


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_email(request: HttpRequest, token: str) -> HttpResponse:
    """The old mailbox's answer: agree, as long as that is asked, or undo."""

    def do() -> HttpResponse:
        if "agree" in request.POST:
            waiting = _("Thank you. Your account moves once the new address has confirmed.")
            return _moved_or_waiting(request, agree_to_change(token), waiting)
        link = undo(token)
        messages.success(request, _("Your account keeps its address. Please choose a new password now."))
        return redirect("storefront:reset_password", link)

    context = {
        "title": _("Undo the change of your e-mail address"),
        "text": _("Your account keeps %(email)s, everybody is logged out, and you choose a new password."),
        "button": _("Undo the change"),
    }
    return _link(Visit(request), token, UNDO, context, do)


def _link(
    visit: Visit,
    token: str,
    purpose: CustomerToken.Purpose,
    context: dict[str, str],
    do: Callable[[], HttpResponse],
) -> HttpResponse:
    try:
        if visit.request.method == "POST":
            return do()
        waiting = look_at(token, purpose)
    except (LinkSpent, AddressTaken) as refusal:
        return link_spent(visit, refusal)
    context["text"] %= {"email": waiting.email}
    change = change_of(waiting) if purpose == UNDO else None
    if change is None or change.payload.get("agreed"):
        return account_page(visit, "link.html", context)
    return account_page(visit, "agree.html", context | {"new_email": change.email})
