"""Pictures of products over the API: files and addresses."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.pictures import fetch, make, of_product
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.models import DiscardedPicture, Product, ProductImage
from tests.api_client import API, ApiClient, error_of
from tests.factories.catalog import ProductFactory
from tests.pictures import SVG, drawn, files_in, room_for
from tests.statements import StatementCount

Program = Callable[..., ApiClient]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept, empty at first; no worker listens."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(fetch.fetch_picture_task, "delay", lambda _: None)
    monkeypatch.setattr(make.make_renditions_task, "delay", lambda _: None)
    return tmp_path


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_products")


@pytest.fixture
def product(acme: TenantInfo) -> Product:
    with tenant_context(acme):
        return ProductFactory(name="Hammer")


def send(api: ApiClient, product: Product, content: bytes, **fields: str) -> Any:
    file = io.BytesIO(content)
    file.name = "x.exe"
    return api.client.post(f"{API}/products/{product.pk}/images/", {"file": file, **fields})


def test_a_file_is_cleaned_kept_changed_and_deleted(acme: TenantInfo, api: ApiClient, product: Product) -> None:
    first = send(api, product, drawn("PNG", (90, 60)))
    second = send(api, product, drawn("GIF"), alt_text="Its handle", sort_order="7", is_primary="true").json()

    made, path = first.json(), f"/products/{product.pk}/images/"
    assert (first.status_code, made["state"], made["mime_type"]) == (201, "stored", "image/png")
    assert made["url"].startswith("http://acme.localhost:")
    assert made["url"].endswith(".png")
    told = ("alt_text", "sort_order", "is_primary", "width", "height")
    assert [made[name] for name in told] == ["Hammer", 0, True, 90, 60]
    assert [second[name] for name in told] == ["Its handle", 7, True, 80, 60]
    assert [row["is_primary"] for row in api.get(path).json()["results"]] == [False, True]  # one stands for it
    whole = api.get(f"/products/{product.pk}/?expand=images").json()
    assert whole["images"] == api.get(path).json()["results"]
    assert "images" not in api.get(f"/products/{product.pk}/").json()

    changed = api.patch(f"{path}{made['id']}/", {"alt_text": "A hammer", "is_primary": True}).json()

    assert changed == {**made, "alt_text": "A hammer"}
    assert api.get(f"{path}{second['id']}/").json()["is_primary"] is False
    assert api.delete(f"{path}{made['id']}/").status_code == 204
    assert [row["id"] for row in api.get(path).json()["results"]] == [second["id"]]
    with tenant_context(acme):
        assert DiscardedPicture.objects.count() == 1
    with tenant_scope(acme.id):
        verbs = list(AuditLog.objects.filter(resource_type="productimage").order_by("pk").values_list("action"))
    assert verbs == [(f"{verb}_productimage",) for verb in ("add", "add", "change", "delete")]


def test_an_address_is_fetched_later(acme: TenantInfo, api: ApiClient, product: Product) -> None:
    path, body = f"/products/{product.pk}/images/", {"url": "https://pictures.example.com/a.jpg"}

    made = api.post(path, body, Idempotency_Key="a").json()

    assert (made["url"], made["state"], made["problem"]) == (body["url"], "waiting", None)
    assert api.post(path, body, Idempotency_Key="a").json() == made
    with tenant_context(acme):
        ProductImage.objects.update(renditions_due_at=None, rendition_problem="Answered 404")
    found = api.get(f"{path}{made['id']}/").json()
    assert (found["state"], found["problem"]) == ("failed", "Answered 404")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (400, "required", "url")),
        ({"url": 5}, (400, "invalid", "url")),
        ({"url": "https://x.example/a.png", "file": "x"}, (400, "unknown_field", "file")),
        ({"url": "http://pictures.example.com/a.jpg"}, (422, "webhook_url_refused", None)),
        ({"url": "https://10.0.0.1/a.jpg"}, (422, "webhook_url_refused", None)),
        ({"url": "https://u:p@x.example/a.png"}, (422, "webhook_url_refused", None)),
    ],
)
def test_an_address_that_nothing_is_fetched_from_is_refused(
    body: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, api: ApiClient, product: Product
) -> None:
    assert error_of(api.post(f"/products/{product.pk}/images/", body)) == refusal
    with tenant_context(acme):
        assert not ProductImage.objects.exists()


def test_a_file_that_is_refused_leaves_nothing(
    acme: TenantInfo, api: ApiClient, product: Product, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PICTURE_MAX_MEGABYTES = 1
    with room_for(acme, 0):
        no_room = send(api, product, drawn())
    refused = [
        (send(api, product, SVG), (422, "picture_is_svg", None)),
        (send(api, product, b""), (422, "picture_empty", None)),
        (send(api, product, b"\0" * 1_200_000), (413, "file_too_large", None)),
        (send(api, product, drawn(), sort_order="first"), (400, "invalid", "sort_order")),
        (send(api, product, drawn(), is_primary="maybe"), (400, "invalid_choice", "is_primary")),
        (send(api, product, drawn(), colour="red"), (400, "unknown_field", "colour")),
        (no_room, (409, "plan_limit_reached", None)),
        (api.client.post(f"{API}/products/{product.pk}/images/", {"file": "text"}), (400, "invalid", "file")),
        (send(api, Product(pk="018f0000-0000-7000-8000-000000000000"), drawn()), (404, "not_found", None)),
    ]
    monkeypatch.setattr(of_product, "MOST_PICTURES", 0)
    refused.append((send(api, product, drawn()), (409, "too_many_pictures", None)))

    assert [error_of(response) for response, _ in refused] == [expected for _, expected in refused]
    assert files_in(folder) == []
    with tenant_context(acme):
        assert not ProductImage.objects.exists()


def test_a_form_is_taken_where_files_are_and_nowhere_else(api: ApiClient, product: Product, program: Program) -> None:
    assert error_of(api.client.post(f"{API}/brands/", {"name": "Stark"}))[0] == 415
    assert api.get("/brands/").json()["results"] == []


def test_who_may_only_read_products_sends_no_pictures(acme: TenantInfo, program: Program, product: Product) -> None:
    api = program(acme, "read_products")

    assert error_of(send(api, product, drawn()))[:2] == (403, "scope_missing")
    assert api.get(f"/products/{product.pk}/images/").json()["results"] == []


def test_pictures_beside_products_cost_one_statement(acme: TenantInfo, api: ApiClient, product: Product) -> None:
    api.get("/products/")
    with tenant_context(acme):
        for _ in range(4):
            ProductImage.objects.create(product=ProductFactory(), url="/media/a.jpg")
    with StatementCount() as plain:
        api.get("/products/")
    with StatementCount() as expanded:
        assert sum(len(row["images"]) for row in api.get("/products/?expand=images").json()["results"]) == 4

    assert expanded.count == plain.count + 1


def test_a_product_changes_with_its_pictures_whichever_way(acme: TenantInfo, api: ApiClient, product: Product) -> None:
    path = f"/products/{product.pk}/"
    pictures = ProductImage.objects.filter(pk=send(api, product, drawn("PNG", (90, 60))).json()["id"])
    hows: list[tuple[Callable[[], object], bool]] = [
        (lambda: pictures.update(alt_text="Its handle"), True),
        (lambda: pictures.update(alt_text="Its handle"), False),  # nothing is different
        (lambda: pictures.update(renditions={"recipe": "a"}, rendition_attempts=1), False),  # a worker's notes
        (lambda: pictures.delete(), True),
        (lambda: ProductImage.objects.bulk_create([ProductImage(product=product, url="/media/a.jpg")]), True),
    ]

    for how, is_change in hows:
        seen = api.get(path)
        with tenant_context(acme):
            OutboxEvent.objects.all().delete()
            how()
            told = list(OutboxEvent.objects.filter(topic="product.updated").values_list("payload", flat=True))
        assert told == ([{"id": str(product.pk)}] if is_change else [])
        answer = api.get(path, If_None_Match=seen.headers["ETag"])
        assert answer.status_code == (200 if is_change else 304)
        if is_change:
            moment = answer.json()["updated_at"]
            assert moment > seen.json()["updated_at"]
            assert api.get(f"/products/?modified_since={moment}").json()["results"] == [answer.json()]
