"""Endpoints and deliveries of webhooks over the API, by the rules of the back office; each secret is told once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.relay import relay
from tenant_shop.integrations.webhooks.secrets import own_headers, signing_secrets
from tests.api_client import ApiClient, error_of
from tests.receiver import answers, receiving
from tests.statements import StatementCount

Program = Callable[..., ApiClient]
WANTED: dict[str, Any] = {
    "name": "Books",
    "url": "https://books.example.com/hooks",
    "events": ["order.paid", "order.created"],
    "headers": {"Authorization": "Bearer let-me-in"},
    "timeout_seconds": 20,
}


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_webhooks")


def secrets_of(shop: TenantInfo) -> list[str]:
    with tenant_context(shop):
        return signing_secrets(Webhook.objects.get(), at=timezone.now())


def test_an_endpoint_is_made_changed_switched_and_removed(acme: TenantInfo, api: ApiClient) -> None:
    response = api.post("/webhooks/", WANTED, Idempotency_Key="a")
    made = response.json()
    secret, path = made.pop("secret"), f"/webhooks/{made['id']}/"
    assert response.status_code == 201
    assert (made["events"], made["header_names"]) == (["order.created", "order.paid"], ["Authorization"])
    assert (made["retry_count"], made["timeout_seconds"], made["is_active"]) == (9, 20, True)
    assert [secret] == secrets_of(acme)
    again = api.post("/webhooks/", WANTED, Idempotency_Key="a")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == ({**made, "secret": None}, "true")
    assert api.get(path).json() == made
    assert api.get(path).headers["ETag"] == response.headers["ETag"]

    changed = api.patch(path, {"name": "Ledger", "events": ["refund.succeeded"], "is_active": False}).json()

    assert (changed["name"], changed["events"]) == ("Ledger", ["refund.succeeded"])
    assert (changed["is_active"], changed["off_because"]) == (False, "by_hand")
    with tenant_context(acme):
        assert own_headers(Webhook.objects.get()) == {"Authorization": "Bearer let-me-in"}
    assert error_of(api.post(f"{path}test/")) == (409, "webhook_off", None)
    assert api.get("/webhooks/?is_active=true").json()["results"] == []
    assert api.patch(path, {"is_active": True, "headers": {}}).json()["header_names"] == []
    assert api.delete(path).status_code == 204
    with tenant_context(acme):
        assert not Webhook.objects.exists()
    with tenant_scope(acme.id):
        log = AuditLog.objects.filter(resource_type="webhook").order_by("pk")
        verbs = [entry.action for entry in log]
        assert secret not in str([(entry.old_values, entry.new_values, entry.metadata) for entry in log])
    assert verbs == ["make_webhook", "change_webhook", "change_webhook", "delete_webhook"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"url": "http://books.example.com/"}, (422, "webhook_url_refused", None)),
        ({"url": "https://10.0.0.1/"}, (422, "webhook_url_refused", None)),
        ({"events": ["order.gone"]}, (422, "webhook_topics_unknown", None)),
        ({"events": []}, (400, "empty", "events")),
        ({"headers": {"webhook-id": "x"}}, (422, "webhook_header_refused", None)),
        ({"headers": {"X-A": "x\r\nX-B: y"}}, (422, "webhook_header_refused", None)),
        ({"retry_count": 10}, (400, "max_value", "retry_count")),
        ({"timeout_seconds": 0}, (400, "min_value", "timeout_seconds")),
        ({"secret": "whsec_mine"}, (400, "unknown_field", "secret")),
    ],
)
def test_an_endpoint_that_cannot_be_is_neither_made_nor_changed(
    change: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, api: ApiClient
) -> None:
    made = api.post("/webhooks/", WANTED).json()

    assert error_of(api.post("/webhooks/", {**WANTED, **change})) == refusal
    assert error_of(api.patch(f"/webhooks/{made['id']}/", {"name": "Other", **change})) == refusal

    assert [row["name"] for row in api.get("/webhooks/").json()["results"]] == ["Books"]


def test_a_secret_is_rotated_with_and_without_overlap(acme: TenantInfo, api: ApiClient) -> None:
    made = api.post("/webhooks/", WANTED).json()
    path = f"/webhooks/{made['id']}/rotate-secret/"

    both = api.post(path, {"overlap_hours": 1}, Idempotency_Key="b")
    assert secrets_of(acme) == [both.json()["secret"], made["secret"]]
    assert both.json()["previous_secret_until"] is not None
    assert api.post(path, {"overlap_hours": 1}, Idempotency_Key="b").json()["secret"] is None
    alone = api.post(path, {"overlap_hours": 0}).json()
    assert secrets_of(acme) == [alone["secret"]]
    assert error_of(api.post(path, {"overlap_hours": 169})) == (400, "max_value", "overlap_hours")
    assert secrets_of(acme) == [alone["secret"]]


def test_a_test_event_is_sent_signed_and_what_was_missed_is_sent_again(
    acme: TenantInfo, api: ApiClient, settings: Any
) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiving(answers(500)) as receiver:
        made = api.post("/webhooks/", {**WANTED, "url": receiver.url, "retry_count": 0, "headers": {}}).json()
        path = f"/webhooks/{made['id']}/"
        sent = api.post(f"{path}test/")
        delivery = sent.json()
        assert (sent.status_code, delivery["state"], delivery["event_type"]) == (201, "waiting", "webhook.test")
        with tenant_context(acme):
            relay()
        failed = api.get(f"/webhook-deliveries/{delivery['id']}/?expand=event").json()
        assert (failed["state"], failed["response_status"], failed["attempts"]) == ("failed", 500, 1)
        assert [attempt["status"] for attempt in failed["log"]] == [500]
        assert failed["event"] == receiver.taken[0].verified(made["secret"])
        receiver.behave = answers(200)

        assert api.post(f"{path}resend/", {"type": "order.paid"}).json() == {"queued": 0}
        assert api.post(f"{path}resend/", {"created_from": failed["created_at"]}).json() == {"queued": 1}
        with tenant_context(acme):
            relay()
        assert api.post(f"/webhook-deliveries/{delivery['id']}/resend/").json()["state"] == "waiting"
        with tenant_context(acme):
            relay()

    assert [taken.id for taken in receiver.taken] == [delivery["event_id"]] * 3
    for query in ("state=delivered", f"webhook_id={made['id']}", f"event_id={delivery['event_id']}"):
        assert [row["id"] for row in api.get(f"/webhook-deliveries/?{query}").json()["results"]] == [delivery["id"]]
    assert api.get("/webhook-deliveries/?state=failed").json()["results"] == []


def test_webhooks_are_for_keys_that_may_have_them(acme: TenantInfo, program: Program, api: ApiClient) -> None:
    made, reader = api.post("/webhooks/", WANTED).json(), program(acme, "read_webhooks")

    for verb in ("", "test/", "rotate-secret/", "resend/"):
        address = f"/webhooks/{made['id']}/{verb}" if verb else "/webhooks/"
        assert error_of(reader.post(address, {}))[:2] == (403, "scope_missing")
    assert error_of(program(acme, "read_events").get("/webhooks/"))[:2] == (403, "scope_missing")
    with tenant_context(acme):
        assert WebhookDelivery.objects.count() == 0


def test_deliveries_cost_as_many_statements_however_many_there_are(acme: TenantInfo, api: ApiClient) -> None:
    made, counts = api.post("/webhooks/", WANTED).json(), []
    api.get("/webhook-deliveries/")
    for rows in (1, 5):
        for _ in range(rows):
            api.post(f"/webhooks/{made['id']}/test/")
        with StatementCount() as statements:
            assert len(api.get("/webhook-deliveries/?expand=event").json()["results"]) == rows + len(counts)
        counts.append(statements.count)

    assert counts[0] == counts[1]
