"""Old links lead on: the triggers that keep the slugs that were given up."""

import pytest

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.old_slugs import OldSlug, old_target
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory

PRODUCT = OldSlug.Kind.PRODUCT


def rename(thing, slug):
    type(thing).objects.filter(pk=thing.pk).update(slug=slug)


def kept():
    return dict(OldSlug.objects.values_list("slug", "target_id"))


@pytest.mark.parametrize(
    ("factory", "kind"), [(ProductFactory, "product"), (CategoryFactory, "category"), (BrandFactory, "brand")]
)
def test_a_slug_that_is_given_up_is_kept_and_goes_with_its_owner(shop, factory, kind):
    thing = factory(slug="old")
    rename(thing, "new")
    assert old_target(OldSlug.Kind(kind), "old") == thing.pk
    assert list(OldSlug.objects.values_list("kind", flat=True)) == [kind]
    thing.refresh_from_db()
    thing.delete()
    assert kept() == {}


def test_any_number_of_changes_is_one_step(shop):
    product = ProductFactory(slug="a")
    for slug in ("b", "c", "d"):
        rename(product, slug)
    assert kept() == {"a": product.pk, "b": product.pk, "c": product.pk}


def test_there_and_back_again_makes_no_loop(shop):
    product = ProductFactory(slug="a")
    rename(product, "b")
    rename(product, "a")
    assert kept() == {"b": product.pk}


def test_the_last_owner_of_a_slug_has_its_old_links(shop):
    first, second = ProductFactory(slug="a"), ProductFactory(slug="x")
    rename(first, "b")
    rename(second, "a")
    rename(second, "c")
    assert kept() == {"a": second.pk, "x": second.pk}
    assert old_target(PRODUCT, "b") is None


def test_kinds_do_not_meet(shop):
    product, category = ProductFactory(slug="a"), CategoryFactory(slug="a")
    rename(product, "b")
    rename(category, "c")
    assert old_target(PRODUCT, "a") == product.pk
    assert old_target(OldSlug.Kind.CATEGORY, "a") == category.pk
    assert old_target(OldSlug.Kind.BRAND, "a") is None


def test_another_change_keeps_nothing_and_a_refused_one_neither(shop):
    product = ProductFactory(slug="a")
    type(product).objects.filter(pk=product.pk).update(name="Other", slug="a")
    with pytest.raises(ZeroDivisionError), shop_transaction():
        rename(product, "b")
        raise ZeroDivisionError
    assert kept() == {}
