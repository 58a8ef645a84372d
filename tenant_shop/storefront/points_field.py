"""The field of the checkout that says how many points are spent."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import number, percent
from tenant_shop.loyalty.rules import SpendingRules, loyalty_rules
from tenant_shop.loyalty.spending import Purse, worth_of
from tenant_shop.orders.quote import Quote
from tenant_shop.storefront.visit import Visit


def spending_rules(visit: Visit) -> SpendingRules | None:
    """How this visitor may spend points; None for guests, where they cannot be spent, and for who has too few.

    Points are a person's own: who buys for a company keeps them.
    """
    rules = loyalty_rules(visit.settings.loyalty).spending
    if rules is None or visit.customer is None or visit.customer.loyalty_points < rules.least:
        return None
    if visit.company is not None:
        return None
    return rules


@dataclass(frozen=True, slots=True)
class TypedPoints:
    """What stands in the field: as it was typed, how many points that is, and what is wrong with it, if anything is."""

    typed: Any
    points: int
    wrong: tuple[str, ...] = ()


def points_in(form: forms.Form) -> TypedPoints:
    """What the checkout's form says about points, sent off or not yet."""
    if "points" not in form.fields:
        return TypedPoints("", 0)
    typed = form["points"].value()
    try:
        return TypedPoints(typed, form.fields["points"].clean(typed) or 0)
    except ValidationError as error:
        return TypedPoints(typed, 0, tuple(error.messages))


def purse_of(visit: Visit, wanted: int) -> Purse | None:
    """What the visitor wants to spend; None where there is no such field."""
    if spending_rules(visit) is None or visit.customer is None:
        return None
    return Purse(balance=visit.customer.loyalty_points, wanted=wanted)


def points_context(visit: Visit, priced: Quote, wish: TypedPoints) -> dict[str, Any] | None:
    """The field in the words of its template; None where there is none."""
    rules = spending_rules(visit)
    if rules is None or visit.customer is None:
        return None
    return {
        "value": priced.points or (wish.typed if wish.wrong or wish.points else ""),
        "help": _help(rules, visit, priced.most_points),
        "taken": visit.money(priced.points_amount) if priced.points else "",
        "wrong": wish.wrong or ((priced.points_remark,) if priced.points_remark else ()),
    }


def points_note(visit: Visit) -> str:
    """What the cart says of the visitor's points; "" where they cannot be spent."""
    rules = spending_rules(visit)
    if rules is None or visit.customer is None:
        return ""
    balance = visit.customer.loyalty_points
    return _("You have %(points)s, worth up to %(amount)s. Spend them at checkout.") % {
        "points": points_text(balance),
        "amount": visit.money(worth_of(rules, balance, visit.settings.currency)),
    }


def points_text(points: int) -> str:
    return ngettext("%(number)s point", "%(number)s points", points) % {"number": number(points)}


def _help(rules: SpendingRules, visit: Visit, most: int) -> str:
    currency = visit.settings.currency
    balance = visit.customer.loyalty_points if visit.customer else 0
    sentences = [
        _("You have %(points)s; %(least)s take %(amount)s off.")
        % {
            "points": points_text(balance),
            "least": number(rules.least),
            "amount": visit.money(worth_of(rules, rules.least, currency)),
        }
    ]
    if most:
        sentences.append(_("Up to %(most)s can be spent on this order.") % {"most": number(most)})
    elif rules.share < 1:
        sentences.append(_("They pay at most %(share)s of the goods.") % {"share": percent(rules.share * 100)})
    if not rules.beside_discounts:
        sentences.append(_("Not beside a discount."))
    return " ".join(sentences)
