"""Keeping a picture: under a name of our own, within the plan, all of it or nothing."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.pictures import receive
from tenant_shop.catalog.pictures.add import show_cover
from tenant_shop.catalog.pictures.discard import discard_picture, remove_discarded
from tenant_shop.catalog.pictures.errors import PictureRefused
from tenant_shop.catalog.pictures.receive import Purpose, receive_picture
from tenant_shop.models import CoverPicture, DiscardedPicture, ProductImage
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.pictures import PLAIN, SVG, drawn, files_in, png_header, room_for, upload
from tests.tenant_shop.schema.connections import wait_until_one_waits


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.jpg", "ünïcödé 🍵.jpg", "x" * 300 + ".png", "mug.php"])
def test_the_name_of_the_upload_is_not_used(shop, folder, name) -> None:
    file = upload(drawn())
    file._name = name  # Django would have cleaned it

    stored = receive_picture(file, purpose=Purpose.PRODUCT)

    assert re.fullmatch(r"products/([0-9a-f]{2})/\1[0-9a-f]{30}\.jpg", stored.filename)
    assert files_in(folder) == [stored.filename]
    assert stored.url == f"/media/{stored.filename}"
    assert (stored.mime_type, stored.width, stored.height, stored.renditions) == ("image/jpeg", 80, 60, None)
    assert stored.size_bytes == default_storage.size(stored.filename)


def test_the_same_picture_twice_is_two_files(shop, folder) -> None:
    names = {receive_picture(upload(drawn()), purpose=Purpose.PRODUCT).filename for _ in range(3)}

    assert len(names) == 3


@pytest.mark.parametrize("content", [b"", PLAIN.encode(), SVG, drawn()[:60], png_header(50_000, 50_000)])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_is_refused_leaves_nothing_behind(shop, folder, content, purpose) -> None:
    with pytest.raises(PictureRefused):
        receive_picture(upload(content), purpose=purpose)

    assert files_in(folder) == []
    assert DiscardedPicture.objects.count() == 0


def test_a_logo_has_its_renditions_at_once_and_all_its_files_go_when_it_is_let_go(shop, folder) -> None:
    stored = receive_picture(upload(drawn("PNG", (400, 100))), purpose=Purpose.LOGO).as_json()
    token = stored["filename"].removesuffix(".png")
    recipe = stored["renditions"]["recipe"]

    assert stored["renditions"]["widths"] == [160, 320, 400]
    assert files_in(folder) == sorted(
        [f"{token}.png"]
        + [f"{token}-{recipe}-{width}.{form}" for width in (160, 320, 400) for form in ("avif", "webp")]
    )
    discard_picture(stored)
    assert remove_discarded() == 1
    assert files_in(folder) == []


def test_a_storage_that_fails_half_way_is_left_as_it_was(shop, folder, monkeypatch) -> None:
    written = []

    def fail_at_the_third(name, content):
        written.append(name)
        if len(written) == 3:
            raise OSError("disk full")
        write(name, content)

    write = receive.write
    monkeypatch.setattr(receive, "write", fail_at_the_third)
    with pytest.raises(OSError, match="disk full"):
        receive_picture(upload(drawn("PNG", (400, 100))), purpose=Purpose.HERO)

    assert files_in(folder) == []


def test_the_plans_limit_on_storage_counts_pictures_and_renditions_and_refuses_what_exceeds_it(shop, folder) -> None:
    gigabyte = 1024**3
    made = {"recipe": "abc123", "widths": [160], "formats": ["webp"], "bytes": gigabyte}
    full = ProductImage.objects.create(
        product=ProductFactory(), url="/media/a.jpg", filename="a.jpg", size_bytes=gigabyte, renditions=made
    )
    with room_for(shop, 2):
        with pytest.raises(PlanLimitReached, match="2 GB of file storage"):
            receive_picture(upload(drawn()), purpose=Purpose.PRODUCT)
        assert files_in(folder) == []

        ProductImage.objects.filter(pk=full.pk).update(size_bytes=gigabyte - 100_000)
        assert receive_picture(upload(drawn()), purpose=Purpose.PRODUCT).size_bytes < 100_000
        assert len(files_in(folder)) == 1


def test_two_uploads_at_once_do_not_both_take_the_last_room(shop, folder) -> None:
    full = 1024**3 - len(drawn()) * 3 // 2
    ProductImage.objects.create(product=ProductFactory(), url="/media/a.jpg", filename="a.jpg", size_bytes=full)

    def take() -> CoverPicture:
        with tenant_context(shop), shop_transaction():
            return show_cover(BrandFactory(), receive_picture(upload(drawn()), purpose=Purpose.BRAND))

    with room_for(shop, 1), ThreadPoolExecutor(1) as pool:
        with shop_transaction():
            taken = take()
            late = pool.submit(take)
            wait_until_one_waits(shop, late)
        with pytest.raises(PlanLimitReached, match="1 GB of file storage"):
            late.result()

    assert CoverPicture.objects.get() == taken
    assert files_in(folder) == [taken.filename]


def test_pictures_stay_in_their_shop(make_shop, folder) -> None:
    acme, globex = make_shop("acme"), make_shop("globex")
    with tenant_context(acme):
        stored = receive_picture(upload(drawn()), purpose=Purpose.PRODUCT)
    with tenant_context(globex):
        assert not default_storage.exists(stored.filename)
