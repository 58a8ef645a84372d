"""Categories are a tree, whoever writes them."""

import pytest
from django.db import IntegrityError
from psycopg import errors

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.tree import with_those_below
from tenant_shop.models import Category
from tests.factories.catalog import CategoryFactory
from tests.tenant_shop.schema.connections import as_app, as_owner, blocked

MOVE = "UPDATE categories SET parent_id = %s WHERE id = %s"


def test_no_category_lies_below_itself(shop: TenantInfo) -> None:
    top = CategoryFactory()
    middle = CategoryFactory(parent=top)
    for parent in (top, middle, CategoryFactory(parent=middle)):
        with pytest.raises(IntegrityError):
            Category.objects.filter(pk=top.pk).update(parent=parent)
        assert Category.objects.get(pk=top.pk).parent_id is None


def test_two_moves_at_once_close_no_circle(shop: TenantInfo) -> None:
    one, two = CategoryFactory(), CategoryFactory()
    with as_app(shop) as first, as_app(shop) as second:
        first.execute(MOVE, (two.pk, one.pk))
        with blocked(second, MOVE, (one.pk, two.pk)) as late:
            first.commit()
        with pytest.raises(errors.CheckViolation):
            late.result()
        second.rollback()
    assert list(Category.objects.order_by("pk").values_list("parent_id", flat=True)) == [two.pk, None]


def test_a_circle_from_before_can_be_opened(shop: TenantInfo) -> None:
    one, two = CategoryFactory(), CategoryFactory()
    with as_owner(shop) as owner:
        owner.execute("ALTER TABLE categories DISABLE TRIGGER categories_are_a_tree")
        owner.execute(MOVE, (two.pk, one.pk))
        owner.execute(MOVE, (one.pk, two.pk))
        owner.commit()
        owner.execute("ALTER TABLE categories ENABLE TRIGGER categories_are_a_tree")
    below = CategoryFactory(parent=one)
    assert with_those_below([two.pk]) == {one.pk, two.pk, below.pk}
    Category.objects.filter(pk=below.pk).update(parent=two)
    Category.objects.filter(pk=one.pk).update(parent=None)
    with pytest.raises(IntegrityError):
        Category.objects.filter(pk=one.pk).update(parent=below)
