"""What is taken as a picture, and what is left of it."""

import io
import warnings
from contextlib import suppress
from random import Random

import pytest
from PIL import Image, ImageCms

from tenant_shop.catalog.pictures.encode import rendition_files
from tenant_shop.catalog.pictures.errors import (
    BrokenPicture,
    DrawingRefused,
    EmptyFile,
    FileTooLarge,
    NotAPicture,
    PictureRefused,
    TooManyPixels,
)
from tenant_shop.catalog.pictures.read import read_picture
from tests.pictures import PLAIN, RED, SVG, drawn, halves, opened, png_header, upload, webp_header


def near(found, wanted, *, by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("kind", "mime_type", "suffix"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("GIF", "image/png", ".png"),
        ("WEBP", "image/webp", ".webp"),
        ("AVIF", "image/webp", ".webp"),
    ],
)
def test_five_formats_are_taken_whatever_the_name_says(kind, mime_type, suffix) -> None:
    clean = read_picture(upload(drawn(kind, (80, 60)), name="mug.exe"))

    assert (clean.mime_type, clean.suffix, clean.width, clean.height) == (mime_type, suffix, 80, 60)
    assert near(opened(clean.content).convert("RGB").getpixel((40, 30)), RED, by=16)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (PLAIN.encode(), NotAPicture),
        (b"<html><script>alert(1)</script>", NotAPicture),
        (SVG, DrawingRefused),
        (b"\xef\xbb\xbf\n<!-- hello --><SVG onload='x()'/>", DrawingRefused),
        (drawn("TIFF"), NotAPicture),
        (drawn("BMP"), NotAPicture),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", NotAPicture),
        (drawn("JPEG", (800, 600))[:-3000], BrokenPicture),
        (drawn("JPEG")[:30], BrokenPicture),
        (drawn("PNG", (800, 600))[:-200], BrokenPicture),
        (drawn("WEBP", (800, 600))[:-200], BrokenPicture),
        (drawn("AVIF", (80, 60))[:-40], BrokenPicture),
        (b"GIF89a", BrokenPicture),
        (b"\xff\xd8\xff", BrokenPicture),
        (b"RIFF\x04\x00\x00\x00WEBP", BrokenPicture),
        (png_header(50_000, 50_000), TooManyPixels),
        (png_header(12_000, 12_000), TooManyPixels),
        (png_header(8_000, 8_000), TooManyPixels),
        (png_header(16_001, 10), TooManyPixels),
        (webp_header(16_383, 16_383), TooManyPixels),
        (png_header(6_000, 6_000), BrokenPicture),  # few enough pixels, but they are not there
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else f"{len(value)} bytes {value[:6]!r}",
)
@pytest.mark.filterwarnings("default::RuntimeWarning")
def test_what_is_no_picture_is_refused_with_its_reason(content, error) -> None:
    with pytest.raises(error) as refused:
        read_picture(upload(content, name="mug.png"))

    assert type(refused.value) is error
    assert str(refused.value)


def test_a_flood_of_pixels_is_refused_before_any_is_decoded(monkeypatch) -> None:
    def decoded(image):
        raise AssertionError("it was decoded")

    monkeypatch.setattr(Image.Image, "load", decoded)

    with pytest.raises(TooManyPixels, match="at most 40 million") as refused:
        read_picture(upload(png_header(50_000, 50_000)))
    assert (refused.value.limit, refused.value.longest) == (40, 16_000)


def test_a_file_of_more_megabytes_than_the_settings_say_is_refused(settings) -> None:
    settings.PICTURE_MAX_MEGABYTES = 1
    with pytest.raises(FileTooLarge, match="1 MB"):
        read_picture(upload(drawn("BMP", (700, 600))))
    settings.PICTURE_MAX_MEGAPIXELS = 0
    with pytest.raises(TooManyPixels):
        read_picture(upload(drawn()))


def test_a_file_that_is_two_things_at_once_keeps_its_pixels_only() -> None:
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        content = drawn(kind) + b"PK\x03\x04<script>alert('polyglot')</script>"
        clean = read_picture(upload(content))
        assert b"polyglot" not in clean.content, kind
        assert b"PK\x03\x04" not in clean.content, kind


def test_nothing_is_told_about_where_and_how_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 14.0)  # where
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        content = drawn(kind, exif=exif)
        assert b"SecretCamera" in content
        image = opened(read_picture(upload(content)).content)
        assert dict(image.getexif()) == {}, kind
        assert {"exif", "xmp", "icc_profile", "comment", "photoshop"} & image.info.keys() == set(), kind


