"""A shared page is never older than the last edit that was answered."""

import re
import threading
from collections.abc import Callable
from unittest import mock

import pytest

from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog import known_version
from tenant_shop.catalog.version import stored_version
from tenant_shop.imports.import_products import import_products
from tenant_shop.models import Brand, Category, Product, ProductImage, ProductReview, ProductVariant, Setting
from tenant_shop.storefront import product as product_view
from tests.databases import WorkerDatabases
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopper import Shopper
from tests.shopping import at_once, order_of
from tests.tenant_shop.imports.files import as_csv, row
from tests.tenant_shop.schema.connections import as_app

# As it is in production: the tests believe for longer.
BELIEVED_FOR = known_version.BELIEVED_FOR


def test_another_programs_edit_is_overlooked_for_ten_seconds_at_most():
    assert BELIEVED_FOR == 10_000


def seen(path: str) -> str:
    """What a stranger sees; looked at twice, so that it is kept if it can be."""
    Shopper().get(path)
    return Shopper().get(path).content.decode()


EDITS: dict[str, tuple[str, Callable[[ProductVariant], object], str]] = {
    "a product": ("/products/mug/", lambda mug: Product.objects.update(name="Beaker"), "<h1>Beaker</h1>"),
    "a product in a list": ("/products/", lambda mug: Product.objects.update(name="Beaker"), ">Beaker</a>"),
    "a price": ("/products/", lambda mug: ProductVariant.objects.update(price="12.34"), "€12.34"),
    "a category": ("/categories/kitchen/", lambda mug: Category.objects.update(name="Scullery"), "<h1>Scullery</h1>"),
    "a new category": (
        "/products/",
        lambda mug: ProductFactory(category=CategoryFactory(name="Garden")),
        ">Garden</a>",
    ),
    "a brand": ("/products/mug/", lambda mug: Brand.objects.update(name="Quay"), "Quay"),
    "a picture": (
        "/products/mug/",
        lambda mug: ProductImage.objects.create(product=mug.product, url="/media/new.webp", width=8, height=8),
        "/media/new.webp",
    ),
    "a setting": ("/", lambda mug: Setting.objects.filter(key="store_name").update(value="Quayside"), "Quayside"),
}


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("what", EDITS)
def test_an_edit_is_seen_at_the_next_request(what, mug):
    path, edit, shown = EDITS[what]
    assert shown not in seen(path)
    edit(mug)
    assert shown in seen(path)


def test_an_edit_in_the_back_office_is_seen_at_the_next_request(mug, shop):
    browser = staff_browser(shop)
    kitchen = Category.objects.get()
    assert "<h1>Kitchen</h1>" in seen("/categories/kitchen/")
    form = {"name": "Scullery", "slug": "kitchen", "sort_order": 0, "is_active": "on"}
    assert browser.post(f"/admin/tenant_shop/category/{kitchen.pk}/change/", form).status_code == 302
    assert "<h1>Scullery</h1>" in seen("/categories/kitchen/")


def test_a_review_is_seen_when_it_is_approved_and_gone_when_it_is_not(mug, shop):
    browser = staff_browser(shop)
    review = ProductReview.objects.create(
        product=mug.product, customer=CustomerFactory(), rating=5, content="Keeps warm", status="pending"
    )
    assert "Keeps warm" not in seen("/products/mug/")
    browser.post("/admin/tenant_shop/productreview/", {"action": "approve", "_selected_action": [review.pk]})
    assert "Keeps warm" in seen("/products/mug/")
    ProductReview.objects.update(status="rejected")
    assert "Keeps warm" not in seen("/products/mug/")


def test_an_import_is_seen_at_the_next_request(mug, tmp_path):
    assert "Tee" not in seen("/products/")
    (tmp_path / "tee.csv").write_text(
        as_csv([row(handle="tee", title="Tee", price="8", quantity="3", published="true", status="active")])
    )
    import_products(tmp_path / "tee.csv", rejects_path=tmp_path / "rejects.csv")
    assert ">Tee</a>" in seen("/products/")


def test_the_order_that_takes_the_last_piece_is_seen_at_the_next_request(mug):
    assert "Sold out" not in seen("/products/")
    order_of((mug, 50))
    assert "Sold out" in seen("/products/")
    assert "Sold out" in seen("/products/mug/")


