"""Reviews over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.reviews.models import ProductReview
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory

Program = Callable[..., ApiClient]


@pytest.fixture
def said(acme: TenantInfo) -> ProductReview:
    with tenant_context(acme):
        return ProductReview.objects.create(
            product=ProductFactory(), customer=CustomerFactory(), rating=4, title="Sound", content="It holds."
        )


def test_a_review_is_shown_answered_and_kept_back(acme: TenantInfo, program: Program, said: ProductReview) -> None:
    api, path = program(acme, "write_reviews"), f"/reviews/{said.pk}/"
    before = api.get(path).json()

    shown = api.patch(path, {"status": "approved", "reply": "Thank you!"}).json()

    assert shown == {**before, "status": "approved", "reply": "Thank you!", "updated_at": shown["updated_at"]}
    assert [row["id"] for row in api.get("/reviews/?status=approved").json()["results"]] == [str(said.pk)]
    kept = api.patch(path, {"status": "rejected", "reason": "Not about the product", "reply": ""}).json()
    assert (kept["status"], kept["reply"], "reason" in kept) == ("rejected", "", False)
    with tenant_context(acme):
        assert ProductReview.objects.get().reason == "Not about the product"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"content": "It is the best."}, (400, "unknown_field", "content")),
        ({"rating": 5}, (400, "unknown_field", "rating")),
        ({"status": "gone"}, (400, "invalid_choice", "status")),
        ({"status": "approved", "reason": "x"}, (400, "one_of_two", "reason")),
        ({"reply": "x" * 2001}, (400, "max_length", "reply")),
    ],
)
def test_what_a_customer_wrote_is_never_rewritten(
    change: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, program: Program, said: ProductReview
) -> None:
    api, path = program(acme, "write_reviews"), f"/reviews/{said.pk}/"
    before = api.get(path).json()

    assert error_of(api.patch(path, {"status": "rejected", **change})) == refusal

    assert api.get(path).json() == before
    assert error_of(program(acme, "read_reviews").patch(path, {"status": "approved"}))[:2] == (403, "scope_missing")
    assert error_of(api.delete(path))[0] == 405
