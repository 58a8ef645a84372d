"""Renditions: made once, by one worker at a time, of what is there; what is gone leaves no files."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from tenant_shop.catalog.pictures import make
from tenant_shop.catalog.pictures.add import show_cover, show_file
from tenant_shop.catalog.pictures.discard import remove_discarded, upkeep
from tenant_shop.catalog.pictures.make import MAX_ATTEMPTS, Made, due_pictures, make_renditions
from tenant_shop.catalog.pictures.receive import Purpose, receive_picture
from tenant_shop.catalog.pictures.recipe import RECIPE
from tenant_shop.models import DiscardedPicture, ProductImage
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.pictures import drawn, files_in, halves, opened, upload

MADE_OF_500 = {"recipe": RECIPE, "widths": [160, 320, 480, 500], "formats": ["avif", "webp"]}


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


def let_time_pass(image: ProductImage, **units: int) -> None:
    row = ProductImage.objects.get(pk=image.pk)
    ProductImage.objects.filter(pk=image.pk).update(renditions_due_at=row.renditions_due_at - timedelta(**units))


def test_an_upload_is_shown_at_once_and_a_worker_is_told_after_the_commit(shop, folder, queued) -> None:
    image = uploaded()

    assert queued == [image.pk] or queued == [str(image.pk)]
    assert (image.width, image.height, image.mime_type) == (500, 400, "image/jpeg")
    assert image.size_bytes == default_storage.size(image.filename)
    assert image.url == f"/media/{image.filename}"
    assert image.renditions is None


def test_renditions_are_never_larger_than_the_picture_and_are_what_they_say(shop, folder) -> None:
    image = uploaded()

    assert make_renditions(image.pk) is Made.DONE

    assert facts(image) == ({**MADE_OF_500, "bytes": None}, 0, None)
    assert files_in(folder) == expected_files(image)
    total = 0
    for name in files_in(folder):
        if name == image.filename:
            continue
        content = default_storage.open(name).read()
        total += len(content)
        rendition = opened(content)
        width = int(name.rsplit("-", 1)[1].split(".")[0])
        assert rendition.size == (width, round(width * 0.8))
        assert rendition.format == ("AVIF" if name.endswith("avif") else "WEBP")
        assert "exif" not in rendition.info
    assert image.renditions["bytes"] == total


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, [1]), (160, [160]), (161, [160, 161]), (1280, [160, 320, 480, 640, 960, 1280]),
     (1500, [160, 320, 480, 640, 960, 1280])],
)  # fmt: skip
def test_the_widths_follow_the_picture(shop, folder, width, widths) -> None:
    image = uploaded((width, 20))
    make_renditions(image.pk)

    assert facts(image)[0]["widths"] == widths


def test_what_shines_through_shines_through_in_every_rendition(shop, folder) -> None:
    image = ProductImage(product=ProductFactory())
    glass = drawn("PNG", (200, 200), "RGBA", (200, 30, 40, 90))
    show_file(image, receive_picture(upload(glass), purpose=Purpose.PRODUCT))
    make_renditions(image.pk)

    for name in files_in(folder):
        alpha = opened(default_storage.open(name).read()).convert("RGBA").getpixel((50, 50))[3]
        assert abs(alpha - 90) <= 4, name


def test_made_is_made_and_nobody_does_it_twice(shop, folder) -> None:
    image = uploaded()
    assert make_renditions(image.pk) is Made.DONE
    before = {name: default_storage.get_modified_time(name) for name in files_in(folder)}

    assert make_renditions(image.pk) is Made.NOT_DUE
    assert due_pictures() == []
    assert {name: default_storage.get_modified_time(name) for name in files_in(folder)} == before


def test_two_workers_at_once_are_one_worker(shop, folder, monkeypatch) -> None:
    image, seen = uploaded(), []

    def meanwhile(name, content):
        seen.append(make_renditions(image.pk))
        return rendition_files(name, content)

    rendition_files = make.rendition_files
    monkeypatch.setattr(make, "rendition_files", meanwhile)

    assert make_renditions(image.pk) is Made.DONE
    assert seen == [Made.NOT_DUE]
    assert facts(image) == ({**MADE_OF_500, "bytes": None}, 0, None)


def test_a_worker_that_is_killed_half_way_lets_go_and_the_next_one_converges(shop, folder, monkeypatch) -> None:
    image, written = uploaded(), []

    def killed_at_the_third(name, content):
        written.append(name)
        if len(written) == 3:
            default_storage.save(name, io.BytesIO(content[:10]))  # half a file
            raise KeyboardInterrupt
        write(name, content)

    write = make.write
    monkeypatch.setattr(make, "write", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        make_renditions(image.pk)
    monkeypatch.setattr(make, "write", write)
    assert facts(image) == (None, 1, None)
    assert len(files_in(folder)) == 4
    assert make_renditions(image.pk) is Made.NOT_DUE  # until the lease runs out
    let_time_pass(image, minutes=10)

    upkeep()

    assert facts(image) == ({**MADE_OF_500, "bytes": None}, 0, None)
    assert files_in(folder) == expected_files(image)
    for name in files_in(folder):
        assert opened(default_storage.open(name).read()).width <= 500


def test_a_missing_file_is_noted_and_tried_again_a_few_times_and_nothing_is_left(shop, folder) -> None:
    image = uploaded()
    default_storage.delete(image.filename)

    for attempt in range(1, MAX_ATTEMPTS + 1):
        upkeep()
        renditions, attempts, problem = facts(image)
        assert (renditions, attempts) == (None, attempt)
        assert problem.startswith("FileNotFoundError: ")
        assert due_pictures() == []
        if attempt < MAX_ATTEMPTS:
            let_time_pass(image, minutes=2**attempt)
            assert due_pictures() == [image.pk]
    assert image.renditions_due_at is None
    assert files_in(folder) == []


def test_a_picture_that_kills_every_worker_is_left_alone(shop, folder, monkeypatch) -> None:
    image = uploaded()

    def killed(name, content):
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "rendition_files", killed)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            make_renditions(image.pk)
        let_time_pass(image, minutes=10)

    assert make_renditions(image.pk) is Made.NOT_DUE
    assert facts(image) == (None, MAX_ATTEMPTS, "Workers died of it.")
    assert due_pictures() == []


def test_a_picture_that_is_deleted_while_a_worker_is_at_it_leaves_no_file(shop, folder, monkeypatch) -> None:
    image = uploaded()

    def deleted_meanwhile(name, content):
        ProductImage.objects.filter(pk=image.pk).delete()
        remove_discarded()
        return rendition_files(name, content)

    rendition_files = make.rendition_files
    monkeypatch.setattr(make, "rendition_files", deleted_meanwhile)

    assert make_renditions(image.pk) is Made.NOT_DUE
    assert files_in(folder) == []
    assert DiscardedPicture.objects.count() == 0


def test_references_and_strangers_are_nobodys_work(shop, folder) -> None:
    reference = ProductImage.objects.create(product=ProductFactory(), url="https://example.com/mug.jpg")

    assert make_renditions(reference.pk) is Made.NOT_DUE
    assert make_renditions(uuid4()) is Made.NOT_DUE


def test_a_broker_that_is_down_costs_time_only(shop, folder, monkeypatch) -> None:
    def down(picture_id):
        raise make.OperationalError("no broker")

    monkeypatch.setattr(make.make_renditions_task, "delay", down)
    image = uploaded()
    assert due_pictures() == [image.pk]


def test_those_who_wait_longest_come_first_whatever_they_belong_to(shop, folder) -> None:
    product = uploaded((40, 40))
    brand = show_cover(BrandFactory(), receive_picture(upload(drawn()), purpose=Purpose.BRAND))
    other = uploaded((40, 40))

    assert due_pictures() == [product.pk, brand.pk, other.pk]
    assert due_pictures(2) == [product.pk, brand.pk]
    upkeep()
    brand.refresh_from_db()
    assert brand.renditions["widths"] == [80]


def test_a_round_of_upkeep_ends_and_the_next_one_goes_on(shop, folder) -> None:
    waiting = [uploaded((40, 40)) for _ in range(3)]
    upkeep(seconds=0)
    assert due_pictures() == [image.pk for image in waiting[1:]]
    upkeep()
    assert due_pictures() == []


def test_another_recipe_makes_other_names_and_the_old_files_go(shop, folder, monkeypatch) -> None:
    image = uploaded()
    upkeep()
    for module in ("make", "encode"):
        monkeypatch.setattr(f"tenant_shop.catalog.pictures.{module}.RECIPE", "0ffee0")
    call_command("make_pictures", "--tenant", "acme", "--again")

    assert facts(image)[0]["recipe"] == "0ffee0"
    assert files_in(folder) == [name.replace(RECIPE, "0ffee0") for name in expected_files(image)]


def test_a_picture_looks_the_same_in_every_size(shop, folder) -> None:
    file = io.BytesIO()
    halves((1000, 400)).save(file, "PNG")
    image = ProductImage(product=ProductFactory())
    show_file(image, receive_picture(upload(file.getvalue()), purpose=Purpose.PRODUCT))
    make_renditions(image.pk)

    for name in files_in(folder):
        rendition = opened(default_storage.open(name).read()).convert("RGB")
        red, _, blue = rendition.getpixel((rendition.width // 4, rendition.height // 2))
        assert red > 180, name
        assert blue < 70, name