def test_an_order_that_leaves_plenty_changes_no_page(mug, cost):
    seen("/products/mug/")
    before = stored_version()
    order_of((mug, 30))
    with cost() as spent:
        Shopper().get("/products/mug/")
    assert (spent.statements, spent.asked) == (0, ["MGET"])
    assert stored_version() == before
    order_of((mug, 10))  # ten are left: from here on pages tell the number
    assert stored_version() > before


@pytest.mark.usefixtures("either_way")
def test_a_theme_is_seen_at_the_next_request(mug, shop: TenantInfo, platform: WorkerDatabases):
    before = seen("/")
    platform.update_tenant("acme", theme_config={"brand": "#aa0044", "tagline": "Made by the sea"})
    directory.forget(shop.id)
    assert "Made by the sea" in seen("/")
    assert "Made by the sea" not in before


@pytest.mark.usefixtures("either_way")
def test_another_program_is_seen_when_the_version_is_no_longer_believed(mug, shop, kept):
    assert "<h1>Mug</h1>" in seen("/products/mug/")
    with as_app(shop) as psql:
        psql.execute("UPDATE products SET name = 'Beaker'")
    assert 0 < kept.client.pttl(kept.version) <= known_version.BELIEVED_FOR
    kept.client.delete(kept.version)  # what time does
    assert "<h1>Beaker</h1>" in seen("/products/mug/")


@pytest.mark.usefixtures("either_way")
def test_a_process_killed_before_it_could_tell_is_made_up_for(mug, kept, monkeypatch):
    seen("/products/mug/")
    monkeypatch.setattr(shop_hooks, "told", None)
    Product.objects.update(name="Beaker")
    assert 0 < kept.client.pttl(kept.version) <= known_version.BELIEVED_FOR
    kept.client.delete(kept.version)
    assert "<h1>Beaker</h1>" in seen("/products/mug/")


def test_a_language_is_offered_and_withdrawn_at_the_next_request(mug, configure):
    assert 'lang="en"' in seen("/products/")
    assert Shopper().get("/de/products/").status_code == 404
    configure(languages=["de"])
    assert 'lang="de"' in seen("/de/products/")
    assert "/de/products/" in seen("/products/")
    configure(languages=[], language="fr")
    assert 'lang="fr"' in seen("/products/")
    assert Shopper().get("/de/products/").status_code == 404


def test_a_kept_page_names_the_language_of_the_merchants_words_as_it_is_now(mug, configure):
    configure(languages=["ar"])
    assert "<h1>Mug</h1>" in seen("/products/mug/")
    assert '<h1 lang="en" dir="ltr">Mug</h1>' in seen("/ar/products/mug/")
    configure(languages=["ar"], language="fr")
    assert '<h1 lang="fr" dir="ltr">Mug</h1>' in seen("/ar/products/mug/")


@pytest.mark.usefixtures("either_way")
def test_languages_that_were_read_before_an_edit_make_no_page_of_after_it(mug, shop, configure, kept):
    """What a process remembers of a shop is as old as a row: it must not be older than the version of the page."""
    assert 'lang="en"' in seen("/products/")
    with as_app(shop) as other_process:
        other_process.execute("UPDATE settings SET value = '\"fr\"' WHERE key = 'language'")
    kept.forget()
    assert 'lang="fr"' in seen("/products/")


def elsewhere(shop: TenantInfo, work: Callable[[], object]) -> None:
    """Do `work` in another thread of the shop, and wait for it."""
    (error,) = at_once(shop, [work])
    assert not isinstance(error, Exception), error


def rename(name: str) -> Callable[[], object]:
    return lambda: Product.objects.update(name=name)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("version_is_known", [True, False])
def test_a_page_made_of_old_rows_is_not_shown_after_the_edit(version_is_known, mug, shop, kept):
    """The edit comes after the rows were read and before the page is kept."""
    read = product_view.product_page

    def read_then_edited(slug: str, **how: object) -> object:
        page = read(slug, **how)
        elsewhere(shop, rename("Beaker"))
        return page

    if not version_is_known:
        kept.forget()
    with mock.patch.object(product_view, "product_page", read_then_edited):
        assert b"<h1>Mug</h1>" in Shopper().get("/products/mug/").content
    assert len(kept.pages()) == 1
    assert "<h1>Beaker</h1>" in seen("/products/mug/")


