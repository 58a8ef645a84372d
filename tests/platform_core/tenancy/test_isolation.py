"""What belongs to one shop cannot be read, changed or related in another."""

import threading
from uuid import UUID

import pytest
from django.db import IntegrityError, connections

from platform_core.accounts.models import PlatformUser
from platform_core.tenancy.context import active_tenant, tenant_context
from platform_core.tenancy.errors import NoTenant, WrongTenant
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.catalog.models import Category

SAME_KEY = UUID("01900000-0000-7000-8000-000000000001")


@pytest.fixture
def two_shops(make_shop):
    """Two shops that each have a category with the same primary key."""
    shops = make_shop("acme"), make_shop("globex")
    for shop in shops:
        with tenant_context(shop):
            Category.objects.create(id=SAME_KEY, name=f"{shop.slug}'s", slug="same")
    return shops


def names(shop):
    with tenant_context(shop):
        return list(Category.objects.values_list("name", flat=True))


def test_the_same_primary_key_in_two_shops_is_two_rows(two_shops):
    acme, globex = two_shops
    with tenant_context(acme):
        Category.objects.filter(pk=SAME_KEY).update(name="changed")
    assert names(acme) == ["changed"]
    assert names(globex) == ["globex's"]


def test_without_a_shop_nothing_is_read_or_written(two_shops):
    with pytest.raises(NoTenant):
        list(Category.objects.all())
    with pytest.raises(NoTenant):
        Category.objects.create(name="stray", slug="stray")
    assert [names(shop) for shop in two_shops] == [["acme's"], ["globex's"]]


@pytest.mark.parametrize(
    "misuse",
    [
        lambda category: category.save(),
        lambda category: category.save(update_fields=["name"]),
        lambda category: category.delete(),
        lambda category: category.refresh_from_db(),
        lambda category: Category(name="child", slug="child", parent=category).save(),
        lambda category: list(category.children.all()),
    ],
    ids=["save", "save-fields", "delete", "refresh", "relate", "reverse"],
)
def test_an_object_of_one_shop_is_refused_in_another_and_nothing_moves(two_shops, misuse):
    acme, globex = two_shops
    with tenant_context(acme):
        category = Category.objects.get()
        category.name = "overwritten"
    with tenant_context(globex), pytest.raises(WrongTenant):
        misuse(category)
    assert [names(shop) for shop in two_shops] == [["acme's"], ["globex's"]]


def test_an_object_from_before_a_restore_is_refused_afterwards(two_shops, platform):
    acme, _ = two_shops
    with tenant_context(acme):
        category = Category.objects.get()
    restored = type(acme)(**{f: getattr(acme, f) for f in acme.__slots__ if f != "alias"} | {"epoch": 2})
    with tenant_context(restored), pytest.raises(WrongTenant):
        category.save()


def test_a_lazy_query_answers_from_the_shop_that_is_active_when_it_runs_and_from_none_when_none_is(two_shops):
    acme, globex = two_shops
    with tenant_context(acme):
        query = Category.objects.all()
    with tenant_context(globex):
        assert [category.name for category in query.all()] == ["globex's"]
    with pytest.raises(NoTenant):
        list(query)


def test_an_iterator_does_not_outlive_its_shop(two_shops):
    acme, _ = two_shops
    with tenant_context(acme):
        rows = Category.objects.iterator(chunk_size=1)
    with pytest.raises(NoTenant):
        next(rows)


def test_naming_another_shops_alias_is_refused(two_shops):
    acme, globex = two_shops
    with tenant_context(acme):
        with pytest.raises(WrongTenant):
            Category.objects.using(globex.alias).get()
        with tenant_context(globex), pytest.raises(WrongTenant):
            Category.objects.using(acme.alias).get()
        assert Category.objects.get().name == "acme's"


def test_a_kept_connection_is_useless_once_its_shop_is_left(two_shops):
    acme, globex = two_shops
    with tenant_context(acme):
        kept = connections[acme.alias]
        kept.ensure_connection()
    with pytest.raises(NoTenant):
        kept.cursor()
    with tenant_context(globex), pytest.raises(WrongTenant):
        kept.cursor()


def test_blocks_nest_and_the_outer_shop_keeps_its_open_transaction(two_shops):
    acme, globex = two_shops
    with tenant_context(acme), shop_transaction():
        Category.objects.update(name="uncommitted")
        with tenant_context(globex):
            Category.objects.update(name="globex changed")
        assert Category.objects.get().name == "uncommitted"
    assert [names(shop) for shop in two_shops] == [["uncommitted"], ["globex changed"]]


def test_a_new_thread_has_no_shop_and_threads_do_not_share_one(two_shops):
    seen = {}

    def visit(shop):
        seen[f"before {shop.slug}"] = active_tenant()
        seen[shop.slug] = [names(shop) for _ in range(20)]

    with tenant_context(two_shops[0]):
        threads = [threading.Thread(target=visit, args=(shop,)) for shop in two_shops for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == {
        "before acme": None,
        "acme": [["acme's"]] * 20,
        "before globex": None,
        "globex": [["globex's"]] * 20,
    }


def test_a_rolled_back_shop_transaction_takes_its_rows_and_callbacks_with_it(two_shops):
    acme, _ = two_shops
    heard = []
    with tenant_context(acme):
        with pytest.raises(IntegrityError), shop_transaction():
            after_commit(heard.append, "rolled back")
            Category.objects.create(name="gone", slug="gone")
            Category.objects.create(name="gone too", slug="gone")
        with shop_transaction():
            after_commit(lambda: heard.append(active_tenant().slug))
            assert heard == []
    assert heard == ["acme"]
    assert names(acme) == ["acme's"]


def test_platform_models_stay_on_the_platform_inside_a_shop(two_shops):
    with tenant_context(two_shops[0]):
        user = PlatformUser.objects.create(email="a@b.example", role="merchant")
    assert user._state.db == "default"
    assert PlatformUser.objects.get().email == "a@b.example"
