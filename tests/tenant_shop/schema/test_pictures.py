"""No way of deleting or replacing a picture forgets its files, and a worker's notes change no page."""

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.version import stored_version
from tenant_shop.models import Brand, Category, CoverPicture, DiscardedPicture, Product, ProductImage
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.tenant_shop.schema.connections import as_app


def discarded() -> list[tuple[str, object]]:
    return list(DiscardedPicture.objects.order_by("filename").values_list("filename", "renditions"))


def picture(name: str | None, **values: object) -> ProductImage:
    return ProductImage.objects.create(product=ProductFactory(), url="/media/x.jpg", filename=name, **values)


def test_deleting_and_replacing_note_the_files_whichever_way_it_happens(shop) -> None:
    made = {"recipe": "abc123", "widths": [160], "formats": ["webp"], "bytes": 1}
    picture("one.jpg", renditions=made).delete()
    second, third = picture("two.jpg"), picture("three.jpg")
    Product.objects.filter(pk=second.product_id).delete()
    ProductImage.objects.filter(pk=third.pk).update(filename=None)

    assert discarded() == [("one.jpg", made), ("three.jpg", None), ("two.jpg", None)]


def test_what_is_no_file_or_stays_the_same_is_not_noted(shop) -> None:
    picture(None).delete()
    kept = picture("kept.jpg")
    ProductImage.objects.filter(pk=kept.pk).update(alt_text="A mug", filename="kept.jpg")

    assert discarded() == []


def test_a_deletion_that_is_rolled_back_notes_nothing(shop) -> None:
    kept = picture("kept.jpg")
    try:
        with shop_transaction():
            kept.delete()
            raise RuntimeError
    except RuntimeError:
        pass

    assert discarded() == []


def test_a_workers_notes_change_no_page_and_renditions_do(shop) -> None:
    rows = ProductImage.objects.filter(pk=picture("mug.jpg").pk)
    before = stored_version()
    rows.update(rendition_attempts=1, rendition_problem="busy", renditions_due_at=None)
    assert stored_version() == before
    rows.update(renditions={"recipe": "abc123", "widths": [160], "formats": ["webp"], "bytes": 1})
    assert stored_version() > before


def cover(name: str, owner: Category | Brand) -> CoverPicture:
    own = {"category": owner} if isinstance(owner, Category) else {"brand": owner}
    return CoverPicture.objects.create(url=f"/media/{name}", filename=name, **own)


def test_covers_go_with_what_they_belong_to_and_their_files_are_noted(shop) -> None:
    category, brand, replaced = CategoryFactory(), BrandFactory(), cover("three.jpg", BrandFactory())
    cover("one.jpg", category)
    cover("two.jpg", brand)
    with as_app(shop) as sql:
        sql.execute("DELETE FROM categories WHERE id = %s", (category.pk,))
    brand.delete()
    CoverPicture.objects.filter(pk=replaced.pk).update(filename="four.jpg")

    assert discarded() == [("one.jpg", None), ("three.jpg", None), ("two.jpg", None)]
    assert CoverPicture.objects.get().pk == replaced.pk


def test_a_cover_changes_pages_when_it_is_another_or_has_other_sizes(shop) -> None:
    rows = CoverPicture.objects.filter(pk=cover("mug.jpg", BrandFactory()).pk)
    before = stored_version()
    rows.update(rendition_attempts=1, rendition_problem="busy", renditions_due_at=None)
    assert stored_version() == before
    for change in ({"renditions": {"widths": [160]}}, {"url": "/media/pot.jpg"}):
        rows.update(**change)
        assert stored_version() > before, change
        before = stored_version()
    rows.get().delete()
    assert stored_version() > before
