"""Categories as a tree, with buttons that move them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.move_category import Branch, CannotMove, Move, branches, move_category, place_category

WORDS = {Move.UP: "up", Move.DOWN: "down", Move.IN: "in", Move.OUT: "out"}
LONGEST_PLACE = 6


def tree_page(request: HttpRequest, page: Any) -> HttpResponse:
    """All categories, each below its parent. One SELECT of them. `page` is the categories' page (CategoryAdmin)."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not page.has_view_permission(request):
        raise PermissionDenied
    rows = Category.objects.annotate(product_count=Count("products")).order_by("sort_order", "name", "pk")
    tree = branches(list(rows.only("name", "parent_id", "sort_order", "is_active")))
    totals, moves = _totals(tree), _moves(tree)
    context = {
        **page.admin_site.each_context(request),
        "title": "Categories as a tree",
        "opts": page.opts,
        "may_move": page.has_change_permission(request),
        "branches": [(branch, totals[branch.category.pk], moves[branch.category.pk]) for branch in tree],
    }
    return TemplateResponse(request, "admin/shop/category_tree.html", context)


def _totals(tree: list[Branch]) -> dict[UUID, int]:
    """How many products there are in each category and below it."""
    totals: dict[UUID, int] = {}
    for branch in reversed(tree):
        own: int = branch.category.product_count  # type: ignore[attr-defined]
        totals[branch.category.pk] = own + sum(totals.get(child.category.pk, 0) for child in branch.below)
    return totals


def _moves(tree: list[Branch]) -> dict[UUID, list[Move]]:
    """What the buttons of each offer."""
    beside: dict[UUID | None, list[Branch]] = {}
    for branch in tree:
        beside.setdefault(branch.category.parent_id, []).append(branch)
    return {
        branch.category.pk: [
            *([Move.UP] if place else []),
            *([Move.DOWN] if place < len(neighbours) - 1 else []),
            *([Move.IN] if place else []),
            *([Move.OUT] if branch.depth else []),
        ]
        for neighbours in beside.values()
        for place, branch in enumerate(neighbours)
    }


def move_page(request: HttpRequest, category_id: UUID, page: Any) -> HttpResponseBase:
    """The buttons, by one step; and whatever was dragged, to its place among those below a category or at the top."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    category = get_object_or_404(Category, pk=category_id)
    if not page.has_change_permission(request, category):
        raise PermissionDenied
    asked = _asked(request)
    if asked is None:
        return HttpResponseBadRequest("No such move.")
    before = {"parent": str(category.parent_id or ""), "sort_order": category.sort_order}
    try:
        with shop_transaction():
            if isinstance(asked, Move):
                moved, words = move_category(category_id, asked), f"moved {WORDS[asked]}"
            else:
                moved, words = place_category(category_id, parent_id=asked.parent_id, place=asked.place), "moved"
            after = {"parent": str(moved.parent_id or ""), "sort_order": moved.sort_order}
            page.note(request, "change", moved, [{"changed": {"fields": [words]}}], before=before, after=after)
    except Category.DoesNotExist:
        messages.error(request, f"{category.name} was not moved: somebody has deleted where it was to go.")
    except CannotMove as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{moved.name} was {words}.")
    response = redirect("admin:tenant_shop_category_tree")
    response["Location"] += f"#category-{category_id}"
    return response


@dataclass(frozen=True, slots=True)
class Place:
    """Below which category, None for the top, and before the how manieth of those that are there besides."""

    parent_id: UUID | None
    place: int


def _asked(request: HttpRequest) -> Move | Place | None:
    """What the form asks for; None when that is no move."""
    move, parent, place = (request.POST.get(name, "") for name in ("move", "parent", "place"))
    if move in set(Move):
        return Move(move)
    if move != "place" or not (place.isascii() and place.isdecimal() and len(place) <= LONGEST_PLACE):
        return None
    try:
        return Place(UUID(parent) if parent else None, int(place))
    except ValueError:
        return None
