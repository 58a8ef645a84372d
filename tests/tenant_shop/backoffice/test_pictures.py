"""Pictures in the back office: a bad file is explained beside its field, and nothing of it is stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.backoffice.catalog import ProductAdmin
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.pictures import discard, make
from tenant_shop.catalog.pictures.discard import remove_discarded, upkeep
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.pictures import PLAIN, SVG, drawn, files_in, png_header, room_for, upload

REASONS = {
    "empty.png": (b"", "empty"),
    "note.png": (PLAIN.encode(), "use JPEG, PNG, WebP, AVIF or GIF"),
    "drawing.png": (SVG, "SVG is not taken"),
    "bomb.png": (png_header(50_000, 50_000), "too many pixels"),
    "cut.jpg": (drawn("JPEG", (800, 600))[:-3000], "damaged or was cut off"),
}
PAGE = "/admin/tenant_shop/product/"


@pytest.fixture
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept, empty at first; no worker listens."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(make.make_renditions_task, "delay", lambda picture_id: None)
    monkeypatch.setattr(discard.upkeep_task, "delay", lambda: None)
    return tmp_path


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


@pytest.fixture
def mug(shop: TenantInfo) -> Product:
    return ProductFactory(name="Mug", slug="mug", sku="M-1", stock=1)


def form(product: Product, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    variant = product.variant_rows.get()
    saved = sum("id" in row for row in rows)
    data = {
        "name": product.name,
        "slug": product.slug,
        "sku": product.sku,
        "status": "active",
        "visibility": "visible",
        "price": "12.50",
        "low_stock_threshold": 3,
        "track_inventory": "on",
        "variant_rows-TOTAL_FORMS": 1,
        "variant_rows-INITIAL_FORMS": 1,
        "variant_rows-0-id": variant.pk,
        "variant_rows-0-product": product.pk,
        "variant_rows-0-sku": variant.sku,
        "variant_rows-0-position": 0,
        "variant_rows-0-is_active": "on",
        "images-TOTAL_FORMS": len(rows),
        "images-INITIAL_FORMS": saved,
        "scheduled-TOTAL_FORMS": 0,
        "scheduled-INITIAL_FORMS": 0,
        **changes,
    }
    for index, row in enumerate(rows):
        data |= {f"images-{index}-{name}": value for name, value in {"sort_order": index, **row}.items()}
    return data


def send(browser: Client, product: Product, *rows: dict[str, Any], **changes: Any) -> Any:
    return browser.post(f"{PAGE}{product.pk}/change/", form(product, *rows, **changes))


def test_a_file_becomes_a_picture(browser: Client, mug: Product, folder: Path) -> None:
    response = send(browser, mug, {"file": upload(drawn("PNG", (300, 200)), "../a.png"), "alt_text": "A mug"})

    assert response.status_code == 302
    image = ProductImage.objects.get()
    assert (image.product_id, image.alt_text, image.width, image.height) == (mug.pk, "A mug", 300, 200)
    assert (image.mime_type, image.size_bytes) == ("image/png", default_storage.size(image.filename))
    assert files_in(folder) == [image.filename]
    upkeep()
    page = browser.get(f"{PAGE}{mug.pk}/change/").content.decode()
    image.refresh_from_db()
    assert f'<img src="/media/{image.filename[:-4]}-{image.renditions["recipe"]}-160.webp"' in page


def test_several_files_at_once_go_behind_what_is_there(browser: Client, mug: Product, folder: Path) -> None:
    first = ProductImage.objects.create(product=mug, url="https://example.com/a.jpg", is_primary=True)
    row = {"id": first.pk, "product": mug.pk, "url": first.url, "is_primary": "on"}

    response = send(browser, mug, row, new_pictures=[upload(drawn()), upload(drawn("PNG"))])

    assert response.status_code == 302
    shown = ProductImage.objects.order_by("sort_order").values_list("sort_order", "is_primary", "mime_type")
    assert list(shown) == [(0, True, None), (1, False, "image/jpeg"), (2, False, "image/png")]
    assert len(files_in(folder)) == 2


@pytest.mark.parametrize("name", REASONS)
def test_a_bad_file_is_explained_beside_its_field_and_nothing_is_stored(
    browser: Client, mug: Product, folder: Path, name: str
) -> None:
    content, reason = REASONS[name]
    good = {"file": upload(drawn()), "alt_text": "good"}

    response = send(browser, mug, good, {"file": upload(content, name)}, name="Renamed")

    errors = response.context["inline_admin_formsets"][1].formset.errors
    assert response.status_code == 200
    assert list(errors[1]) == ["file"]
    assert reason in errors[1]["file"][0]
    assert reason in response.content.decode()
    mug.refresh_from_db()
    assert (mug.name, ProductImage.objects.count(), files_in(folder)) == ("Mug", 0, [])


def test_of_several_the_bad_ones_are_named_and_none_is_taken(browser: Client, mug: Product, folder: Path) -> None:
    files = [upload(drawn()), *(upload(content, name) for name, (content, _) in REASONS.items() if content)]

    response = send(browser, mug, new_pictures=files)

    messages = response.context["adminform"].form.errors["new_pictures"]
    assert [message.split(":")[0] for message in messages] == [name for name in REASONS if name != "empty.png"]
    assert (ProductImage.objects.count(), files_in(folder)) == (0, [])
    many = send(browser, mug, new_pictures=[upload(drawn()) for _ in range(21)])
    assert "At most 20 pictures at once." in many.content.decode()
    assert files_in(folder) == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://example.com/a.jpg", "data:image/png;base64,AAAA", ""])
def test_an_address_is_https_and_something_is_given(browser: Client, mug: Product, folder: Path, url: str) -> None:
    response = send(browser, mug, {"url": url, "alt_text": "A mug"})

    assert response.status_code == 200
    assert ProductImage.objects.count() == 0


def test_an_address_is_kept_as_a_reference(browser: Client, mug: Product, folder: Path) -> None:
    assert send(browser, mug, {"url": "https://example.com/a.jpg"}).status_code == 302

    image = ProductImage.objects.get()
    assert (image.url, image.filename, image.renditions_due_at) == ("https://example.com/a.jpg", None, None)


def test_what_is_replaced_or_deleted_leaves_no_files(browser: Client, mug: Product, folder: Path) -> None:
    send(browser, mug, {"file": upload(drawn())}, {"file": upload(drawn())}, {"file": upload(drawn())})
    first, second, third = ProductImage.objects.order_by("sort_order")
    upkeep()
    rows = [{"id": image.pk, "product": mug.pk, "url": image.url} for image in (first, second, third)]

    rows[0] |= {"file": upload(drawn("PNG"))}
    rows[1] |= {"DELETE": "on"}
    rows[2] |= {"url": "https://example.com/a.jpg"}
    assert send(browser, mug, *rows).status_code == 302
    assert remove_discarded() == 3

    first.refresh_from_db()
    assert files_in(folder) == [first.filename]
    assert first.mime_type == "image/png"
    assert browser.post(f"{PAGE}{mug.pk}/delete/", {"post": "yes"}).status_code == 302
    assert remove_discarded() == 1
    assert files_in(folder) == []


def test_editing_the_words_leaves_file_and_renditions_alone(browser: Client, mug: Product, folder: Path) -> None:
    send(browser, mug, {"file": upload(drawn())})
    upkeep()
    image, before = ProductImage.objects.get(), files_in(folder)

    row = {"id": image.pk, "product": mug.pk, "url": image.url, "alt_text": "Blue"}
    assert send(browser, mug, row).status_code == 302

    after = ProductImage.objects.get()
    assert (after.alt_text, after.filename, after.renditions) == ("Blue", image.filename, image.renditions)
    assert files_in(folder) == before


def test_when_the_database_refuses_the_form_the_files_go_again(browser: Client, mug: Product, folder: Path) -> None:
    with mock.patch.object(ProductAdmin, "log_change", side_effect=IntegrityError):
        response = send(browser, mug, {"file": upload(drawn())}, new_pictures=[upload(drawn())])

    assert response.status_code == 302
    assert (ProductImage.objects.count(), files_in(folder)) == (0, [])


def test_the_plans_limit_is_said_beside_the_field(
    shop: TenantInfo, browser: Client, mug: Product, folder: Path
) -> None:
    with room_for(shop, 0):
        page = send(browser, mug, {"file": upload(drawn())}).content.decode()

    assert "includes 0 GB of file storage" in page
    assert (ProductImage.objects.count(), files_in(folder)) == (0, [])


def test_a_new_product_comes_with_its_pictures(
    browser: Client, shop: TenantInfo, folder: Path, count_statements: Callable[..., Any]
) -> None:
    data = {
        "name": "Hammer", "slug": "hammer", "sku": "H-1", "status": "active", "visibility": "visible",
        "price": "12.50", "low_stock_threshold": 3, "variant_rows-TOTAL_FORMS": 0, "variant_rows-INITIAL_FORMS": 0,
        "images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0, "scheduled-TOTAL_FORMS": 0,
        "scheduled-INITIAL_FORMS": 0, "new_pictures": [upload(drawn()), upload(drawn())],
    }  # fmt: skip
    assert browser.post(f"{PAGE}add/", data).status_code == 302

    shown = ProductImage.objects.order_by("sort_order").values_list("alt_text", "is_primary")
    assert list(shown) == [("Hammer", True), ("Hammer", False)]
