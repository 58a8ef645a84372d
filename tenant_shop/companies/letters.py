"""What the mails to a company's people say, in the language that is active."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from smartseller.letter import Letter
from tenant_shop.customers.letter import Kind

Facts = Mapping[str, str]


def _approved(shop: str, _link: str, facts: Facts) -> Letter:
    return Letter(
        title=_("Your company can order now"),
        paragraphs=(
            _("%(shop)s has approved the account of %(company)s. Your orders are the company's from now on.")
            % {"shop": shop, "company": facts["company"]},
            _("You can invite the others who are to buy for it."),
        ),
        button=_("Go to your company"),
        path="/account/company/",
    )


def _blocked(shop: str, _link: str, facts: Facts) -> Letter:
    said = (facts["reason"],) if facts["reason"] else ()
    return Letter(
        title=_("Your company account"),
        paragraphs=(
            _("%(shop)s does not sell to %(company)s on a company account. You can still order for yourself.")
            % {"shop": shop, "company": facts["company"]},
            *said,
        ),
        note=_("Questions? Just answer this mail."),
    )


def _invites(shop: str, link: str, facts: Facts) -> Letter:
    return Letter(
        # Not the company's name: what strangers call themselves is no subject of the shop's mails.
        title=_("You are invited to buy for a company"),
        paragraphs=(
            _("%(company)s invites you to buy for it at %(shop)s.") % {"shop": shop, "company": facts["company"]},
        ),
        button=_("See the invitation") if link else "",
        path=f"/account/company/join/{link}/" if link else "",
        note=_("The link works once, for 14 days. If you know nothing of this, ignore this mail."),
    )


def _waits(shop: str, _link: str, facts: Facts) -> Letter:
    return Letter(
        title=_("A purchase waits for your approval"),
        paragraphs=(
            _("Somebody at %(company)s would like to order for %(total)s at %(shop)s.")
            % {"shop": shop, "company": facts["company"], "total": facts["total"]},
        ),
        button=_("See the request"),
        path=f"/account/company/requests/{facts['request']}/",
        note=_("Nothing is ordered before you approve it."),
    )


def _rejected(shop: str, _link: str, facts: Facts) -> Letter:
    said = (_("The reason: %(reason)s") % {"reason": facts["reason"]},) if facts["reason"] else ()
    return Letter(
        title=_("Your purchase was not approved"),
        paragraphs=(
            _("%(company)s has not approved your purchase at %(shop)s.") % {"shop": shop, "company": facts["company"]},
            *said,
            _back(facts),
        ),
        **_way_back(facts),
    )


def _expired(shop: str, _link: str, facts: Facts) -> Letter:
    return Letter(
        title=_("Nobody approved your purchase"),
        paragraphs=(
            _("Nobody at %(company)s has decided on your purchase at %(shop)s in time.")
            % {"shop": shop, "company": facts["company"]},
            _back(facts),
        ),
        **_way_back(facts),
    )


def _back(facts: Facts) -> str:
    """Where what was not ordered is now."""
    if "offer" in facts:
        return _("The shop's offer is as it was.")
    return _("What you wanted to order is in your cart again.")


def _way_back(facts: Facts) -> dict[str, Any]:
    if "offer" in facts:
        return {"button": _("See the offer"), "path": f"/quotes/{facts['offer']}/"}
    return {"button": _("Go to the cart"), "path": "/cart/"}


COMPANY_LETTERS: dict[Kind, Callable[[str, str, Facts], Letter]] = {
    Kind.COMPANY_APPROVED: _approved,
    Kind.COMPANY_BLOCKED: _blocked,
    Kind.COMPANY_INVITES: _invites,
    Kind.REQUEST_WAITS: _waits,
    Kind.REQUEST_REJECTED: _rejected,
    Kind.REQUEST_EXPIRED: _expired,
}
