"""Endpoints: who may be told of what, signed with which secret."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.sealed import SealBroken
from tenant_shop.integrations.models import Webhook
from tenant_shop.integrations.webhooks.errors import (
    HeaderRefused,
    OutOfRange,
    TooManyEndpoints,
    UnknownTopics,
    UrlRefused,
)
from tenant_shop.integrations.webhooks.keep_endpoint import (
    MOST_ENDPOINTS,
    EndpointFields,
    change_endpoint,
    make_endpoint,
    remove_endpoint,
)
from tenant_shop.integrations.webhooks.rotate_secret import rotate_secret
from tenant_shop.integrations.webhooks.secrets import own_headers, signing_secrets
from tenant_shop.integrations.webhooks.switch import switch_off, switch_on

NOW = timezone.now()


def fields(**values: object) -> EndpointFields:
    given = {
        "name": "Books",
        "url": "https://books.example/hooks",
        "events": ["order.created"],
        "headers": {"Authorization": "Bearer let-me-in"},
    }
    return EndpointFields(**given | values)


def test_the_secret_is_told_once_and_stands_nowhere_in_the_row(shop: TenantInfo) -> None:
    webhook, secret = make_endpoint(fields())
    row = Webhook.objects.values().get()
    assert secret.startswith("whsec_")
    assert secret not in str(row)
    assert "let-me-in" not in str(row)
    assert signing_secrets(webhook, at=NOW) == [secret]
    assert own_headers(webhook) == {"Authorization": "Bearer let-me-in"}
    assert (row["retry_count"], row["timeout_seconds"], row["is_active"]) == (9, 30, True)


def test_a_row_that_is_carried_into_another_shop_signs_nothing(shop: TenantInfo, make_shop) -> None:
    row = Webhook.objects.filter(pk=make_endpoint(fields())[0].pk).values().get()
    with tenant_context(make_shop("globex")):
        stolen = Webhook.objects.create(**row)
        with pytest.raises(SealBroken):
            signing_secrets(stolen, at=NOW)
        with pytest.raises(SealBroken):
            own_headers(stolen)


def test_two_secrets_sign_until_the_overlap_ends(shop: TenantInfo) -> None:
    webhook, old = make_endpoint(fields())
    webhook, new = rotate_secret(webhook.pk, at=NOW, overlap=timedelta(hours=1))
    assert signing_secrets(webhook, at=NOW + timedelta(minutes=59)) == [new, old]
    assert signing_secrets(webhook, at=NOW + timedelta(hours=1)) == [new]


def test_without_overlap_the_old_secret_is_worth_nothing_at_once(shop: TenantInfo) -> None:
    webhook, _ = make_endpoint(fields())
    webhook, new = rotate_secret(webhook.pk, at=NOW, overlap=timedelta(0))
    assert signing_secrets(webhook, at=NOW) == [new]
    with pytest.raises(OutOfRange):
        rotate_secret(webhook.pk, at=NOW, overlap=timedelta(days=8))
    assert signing_secrets(Webhook.objects.get(), at=NOW) == [new]


@pytest.mark.parametrize(
    "url",
    [
        "http://books.example/",
        "ftp://books.example/",
        "javascript:alert(1)",
        "https://",
        "https:///hooks",
        "https://ann:secret@books.example/",
        "https://books.example/#part",
        "https://books.example/ hooks",
        "https://books.example/\r\nX: y",
        "https://books.example\\@evil.example/",
        "https://bücher.example/",
        "https://books.example:99999/",
        "https://books.example:0/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://[not-an-address/",
        "https://books.example/" + "a" * 500,
    ],
)
def test_an_address_that_is_none_or_leads_inside_is_refused_and_nothing_is_made(shop: TenantInfo, url: str) -> None:
    with pytest.raises(UrlRefused):
        make_endpoint(fields(url=url))
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"content-length": "1"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "keep-alive"},
        {"Webhook-Signature": "v1,forged"},
        {"webhook-id": "1"},
        {"X-Forwarded-For": "10.0.0.1"},
        {"X-Key": "a\r\nHost: evil.example"},
        {"X-Key": "a\nb"},
        {"X-Key\r\nX": "a"},
        {"X Key": "a"},
        {"": "a"},
        {"X-Key": ""},
        {"X-Key": " a"},
        {"X-Key": "ü"},
        {"X-Key": "a\x00"},
        {"X-Key": "a" * 1001},
        {"X-Key": "a", "x-key": "b"},
        {f"X-{number}": "a" for number in range(21)},
    ],
)
def test_a_header_that_is_not_theirs_to_send_is_refused(shop: TenantInfo, headers: dict[str, str]) -> None:
    webhook, _ = make_endpoint(fields())
    with pytest.raises(HeaderRefused):
        change_endpoint(webhook.pk, fields(name="Other", headers=headers))
    webhook.refresh_from_db()
    assert webhook.name == "Books"
    assert own_headers(webhook) == {"Authorization": "Bearer let-me-in"}


@pytest.mark.parametrize("events", [[], ["order.eaten"], ["order.created", "mail.order_paid"], ["webhook.test"]])
def test_only_events_of_the_catalogue_can_be_chosen(shop: TenantInfo, events: list[str]) -> None:
    with pytest.raises(UnknownTopics):
        make_endpoint(fields(events=events))
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{"retry_count": 10}, {"retry_count": -1}, {"timeout_seconds": 0}, {"timeout_seconds": 31}],
)
def test_retries_and_seconds_have_bounds(shop: TenantInfo, values: dict[str, int]) -> None:
    with pytest.raises(OutOfRange):
        make_endpoint(fields(**values))
    assert not Webhook.objects.exists()


def test_a_shop_has_at_most_twenty(shop: TenantInfo) -> None:
    for number in range(MOST_ENDPOINTS):
        make_endpoint(fields(name=f"Books {number}"))
    with pytest.raises(TooManyEndpoints):
        make_endpoint(fields())
    assert Webhook.objects.count() == MOST_ENDPOINTS


def test_another_address_begins_with_a_clean_slate_and_the_same_secret(shop: TenantInfo) -> None:
    webhook, secret = make_endpoint(fields())
    Webhook.objects.update(failure_count=7, failing_since=NOW, paused_until=NOW, warned_at=NOW)
    same = change_endpoint(webhook.pk, fields(name="Books 2"))
    assert (same.name, same.failure_count) == ("Books 2", 7)
    moved = change_endpoint(webhook.pk, fields(url="https://other.example/"))
    assert (moved.failure_count, moved.failing_since, moved.paused_until, moved.warned_at) == (0, None, None, None)
    assert signing_secrets(moved, at=NOW) == [secret]


def test_an_endpoint_is_switched_off_on_and_removed(shop: TenantInfo) -> None:
    webhook, _ = make_endpoint(fields())
    off = switch_off(webhook.pk)
    assert (off.is_active, off.off_because) == (False, "by_hand")
    on = switch_on(webhook.pk)
    assert (on.is_active, on.off_because) == (True, "")
    remove_endpoint(webhook.pk)
    assert not Webhook.objects.exists()