def test_a_version_that_was_read_before_an_edit_is_not_believed_after_it(mug, shop, kept):
    read = known_version.stored_version

    def read_then_edited() -> int:
        version = read()
        elsewhere(shop, rename("Beaker"))
        return version

    kept.forget()
    with mock.patch.object(known_version, "stored_version", read_then_edited):
        Shopper().get("/products/mug/")
    assert int(kept.client.get(kept.version)) == stored_version()
    assert "<h1>Beaker</h1>" in seen("/products/mug/")


def test_a_version_that_was_read_too_long_ago_is_not_believed_at_all(mug, kept):
    """Its reader was stopped for so long that a newer version may have been told and forgotten meanwhile."""
    seconds, microseconds = kept.client.time()
    now = seconds * 1000 + microseconds // 1000
    kept.forget()
    known_version._raise(7, asked_at=now - known_version.BELIEVED_FOR)
    assert kept.client.get(kept.version) is None
    known_version._raise(7, asked_at=now - known_version.BELIEVED_FOR + 5000)
    assert 0 < kept.client.pttl(kept.version) <= 5000


def test_a_version_is_only_ever_raised(mug, kept):
    kept.forget()
    for told, known in ((9, 9), (7, 9), (9, 9), (11, 11), (10, 11)):
        shop_hooks.told(f"catalogue_version {told}")
        assert int(kept.client.get(kept.version)) == known


def test_nothing_is_told_before_the_commit_and_nothing_of_what_was_rolled_back(mug, kept):
    seen("/products/mug/")
    before = kept.client.get(kept.version)
    with shop_transaction():
        Product.objects.update(name="Beaker")
        assert kept.client.get(kept.version) == before
    assert int(kept.client.get(kept.version)) > int(before)
    told = kept.client.get(kept.version)
    with pytest.raises(ZeroDivisionError), shop_transaction():
        Product.objects.update(name="Cup")
        raise ZeroDivisionError
    assert kept.client.get(kept.version) == told


@pytest.mark.slow
@pytest.mark.usefixtures("either_way")
def test_editors_and_readers_at_once_never_leave_an_old_page(mug, shop):
    """Whoever changed the name sees that change or a later one, whatever everybody else is doing."""
    seen("/products/mug/")
    names = re.compile(r"<h1>Mug (\d+)</h1>")
    Product.objects.update(name="Mug 0")
    done = threading.Event()

    def number() -> int:
        found = names.search(Shopper().get("/products/mug/").content.decode())
        assert found
        return int(found[1])

    def edit() -> None:
        for _ in range(12):
            with shop_transaction():
                product = Product.objects.select_for_update(no_key=True).get(slug="mug")
                mine = int(product.name.split()[1]) + 1
                Product.objects.filter(pk=product.pk).update(name=f"Mug {mine}")
            assert number() >= mine

    def look() -> None:
        last = 0
        while not done.is_set():
            now = number()
            assert now >= last
            last = now

    def edit_then_stop() -> None:
        try:
            edit()
        finally:
            editing.release()

    editing = threading.Semaphore(0)

    def stop() -> None:
        for _ in range(3):
            editing.acquire()
        done.set()

    results = at_once(shop, [edit_then_stop, edit_then_stop, edit_then_stop, look, look, stop])
    assert [result for result in results if isinstance(result, BaseException)] == []
    assert number() == 36


@pytest.mark.usefixtures("either_way")
def test_a_restored_shop_shows_nothing_of_before(mug, shop, platform):
    assert "<h1>Mug</h1>" in seen("/products/mug/")
    platform.update_tenant("acme", epoch=shop.epoch + 1)
    directory.forget(shop.id)
    restored = directory.by_id(shop.id)
    with tenant_context(restored):
        assert stored_version() > 0
    with mock.patch.object(shop_hooks, "told", None), as_app(shop) as restore:
        restore.execute("UPDATE products SET name = 'Beaker'")
    assert "<h1>Beaker</h1>" in seen("/products/mug/")
