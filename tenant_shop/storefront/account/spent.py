"""A link in a mail that leads nowhere any more."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation
from tenant_shop.storefront.account.gate import account_page
from tenant_shop.storefront.visit import Visit


def link_spent(visit: Visit, refusal: RuleViolation) -> HttpResponse:
    """The page that says why, with the ways on. No link of a mail is told to other sites."""
    context = {"title": _("This link leads nowhere"), "text": str(refusal)}
    return account_page(visit, "mail_sent.html", context, status=refusal.status)
