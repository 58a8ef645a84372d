"""Pictures in pages: no more of them than the screen needs, never without a size, and fine without renditions."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from platform_core.tenancy.theme import set_theme
from tenant_shop.catalog.pictures.sources import smallest_file, sources
from tenant_shop.models import CoverPicture, ProductImage
from tenant_shop.storefront.pictures import PLACES
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.people import make_user

MADE = {"recipe": "abc123", "widths": [160, 320, 480, 640, 960, 1280], "formats": ["avif", "webp"], "bytes": 1}
URL = "/media/products/ab/mug.jpg"


def pictured(slug="mug", **values):
    product = ProductFactory(name=slug.title(), slug=slug, stock=3, tags=["featured"], category=CategoryFactory())
    ProductImage.objects.create(product=product, **{"url": URL, "width": 1500, "height": 1000, **values})
    return product


def widths(source):
    return [int(width) for width in re.findall(r"-abc123-(\d+)\.", source.srcset)]


def test_sources_come_best_format_first_and_only_as_large_as_they_are_useful():
    avif, webp = sources(URL, MADE, smallest=320, largest=640)

    assert (avif.mime_type, webp.mime_type) == ("image/avif", "image/webp")
    assert avif.srcset == (
        "/media/products/ab/mug-abc123-320.avif 320w, /media/products/ab/mug-abc123-480.avif 480w, "
        "/media/products/ab/mug-abc123-640.avif 640w"
    )
    assert widths(sources(URL, MADE, smallest=480, largest=700)[0]) == [480, 640, 960]
    assert widths(sources(URL, {**MADE, "widths": [90]}, smallest=480, largest=1280)[0]) == [90]
    assert sources(URL, None, smallest=320, largest=640) == []
    assert smallest_file(URL, MADE) == "/media/products/ab/mug-abc123-160.webp"
    assert smallest_file(URL, None) == URL


@pytest.mark.parametrize("place", PLACES)
def test_every_place_says_its_size(place):
    assert PLACES[place].sizes.endswith(("vw", "rem"))
    assert PLACES[place].smallest <= PLACES[place].largest


@pytest.mark.parametrize("path", ["/", "/products/", "/products/mug/", "/cart/"])
def test_every_picture_has_sources_and_a_size(selling, shopper, path):
    pictured(renditions=MADE)
    shopper.follow(shopper.add("mug"))
    page = shopper.get(path).content.decode()

    images = re.findall(r"<img [^>]*>", page)
    assert images
    for image in images:
        assert 'width="1500" height="1000"' in image
        assert f'src="{URL}"' in image
        assert 'decoding="async"' in image
    assert page.count("<picture>") == len(images)
    assert page.count('<source type="image/avif"') == page.count('<source type="image/webp"') == len(images)
    assert page.count("sizes=") == 2 * len(images)


@pytest.mark.parametrize("path", ["/", "/categories/kitchen/", "/brands/", "/brands/loft/"])
def test_covers_have_sources_and_a_size_too(selling, shopper, path):
    brands = [BrandFactory(name=name.title(), slug=name, logo_url=URL) for name in ("loft", "barn")]
    category = CategoryFactory(name="Kitchen", slug="kitchen", image_url=URL)
    for brand in brands:
        ProductFactory(stock=1, brand=brand, category=category)
    for own in ({"brand": brands[0]}, {"brand": brands[1]}, {"category": category}):
        CoverPicture.objects.create(
            url=URL, filename="products/ab/mug.jpg", width=1500, height=1000, renditions=MADE, **own
        )
    set_theme(selling.id, {"sections": ["categories", "brands"]}, user_id=make_user("look@acme.example").pk)
    page = shopper.get(path).content.decode()

    images = re.findall(r"<img [^>]*>", page)
    assert len(images) == {"/": 3, "/brands/": 2}.get(path, 1)
    for image in images:
        assert 'width="1500" height="1000"' in image
        assert f'src="{URL}"' in image
    assert page.count('<source type="image/avif" srcset="') == len(images)
    assert page.count("sizes=") == 2 * len(images)
    if path.count("/") > 2:
        assert re.search(rf'<meta property="og:image" content="http://acme\.[^"/]+{URL}">', page)


def test_a_cover_that_the_address_does_not_name_is_not_shown(selling, shopper):
    brand = BrandFactory(slug="loft", logo_url="https://example.com/loft.png")
    CoverPicture.objects.create(url=URL, filename="a.jpg", width=1500, height=1000, renditions=MADE, brand=brand)
    ProductFactory(stock=1, brand=brand)
    page = shopper.get("/brands/loft/").content.decode()

    assert re.findall(r'<img src="([^"]+)"', page) == ["https://example.com/loft.png"]
    assert "<source" not in page


def test_a_reference_is_shown_as_it_is(selling, shopper):
    pictured(url="https://example.com/mug.jpg", width=None, height=None)
    page = shopper.get("/products/mug/").content.decode()

    assert '<img src="https://example.com/mug.jpg" alt="Mug" width="800" height="800"' in page
    assert "<source" not in page


def test_the_first_pictures_of_a_list_are_not_lazy(selling, shopper):
    for number in range(6):
        pictured(f"mug-{number}")
    images = re.findall(r"<img [^>]*>", shopper.get("/products/").content.decode())

    assert ['loading="lazy"' in image for image in images] == [False] * 4 + [True] * 2
    assert ['fetchpriority="high"' in image for image in images] == [True] + [False] * 5


def test_the_gallery_shows_large_pictures_and_links_into_them(selling, shopper):
    product = pictured(alt_text="Front", sort_order=1)
    ProductImage.objects.create(product=product, url="/media/side.jpg", alt_text="Side", sort_order=2)
    page = shopper.get("/products/mug/").content.decode()

    assert 'tabindex="0"' in page.split('<ul class="gallery__stage"')[1].split(">")[0]
    assert re.findall(r'<li id="picture-(\d)">', page) == ["1", "2"]
    assert re.findall(r'<a href="#picture-(\d)">', page) == ["1", "2"]
    large, small = page.split('<ul class="gallery__thumbs">')
    assert large.count('fetchpriority="high"') == 1
    assert re.findall(r'<img [^>]*alt="([^"]+)"', small.split("</ul>")[0]) == ["Front", "Side"]


def test_one_picture_needs_no_thumbnails(selling, shopper):
    pictured()
    page = shopper.get("/products/mug/").content.decode()

    assert "gallery__thumbs" not in page
    assert 'tabindex="0"' not in page.split('class="gallery"')[1].split("</ul>")[0]


def test_a_file_that_is_missing_is_a_bare_404_and_costs_no_sql(selling, shopper, count_statements):
    shopper.get("/media/other.webp")  # what is known of the shop is read once for many requests
    with count_statements() as statements:
        missing = shopper.get("/media/products/ab/gone.webp")

    assert statements.count == 0
    assert (missing.status_code, missing.content) == (404, b"No such file.")
    assert missing["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        (f"products/ab/{'ab' * 16}.jpg", True),
        (f"products/ab/{'ab' * 16}-abc123-640.avif", True),
        (f"logo/ab/{'ab' * 16}-abc123-160.webp", True),
        ("products/mug-abc123-640.avif", False),
        (f"products/{'ab' * 15}.jpg", False),
    ],
)
def test_a_name_that_never_comes_again_may_be_kept_for_ever(selling, shopper, settings, tmp_path, name, is_kept):
    settings.MEDIA_ROOT = tmp_path
    default_storage.save(name, ContentFile(b"picture"))
    answer = shopper.get(f"/media/{name}")

    assert b"".join(answer.streaming_content) == b"picture"
    expected = "public, max-age=31536000, immutable" if is_kept else "public, max-age=2592000"
    assert answer["Cache-Control"] == expected
