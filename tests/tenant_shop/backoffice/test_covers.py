"""The pictures of categories and brands in the back office: as those of products, one for each."""

import re
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.test import Client

from platform_core.accounts.models import AccessRole
from platform_core.plans.limits import Limited, PlanLimitReached
from platform_core.tenancy.context import TenantInfo
from tenant_shop.backoffice import categories
from tenant_shop.catalog.pictures import discard, make
from tenant_shop.catalog.pictures.discard import remove_discarded, upkeep
from tenant_shop.catalog.pictures.make import make_due_again
from tenant_shop.models import Brand, Category, CoverPicture, DiscardedPicture
from tests.factories.catalog import BrandFactory, CategoryFactory
from tests.people import staff_browser
from tests.pictures import PLAIN, SVG, drawn, files_in, png_header, room_for, upload

REASONS = {
    "empty.png": (b"", "empty"),
    "note.png": (PLAIN.encode(), "use JPEG, PNG, WebP, AVIF or GIF"),
    "drawing.png": (SVG, "SVG is not taken"),
    "bomb.png": (png_header(50_000, 50_000), "too many pixels"),
    "cut.jpg": (drawn("JPEG", (800, 600))[:-3000], "damaged or was cut off"),
}
ELSEWHERE = "https://example.com/a.jpg"
Owner = Category | Brand


@pytest.fixture
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept, empty at first; no worker listens."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(make.make_renditions_task, "delay", lambda picture_id: None)
    monkeypatch.setattr(discard.upkeep_task, "delay", lambda: None)
    return tmp_path


@pytest.fixture
def browser(shop: TenantInfo, folder: Path) -> Client:
    return staff_browser(shop)


@pytest.fixture(params=[CategoryFactory, BrandFactory], ids=["category", "brand"])
def owner(shop: TenantInfo, request: pytest.FixtureRequest) -> Owner:
    """What has a picture."""
    made: Owner = request.param(name="Mugs", slug="mugs")
    return made


def address(owner: Owner) -> str:
    return "image_url" if isinstance(owner, Category) else "logo_url"


def shown(owner: Owner) -> str:
    owner.refresh_from_db()
    return getattr(owner, address(owner)) or ""


def send(browser: Client, owner: Owner, **changes: Any) -> Any:
    """Send the form as it stands, with `changes`; `url` is the address of the picture, `opened` what it was before."""
    opened = changes.pop("opened", shown(owner))
    addresses = {address(owner): changes.pop("url", opened), f"initial-{address(owner)}": opened}
    form = {"name": owner.name, "slug": owner.slug, "is_active": "on", "sort_order": 0, **addresses, **changes}
    return browser.post(f"/admin/tenant_shop/{owner._meta.model_name}/{owner.pk}/change/", form)


def test_a_file_becomes_the_picture_and_a_worker_makes_its_sizes(browser: Client, owner: Owner, folder: Path) -> None:
    assert send(browser, owner, file=upload(drawn("PNG", (300, 200)), "../a.png")).status_code == 302

    picture = CoverPicture.objects.get()
    assert {picture.category_id, picture.brand_id} == {owner.pk, None}
    assert shown(owner) == picture.url == f"/media/{picture.filename}"
    assert (picture.width, picture.height, picture.mime_type) == (300, 200, "image/png")
    assert picture.size_bytes == default_storage.size(str(picture.filename))
    assert files_in(folder) == [picture.filename]
    upkeep()
    picture.refresh_from_db()
    assert (picture.renditions["widths"], picture.renditions_due_at) == ([160, 300], None)
    assert len(files_in(folder)) == 5
    page = browser.get(f"/admin/tenant_shop/{owner._meta.model_name}/{owner.pk}/change/").content.decode()
    smallest = f"/media/{str(picture.filename)[:-4]}-{picture.renditions['recipe']}-160.webp"
    assert f'<img src="{smallest}"' in page
    assert make_due_again(also_made=False) == 0
    assert make_due_again(also_made=True) == 1


def test_a_new_one_comes_with_its_picture(browser: Client, shop: TenantInfo) -> None:
    form = {"name": "Pots", "slug": "pots", "is_active": "on", "sort_order": 0, "file": upload(drawn())}

    assert browser.post("/admin/tenant_shop/category/add/", form).status_code == 302

    assert CoverPicture.objects.get().url == Category.objects.get().image_url


@pytest.mark.parametrize("name", REASONS)
def test_a_bad_file_is_explained_beside_its_field_and_nothing_changes(
    browser: Client, owner: Owner, folder: Path, name: str
) -> None:
    content, reason = REASONS[name]

    response = send(browser, owner, file=upload(content, name), name="Renamed")

    errors = response.context["adminform"].form.errors
    assert response.status_code == 200
    assert list(errors) == ["file"]
    assert reason in errors["file"][0]
    assert reason in response.content.decode()
    owner.refresh_from_db()
    assert (owner.name, CoverPicture.objects.count(), files_in(folder)) == ("Mugs", 0, [])


def test_the_plans_limit_is_said_beside_the_field(
    shop: TenantInfo, browser: Client, owner: Owner, folder: Path
) -> None:
    with room_for(shop, 0):
        response = send(browser, owner, file=upload(drawn()))

    assert "includes 0 GB of file storage" in response.context["adminform"].form.errors["file"][0]
    assert (shown(owner), CoverPicture.objects.count(), files_in(folder)) == ("", 0, [])