def test_huge_exif_and_broken_exif_do_no_harm() -> None:
    exif = Image.Exif()
    exif[0x9286] = b"x" * 5_000_000
    huge = read_picture(upload(drawn("PNG", exif=exif)))
    assert len(huge.content) < 5_000
    assert read_picture(upload(drawn("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 90))).width == 80


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (80, 40), (5, 20)),
        (2, (80, 40), (75, 20)),
        (3, (80, 40), (75, 20)),
        (4, (80, 40), (5, 20)),
        (5, (40, 80), (20, 5)),
        (6, (40, 80), (20, 5)),
        (7, (40, 80), (20, 75)),
        (8, (40, 80), (20, 75)),
        (77, (80, 40), (5, 20)),
    ],
)
def test_a_picture_stands_upright_however_the_camera_was_held(orientation, size, red_at) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[274] = orientation
    halves().save(file, "JPEG", exif=exif, quality=95)

    image = opened(read_picture(upload(file.getvalue())).content)

    assert image.size == size
    assert near(image.getpixel(red_at), RED, by=12)


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (30, 30), colour) for colour in (RED, (0, 0, 255), (0, 255, 0))]
    for kind in ("GIF", "WEBP", "PNG"):
        file = io.BytesIO()
        frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=50, loop=0)
        image = opened(read_picture(upload(file.getvalue())).content)
        assert getattr(image, "n_frames", 1) == 1, kind
        assert near(image.convert("RGB").getpixel((15, 15)), RED, by=12), kind


def test_cmyk_becomes_rgb() -> None:
    image = opened(read_picture(upload(drawn(mode="CMYK", colour=(0, 255, 255, 0), quality=95))).content)

    assert image.mode == "RGB"
    assert near(image.getpixel((10, 10)), (255, 0, 0), by=6)


def test_sixteen_bits_become_eight_without_being_cut_off() -> None:
    file = io.BytesIO()
    Image.new("I;16", (20, 20), 32_896).save(file, "PNG")

    image = opened(read_picture(upload(file.getvalue())).content)

    assert image.mode == "RGB"
    assert near(image.getpixel((5, 5)), (128, 128, 128), by=1)


def test_what_shines_through_still_does_and_what_does_not_has_no_alpha() -> None:
    glass = opened(read_picture(upload(drawn("PNG", mode="RGBA", colour=(*RED, 90)))).content)
    solid = opened(read_picture(upload(drawn("PNG", mode="RGBA", colour=(*RED, 255)))).content)

    assert glass.getpixel((5, 5)) == (*RED, 90)
    assert solid.getpixel((5, 5)) == RED


def test_a_colour_profile_is_applied_and_one_that_does_not_fit_is_dropped() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A profile in which red and blue have changed places.
    swapped = srgb.replace(b"rXYZ", b"TEMP").replace(b"bXYZ", b"rXYZ").replace(b"TEMP", b"bXYZ")
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    for profile, colour in ((srgb, RED), (swapped, RED[::-1]), (xyz, RED), (b"no profile at all", RED)):
        image = opened(read_picture(upload(drawn("PNG", icc_profile=profile))).content)
        assert "icc_profile" not in image.info
        assert near(image.getpixel((5, 5)), colour, by=2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_mere_noise_is_taken(kind) -> None:
    file = io.BytesIO()
    Image.frombytes("RGB", (600, 500), Random(1).randbytes(900_000)).save(file, kind, quality=100, subsampling=0)

    assert read_picture(upload(file.getvalue())).width == 600


@pytest.mark.parametrize("size", [(1, 15_000), (15_000, 1)])
def test_a_line_of_pixels_is_taken_and_has_renditions(size) -> None:
    clean = read_picture(upload(drawn("PNG", size)))

    made = rendition_files("line.png", clean.content)
    assert {opened(content).width for content in made.files.values()} == set(made.column["widths"])


def test_odd_modes_are_taken() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for mode, colour in (("1", 1), ("L", 120), ("LA", (120, 40)), ("P", 3)):
            assert read_picture(upload(drawn("PNG", mode=mode, colour=colour))).width == 80, mode


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_damaged_file_is_a_picture_or_a_refusal_and_never_a_fault(kind) -> None:
    exif, random = Image.Exif(), Random(kind)
    exif[274] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    whole = drawn(kind, (40, 30)) if kind == "GIF" else drawn(kind, (40, 30), exif=exif, icc_profile=profile)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(150):
            damaged = bytearray(whole)
            for _ in range(random.choice((1, 2, 8))):
                damaged[random.randrange(len(damaged))] = random.randrange(256)
            with suppress(PictureRefused):
                read_picture(upload(bytes(damaged)))
