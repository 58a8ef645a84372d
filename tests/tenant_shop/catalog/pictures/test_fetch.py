"""Pictures by address: fetched by a worker, from public places only, up to a size; what cannot be had says why."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.lock_product import lock_product
from tenant_shop.catalog.pictures import fetch, make
from tenant_shop.catalog.pictures.discard import upkeep
from tenant_shop.catalog.pictures.fetch import due_addresses, fetch_picture
from tenant_shop.catalog.pictures.make import MAX_ATTEMPTS, Made, due_pictures
from tenant_shop.catalog.pictures.of_product import add_address
from tenant_shop.catalog.pictures.read import read_picture
from tenant_shop.integrations.webhooks.errors import UrlRefused
from tenant_shop.models import ProductImage
from tests.factories.catalog import ProductFactory
from tests.pictures import drawn, files_in, room_for
from tests.receiver import answers, drips, lies, receiving


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pictures that a worker was told to fetch; none listens."""
    told: list[str] = []
    monkeypatch.setattr(fetch.fetch_picture_task, "delay", told.append)
    monkeypatch.setattr(make.make_renditions_task, "delay", lambda _: None)
    return told


@pytest.fixture
def here(settings: Any) -> None:
    """Addresses of this machine may be asked."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


def referring(url: str) -> ProductImage:
    with shop_transaction():
        return add_address(lock_product(ProductFactory().pk), url, {})


def standing(image: ProductImage) -> tuple[Any, ...]:
    image.refresh_from_db()
    return bool(image.filename), image.renditions_due_at is not None, image.rendition_problem


def test_a_worker_fetches_what_an_address_shows(shop, here, folder, queued) -> None:
    with receiving(answers(200, drawn("PNG", (90, 60)))) as server:
        image = referring(server.url)
        assert (queued, due_addresses(), due_pictures()) == ([str(image.pk)], [image.pk], [])
        assert (fetch_picture(image.pk), fetch_picture(image.pk)) == (Made.DONE, Made.NOT_DUE)

    assert standing(image) == (True, True, None)  # its renditions are due now
    assert (image.mime_type, image.width, image.height) == ("image/png", 90, 60)
    assert image.url.endswith(image.filename)
    assert (files_in(folder), due_pictures(), due_addresses()) == ([image.filename], [image.pk], [])
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("behave", "problem"),
    [
        (answers(404), "Answered 404"),
        (answers(302, Location="http://127.0.0.1/"), "Answered 302: redirects are not followed"),
        (answers(200, b"<svg onload='alert(1)'>"), "SVG is not taken, because it can hold scripts: save the drawing as "
         "PNG or WebP."),
        (answers(200, b""), "The file is empty."),
        (lies, "There are more than 1,048,576 bytes"),
    ],
)  # fmt: skip
def test_what_is_refused_for_good_stays_an_address_and_says_why(
    behave: Any, problem: str, shop, here, folder, settings
) -> None:
    settings.PICTURE_MAX_MEGABYTES = 1
    with receiving(behave) as server:
        image = referring(server.url)
        assert fetch_picture(image.pk) is Made.FAILED

    assert standing(image) == (False, False, problem)
    assert (image.url, files_in(folder)) == (server.url, [])


@pytest.mark.parametrize(
    ("behave", "problem"),
    [(answers(503), "NotFetched: Answered 503"), (drips, "NotFetched: No answer within 0.3 seconds")],
)
def test_what_may_be_there_later_is_tried_five_times(
    behave: Any, problem: str, shop, here, folder, queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 0.3)
    with receiving(behave) as server:
        image = referring(server.url)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            assert fetch_picture(image.pk) is Made.FAILED
            assert standing(image) == (False, attempt < MAX_ATTEMPTS, problem)
            assert fetch_picture(image.pk) is Made.NOT_DUE
            rows = ProductImage.objects.filter(renditions_due_at__isnull=False)
            rows.update(renditions_due_at=timezone.now() - timedelta(seconds=1))

    assert len(server.taken) == MAX_ATTEMPTS


def test_nothing_is_fetched_from_our_own_network(shop, folder, settings) -> None:
    with pytest.raises(UrlRefused):
        referring("https://169.254.169.254/latest/meta-data")
    assert not ProductImage.objects.exists()
    with receiving(answers(200, drawn())) as server:  # a name that leads there says so only when it is asked
        image = ProductImage.objects.create(
            product=ProductFactory(), url=f"https://localhost:{server.port}/", renditions_due_at=timezone.now()
        )
        assert fetch_picture(image.pk) is Made.FAILED

    assert standing(image) == (False, True, "NotFetched: localhost leads to a private address.")
    assert server.taken == []


def test_a_plan_without_room_takes_no_fetched_picture(shop, here, folder) -> None:
    with receiving(answers(200, drawn())) as server, room_for(shop, 0):
        image = referring(server.url)
        assert fetch_picture(image.pk) is Made.FAILED

    has_file, is_due, problem = standing(image)
    assert (has_file, is_due, files_in(folder)) == (False, False, [])
    assert "plan" in problem


def test_a_picture_that_is_deleted_meanwhile_leaves_no_file(
    shop, here, folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reads_too_late(file: Any) -> Any:
        ProductImage.objects.all().delete()
        return read_picture(file)

    monkeypatch.setattr(fetch, "read_picture", reads_too_late)
    with receiving(answers(200, drawn())) as server:
        assert fetch_picture(referring(server.url).pk) is Made.NOT_DUE

    assert files_in(folder) == []


def test_the_recurring_job_hands_waiting_addresses_to_who_waits_for_others(shop, here, folder, queued) -> None:
    image = referring("http://127.0.0.1:9/gone.png")

    upkeep()

    assert queued == [str(image.pk)] * 2
    assert standing(image) == (False, True, None)
