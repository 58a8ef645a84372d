"""Making and changing a category."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Category
from tenant_shop.catalog.pictures.add import show_cover_reference
from tenant_shop.catalog.pictures.own_addresses import check_address
from tenant_shop.catalog.tree import closes_circle
from tenant_shop.catalog.write import found, unused_slug, write_columns


def save_category(category: Category, values: Mapping[str, Any]) -> Category:
    """Write `values`, by attribute name, into a new or a locked category and save it.

    Without a slug a new one gets its name's. A picture's address replaces a file that was uploaded.
    Errors: ValidationError by field, with `does_not_exist` and `cycle` at `parent_id`; nothing changes then.
    """
    with shop_transaction():
        is_new = category._state.adding
        given = dict(values)
        if is_new and not given.get("slug"):
            given["slug"] = unused_slug(Category, str(given.get("name", "")))
        if "parent_id" in given:
            _check_parent(None if is_new else category.pk, given["parent_id"])
        is_pictured = "image_url" in given and given["image_url"] != category.image_url
        if is_pictured:
            check_address(given["image_url"], field="image_url")
        write_columns(category, given)
        if is_pictured:
            show_cover_reference(category)
        else:
            category.save()
    return category


def _check_parent(category_id: UUID | None, parent_id: UUID | None) -> None:
    parent = found(Category, parent_id, field="parent_id")
    if parent is not None and category_id is not None and closes_circle(category_id, parent_id=parent.pk):
        refusal = ValidationError(f"{parent} is this category or lies below it.", code="cycle")
        raise ValidationError({"parent_id": refusal})
