"""What states and reasons are called on a customer's pages."""

from django.utils.translation import gettext_lazy as _

from tenant_shop.returns.models import Return

RETURN_STATES = {
    Return.Status.REQUESTED: _("Requested: the shop will answer"),
    Return.Status.APPROVED: _("Approved: please send it back"),
    Return.Status.RECEIVED: _("Arrived at the shop"),
    Return.Status.REFUNDED: _("Refunded"),
    Return.Status.DECLINED: _("Declined"),
}
REASONS = {
    Return.Reason.DAMAGED: _("It is damaged"),
    Return.Reason.WRONG_ITEM: _("It is not what I ordered"),
    Return.Reason.NOT_AS_DESCRIBED: _("It is not as described"),
    Return.Reason.DOES_NOT_FIT: _("It does not fit"),
    Return.Reason.CHANGED_MIND: _("I do not want it after all"),
}
