"""Opening a shop through the platform's API, with an account and without."""

from typing import Any
from unittest import mock

import pytest

from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.accounts.networks import LogInNetwork
from platform_core.billing.models import TenantSubscription
from platform_core.fleet.models import ProvisioningRun
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from smartseller.lockout import ATTEMPTS
from tests.api_client import error_of
from tests.people import PASSWORD, make_user
from tests.user_programs import anybody, program_of

pytestmark = pytest.mark.usefixtures("fleet")
SHOP = {"slug": "acme", "name": "Acme Tools", "plan": "premium", "currency": "EUR", "country": "DE"}
PERSON = {"email": "Ann@acme.example", "password": PASSWORD}


def counted() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Tenant, PlatformUser, ProvisioningRun))


@pytest.mark.usefixtures("no_broker")
def test_anybody_opens_a_shop_and_follows_how_far_it_is() -> None:
    answer = anybody().post("/signups/", {**SHOP, **PERSON}, Idempotency_Key="form-1")
    assert answer.status_code == 202
    assert "password" not in answer.content.decode()
    made = answer.json()
    assert (made["slug"], made["url"]) == ("acme", "http://acme.localhost:8000/")

    progress = anybody().get(made["progress_url"]).json()
    assert progress["state"] == "succeeded"
    assert {step["state"] for step in progress["steps"]} == {"succeeded"}
    shop, ann = Tenant.objects.get(), PlatformUser.objects.get()
    assert (shop.status, ann.email, ann.check_password(PASSWORD)) == ("active", "ann@acme.example", True)
    assert TenantAccess.objects.get().platform_user == ann
    assert TenantSubscription.objects.get().trial_end is not None
    again = anybody().post("/signups/", {**SHOP, **PERSON}, Idempotency_Key="form-1")
    assert (again.status_code, again.json()["id"]) == (202, made["id"])
    assert counted() == (1, 1, 1)
    assert error_of(anybody().get("/signups/progress/forged/"))[:2] == (404, "not_found")


def test_whoever_has_a_key_opens_another_shop_without_a_password(no_worker: mock.Mock) -> None:
    ann = make_user("ann@acme.example")
    program = program_of(ann, "write_shops")

    assert error_of(program.post("/signups/", {**SHOP, **PERSON})) == (400, "not_needed", "email")
    made = program.post("/signups/", SHOP, Idempotency_Key="one")
    replayed = program.post("/signups/", SHOP, Idempotency_Key="one")

    assert (made.status_code, replayed.content) == (202, made.content)
    assert no_worker.call_count == 1
    run = ProvisioningRun.objects.get()
    assert run.request["owner_id"] == str(ann.pk)
    assert program.get(f"/signups/{run.pk}/").json()["state"] == "running"
    assert program_of(make_user("eve@evil.example"), "read_shops").get(f"/signups/{run.pk}/").status_code == 404


def test_what_cannot_be_opened_is_refused_and_changes_nothing(no_worker: mock.Mock, kept_plans: None) -> None:
    make_user("bob@globex.example")
    TenantPlan.objects.filter(name="enterprise").update(is_public=False)
    before = counted()

    def refused(**changes: Any) -> tuple[int, str, str | None]:
        return error_of(anybody().post("/signups/", {**SHOP, **PERSON, **changes}))

    assert error_of(anybody().post("/signups/", SHOP)) == (400, "required", "email")
    assert refused(password="12345") == (400, "password_too_weak", "password")
    assert refused(slug="admin")[:2] == (409, "slug_reserved")
    assert refused(slug="A b")[:2] == (422, "slug_malformed")
    assert refused(currency="XXX")[:2] == (422, "shop_details_refused")
    assert refused(plan="enterprise")[:2] == (422, "shop_details_refused")
    assert refused(email="bob@globex.example", password="somebody else's words")[:2] == (403, "log_in_refused")
    assert refused(colour="red") == (400, "unknown_field", "colour")
    assert counted() == before
    assert no_worker.call_count == 0


def test_passwords_are_not_tried_out_by_signing_up(no_worker: mock.Mock) -> None:
    bob = make_user("bob@globex.example")
    wrong = {**SHOP, "email": bob.email, "password": "somebody else's words"}

    tried = [anybody().post("/signups/", wrong).status_code for _ in range(ATTEMPTS)]
    right = anybody().post("/signups/", {**wrong, "password": PASSWORD})

    assert (tried, right.status_code) == ([403] * ATTEMPTS, 403)
    bob.refresh_from_db()
    assert bob.locked_until is not None
    assert LogInNetwork.objects.get().attempts == ATTEMPTS + 1
    assert not Tenant.objects.exists()
