"""The personal parts of a page: the same for everybody in the page itself, filled in for the visitor at the end.

A template marks one by `{% personal "cart" %}` and shows there what a stranger gets. Pages are shared between visitors
only before they are filled, so nothing personal may stand in a page but here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from tenant_shop.storefront.visit import Visit

# Who sends none of these is a stranger: nothing can be known of them.
MESSAGES_COOKIE = "messages"  # django.contrib.messages.storage.cookie


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the page. `facts` are the template's context for a visitor who is known, `of_stranger` for the others.

    `facts` costs statements only where it must: the session is one, the customer another, the count of
    the cart another.
    """

    template: str
    facts: Callable[[Visit], Mapping[str, Any]]
    of_stranger: Mapping[str, Any]


def _cart(visit: Visit) -> dict[str, Any]:
    return {"cart_count": visit.item_count}


def _account(visit: Visit) -> dict[str, Any]:
    return {"is_customer": visit.customer_id is not None}


def _messages(visit: Visit) -> dict[str, Any]:
    return {"messages": get_messages(visit.request)}


PARTS = {
    "account": Part(
        template="storefront/_account_link.html",
        facts=_account,
        of_stranger={"is_customer": False},
    ),
    "cart": Part(
        template="storefront/_cart_link.html",
        facts=_cart,
        of_stranger={"cart_count": 0},
    ),
    "messages": Part(
        template="storefront/_messages.html",
        facts=_messages,
        of_stranger={"messages": []},
    ),
}
# Merchants' texts cannot hold comments: they are escaped, or cleaned of them.
MARKED = "<!--personal {name}-->{content}<!--/personal {name}-->"
MARKS = re.compile(r"<!--personal (\w+)-->.*?<!--/personal \1-->", re.DOTALL)


def is_stranger(request: HttpRequest) -> bool:
    """Whether the request says nothing of who sends it."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and MESSAGES_COOKIE not in request.COOKIES


def mark(name: str) -> str:
    """The part as strangers see it, with its place marked. Errors: KeyError when there is no such part."""
    part = PARTS[name]
    return MARKED.format(name=name, content=render_to_string(part.template, dict(part.of_stranger)))


def fill(body: str, visit: Visit) -> str:
    """`body` with the visitor's own parts in the marked places."""
    if is_stranger(visit.request) and not len(get_messages(visit.request)):
        return body
    return MARKS.sub(lambda place: _content(place[1], visit), body)


def _content(name: str, visit: Visit) -> str:
    part = PARTS[name]
    return render_to_string(part.template, dict(part.facts(visit)))
