"""Keeping views of lists, renaming them and throwing them away."""

from typing import ClassVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.configuration.saved_views.models import SavedView

LONGEST_NAME, LONGEST_QUERY = 60, 1000
MOST_VIEWS = 30
# What an address says besides of what is listed: the page, and what Django's own windows carry.
PASSING = frozenset({"p", "e", "all", "_popup", "_to_field", "_changelist_filters"})


class ViewNotKept(RuleViolation):
    """A view without a name of its own, of too much, or one too many."""

    code = "view_not_kept"
    status: ClassVar[int] = 422


class ViewNotFound(RuleViolation):
    """There is no such view, or it is somebody else's own."""

    code = "view_not_found"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__("There is no such view any more.")


def tidy_query(query: str) -> str:
    """What of a list's address says what is listed, always in the same order: the same view is the same text."""
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in PASSING and value]
    return urlencode(sorted(pairs))


def views_of(page: str, *, owner: str) -> list[SavedView]:
    """The views of a list that a user sees: the shop's, and their own. One statement."""
    return list(_seen_by(owner).filter(page=page))


def keep_view(page: str, name: str, query: str, *, is_shared: bool, owner: str) -> SavedView:
    """Keep a list as it stands. `owner` is a user's id. Errors: ViewNotKept, and nothing changes then."""
    words, tidied = _named(name), tidy_query(query)
    if len(tidied) > LONGEST_QUERY:
        raise ViewNotKept("This list is narrowed by too much to be kept.")
    with shop_transaction():
        if _seen_by(owner).filter(page=page).count() >= MOST_VIEWS:
            raise ViewNotKept(f"A list has up to {MOST_VIEWS} views. Delete one first.")
        return _written(SavedView(page=page, name=words, query=tidied, is_shared=is_shared, owner=owner))


def rename_view(view_id: UUID, name: str, *, owner: str) -> SavedView:
    """Call a view by another name. Errors: ViewNotFound, ViewNotKept."""
    words = _named(name)
    with shop_transaction():
        view = _own(view_id, owner)
        view.name = words
        return _written(view)


def delete_view(view_id: UUID, *, owner: str) -> SavedView:
    """Throw a view away; what it listed stays. Errors: ViewNotFound."""
    with shop_transaction():
        view = _own(view_id, owner)
        SavedView.objects.filter(pk=view.pk).delete()
    return view


def _seen_by(owner: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(is_shared=True) | Q(owner=owner))


def _own(view_id: UUID, owner: str) -> SavedView:
    view = _seen_by(owner).select_for_update().filter(pk=view_id).first()
    if view is None:
        raise ViewNotFound
    return view


def _named(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME:
        raise ViewNotKept(f"Give the view a name of up to {LONGEST_NAME} characters.")
    return words


def _written(view: SavedView) -> SavedView:
    try:
        with shop_transaction():
            view.save()
    except IntegrityError as error:
        raise ViewNotKept(f"There is a view called {view.name} already.") from error
    return view