def test_room_that_is_gone_when_it_is_saved_leaves_nothing(browser: Client, owner: Owner, folder: Path) -> None:
    full = PlanLimitReached("free", Limited.FILE_STORAGE_GB, 1)
    with mock.patch.object(categories, "keep_picture", side_effect=full):
        response = send(browser, owner, file=upload(drawn()), name="Renamed")

    assert response.status_code == 302
    assert "includes 1 GB of file storage" in browser.get(response["Location"]).content.decode()
    owner.refresh_from_db()
    assert (owner.name, CoverPicture.objects.count(), files_in(folder)) == ("Mugs", 0, [])


def test_what_is_replaced_emptied_or_deleted_leaves_no_files(browser: Client, owner: Owner, folder: Path) -> None:
    send(browser, owner, file=upload(drawn()))
    upkeep()
    send(browser, owner, file=upload(drawn("PNG")))
    assert remove_discarded() == 1
    assert files_in(folder) == [CoverPicture.objects.get().filename]

    for url in ("", ELSEWHERE):
        send(browser, owner, file=upload(drawn("PNG")))
        assert send(browser, owner, url=url).status_code == 302
        assert (shown(owner), CoverPicture.objects.count()) == (url, 0)
        remove_discarded()
        assert files_in(folder) == []

    send(browser, owner, file=upload(drawn("PNG")))
    page = f"/admin/tenant_shop/{owner._meta.model_name}/{owner.pk}/delete/"
    assert browser.post(page, {"post": "yes"}).status_code == 302
    assert (CoverPicture.objects.count(), remove_discarded(), files_in(folder)) == (0, 1, [])


def test_editing_the_words_leaves_the_picture_alone(browser: Client, owner: Owner, folder: Path) -> None:
    send(browser, owner, file=upload(drawn()))
    upkeep()
    before = CoverPicture.objects.values().get(), files_in(folder)

    assert send(browser, owner, name="Cups").status_code == 302

    assert (CoverPicture.objects.values().get(), files_in(folder)) == before
    assert DiscardedPicture.objects.count() == 0


def test_the_form_carries_the_address_that_it_was_opened_with(browser: Client, owner: Owner) -> None:
    send(browser, owner, url=ELSEWHERE)
    page = browser.get(f"/admin/tenant_shop/{owner._meta.model_name}/{owner.pk}/change/").content.decode()
    assert re.search(rf'<input type="hidden" name="initial-{address(owner)}" value="{ELSEWHERE}"', page)


@pytest.mark.parametrize("before", ["", "a picture"])
def test_a_form_that_was_open_meanwhile_changes_its_words_and_not_the_newer_picture(
    before: str, browser: Client, owner: Owner, folder: Path
) -> None:
    if before:
        send(browser, owner, file=upload(drawn()))
    opened = shown(owner)
    send(browser, owner, file=upload(drawn("PNG")))
    newer = shown(owner)

    assert send(browser, owner, opened=opened, name="Cups").status_code == 302

    owner.refresh_from_db()
    assert (owner.name, shown(owner), CoverPicture.objects.get().url) == ("Cups", newer, newer)
    remove_discarded()
    assert files_in(folder) == [newer.removeprefix("/media/")]


def test_an_address_of_a_picture_that_is_gone_is_refused(browser: Client, owner: Owner, folder: Path) -> None:
    send(browser, owner, file=upload(drawn()))
    old = shown(owner)
    send(browser, owner, file=upload(drawn("PNG")))
    newer = shown(owner)

    for url in (old, "/media/categories/never.jpg", "/media/../../etc/passwd"):  # before its files go, and after
        response = send(browser, owner, url=url)
        assert "no picture at this address any more" in response.content.decode(), url
        assert (shown(owner), CoverPicture.objects.get().url) == (newer, newer)
        remove_discarded()


def test_a_picture_that_another_one_shows_by_its_address_stays_until_nobody_does(
    browser: Client, owner: Owner, folder: Path
) -> None:
    other = CategoryFactory(name="Cups", slug="cups")
    send(browser, owner, file=upload(drawn()))
    shared = shown(owner)
    assert send(browser, other, url=shared).status_code == 302

    send(browser, owner, url="")
    assert (remove_discarded(), files_in(folder)) == (0, [shared.removeprefix("/media/")])

    send(browser, other, url="")
    assert (remove_discarded(), files_in(folder), DiscardedPicture.objects.count()) == (1, [], 0)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://example.com/a.jpg", "data:image/png;base64,AAAA", "//example.com/a.jpg"]
)
def test_an_address_is_https_or_the_shops_own(browser: Client, owner: Owner, url: str) -> None:
    response = send(browser, owner, url=url)

    assert list(response.context["adminform"].form.errors) == [address(owner)]
    assert shown(owner) == ""


def test_when_the_database_refuses_the_form_the_files_go_again(browser: Client, owner: Owner, folder: Path) -> None:
    page: Any = categories.CategoryAdmin if isinstance(owner, Category) else categories.BrandAdmin
    with mock.patch.object(page, "log_change", side_effect=IntegrityError):
        response = send(browser, owner, file=upload(drawn()))

    assert response.status_code == 302
    assert (shown(owner), CoverPicture.objects.count(), files_in(folder)) == ("", 0, [])


def test_who_may_only_look_changes_no_picture(shop: TenantInfo, owner: Owner, folder: Path) -> None:
    assert send(staff_browser(shop, AccessRole.VIEWER), owner, file=upload(drawn())).status_code == 403

    assert (shown(owner), CoverPicture.objects.count(), files_in(folder)) == ("", 0, [])
