"""Files of pictures that nobody shows any more go, all of them and no others."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from tenant_shop.catalog.pictures import make
from tenant_shop.catalog.pictures.add import remove_unsaved, show_cover, show_file, show_reference
from tenant_shop.catalog.pictures.discard import remove_discarded, upkeep
from tenant_shop.catalog.pictures.make import make_renditions
from tenant_shop.catalog.pictures.orphans import orphans
from tenant_shop.catalog.pictures.receive import Purpose, receive_picture
from tenant_shop.catalog.pictures.recipe import RECIPE
from tenant_shop.configuration.models import Setting
from tenant_shop.models import DiscardedPicture, ProductImage
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.pictures import drawn, files_in, upload


@pytest.fixture(autouse=True)
def queued(monkeypatch) -> list[str]:
    """The pictures of which a worker was told; none listens."""
    told: list[str] = []
    monkeypatch.setattr(make.make_renditions_task, "delay", told.append)
    return told


def uploaded(size=(500, 400), kind="JPEG") -> ProductImage:
    image = ProductImage(product=ProductFactory(), alt_text="A mug")
    show_file(image, receive_picture(upload(drawn(kind, size)), purpose=Purpose.PRODUCT))
    return image


def facts(image: ProductImage) -> tuple[object, ...]:
    image.refresh_from_db()
    return image.renditions and {**image.renditions, "bytes": None}, image.rendition_attempts, image.rendition_problem


def expected_files(image: ProductImage, widths=(160, 320, 480, 500)) -> list[str]:
    stem = image.filename.rsplit(".", 1)[0]
    return sorted([image.filename, *(f"{stem}-{RECIPE}-{w}.{form}" for w in widths for form in ("avif", "webp"))])


def test_the_files_of_what_is_deleted_or_replaced_go_and_those_still_named_stay(shop, folder) -> None:
    kept, deleted, replaced, referred = uploaded(), uploaded(), uploaded(), uploaded()
    upkeep()
    twin = ProductImage.objects.create(product=ProductFactory(), url=kept.url, filename=kept.filename)
    twin.delete()
    deleted.delete()
    show_file(replaced, receive_picture(upload(drawn("PNG", (100, 100))), purpose=Purpose.PRODUCT))
    referred.refresh_from_db()
    referred.url = "https://example.com/mug.jpg"
    show_reference(referred)

    assert remove_discarded() == 4

    assert files_in(folder) == sorted([*expected_files(kept), replaced.filename])
    assert (referred.filename, referred.size_bytes, referred.renditions) == (None, None, None)
    assert remove_discarded() == 0


def test_a_file_that_cannot_be_deleted_is_tried_again(shop, folder, monkeypatch) -> None:
    image = uploaded()
    image.delete()

    def refuses(self, name):
        raise PermissionError(name)

    with monkeypatch.context() as patch:
        patch.setattr(type(default_storage._wrapped), "delete", refuses)
        assert remove_discarded() == 0
    assert DiscardedPicture.objects.count() == 1
    assert remove_discarded() == 1
    assert files_in(folder) == []


def test_files_of_a_row_that_was_rolled_back_are_removed_and_others_are_not(shop, folder) -> None:
    kept = uploaded()
    lost = receive_picture(upload(drawn()), purpose=Purpose.PRODUCT)

    remove_unsaved([kept.filename, lost.filename])

    assert files_in(folder) == [kept.filename]


def age(folder: Path, name: str) -> None:
    import os

    path = next(folder.rglob(name))
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(path, (old, old))


def test_the_command_makes_what_is_missing_and_finds_orphans(shop, folder, capsys) -> None:
    image, reference = (
        uploaded(),
        ProductImage.objects.create(product=ProductFactory(), url="https://example.com/a.jpg"),
    )
    drafted, loose = "ab" * 16, "ef" * 16
    Setting.objects.create(key="design_draft", value={"logo": {"filename": f"logo/ab/{drafted}.png"}})
    for name in ("products/ab/lost.jpg", "products/ab/young.jpg", f"logo/ab/{drafted}.png", f"logo/ef/{loose}.png"):
        default_storage.save(name, io.BytesIO(b"x"))
    for name in ("lost.jpg", f"{drafted}.png", f"{loose}.png"):
        age(folder, name)

    call_command("make_pictures", "--tenant", "acme")
    assert capsys.readouterr().out == (
        "acme: 1 picture made, 0 failed, 0 discarded removed, 2 files without a picture\n"
    )
    assert facts(image)[0] is not None
    reference.refresh_from_db()
    assert reference.renditions is None
    assert orphans() == ["products/ab/lost.jpg", f"logo/ef/{loose}.png"]

    call_command("make_pictures", "--all-tenants", "--again", "--remove-orphans")
    assert capsys.readouterr().out == (
        "acme: 1 picture made, 0 failed, 0 discarded removed, 2 files without a picture removed\n"
    )
    assert files_in(folder) == sorted([*expected_files(image), f"logo/ab/{drafted}.png", "products/ab/young.jpg"])


def test_files_of_covers_are_orphans_only_when_no_row_and_no_address_names_them(shop, folder) -> None:
    cover = show_cover(CategoryFactory(), receive_picture(upload(drawn()), purpose=Purpose.CATEGORY))
    make_renditions(cover.pk)
    CategoryFactory(image_url="/media/categories/typed.webp")
    BrandFactory(logo_url="https://example.com/brands/gone.webp")
    for name in ("categories/typed.webp", "categories/lost.webp", "brands/gone.webp"):
        default_storage.save(name, io.BytesIO(b"x"))
    for name in files_in(folder):
        age(folder, Path(name).name)

    assert orphans() == ["categories/lost.webp", "brands/gone.webp"]
