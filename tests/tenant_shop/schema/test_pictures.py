"""No way of deleting or replacing a picture forgets its files, and a worker's notes change no page."""

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.version import stored_version
from tenant_shop.models import DiscardedPicture, Product, ProductImage
from tests.factories.catalog import ProductFactory


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
