"""Opening a shop through the platform's API, with an account and without."""

from typing import Any
from unittest import mock

import pytest

from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.billing.models import TenantSubscription
from platform_core.fleet.models import ProvisioningRun
from platform_core.plans.models import TenantPlan
from platform_core.signups.guesses import MOST_WRONG
from platform_core.tenants.models import Tenant
from tests.api_client import error_of
from tests.people import PASSWORD, make_user, platform_browser
from tests.platform_core.accounts.posting import mails, path_in
from tests.statements import StatementCount
from tests.user_programs import anybody, program_of

pytestmark = pytest.mark.usefixtures("fleet")
SHOP = {"slug": "acme", "name": "Acme Tools", "plan": "premium", "currency": "EUR", "country": "DE"}
PERSON = {"email": "Ann@acme.example"}


def counted() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Tenant, PlatformUser, ProvisioningRun))


@pytest.mark.usefixtures("no_broker")
def test_anybody_opens_a_shop_and_follows_how_far_it_is() -> None:
    answer = anybody().post("/signups/", {**SHOP, **PERSON}, Idempotency_Key="form-1")
    assert answer.status_code == 202
    made = answer.json()
    assert (made["slug"], made["url"]) == ("acme", "http://acme.localhost:8000/")
    assert (made["state"], made["shop_id"], made["steps"]) == ("unconfirmed", None, [])
    assert anybody().get(made["progress_url"]).json()["state"] == "unconfirmed"
    again = anybody().post("/signups/", {**SHOP, **PERSON}, Idempotency_Key="form-1")
    assert (again.status_code, again.json()["id"]) == (202, made["id"])
    assert counted() == (0, 0, 0)
    (message,) = mails()
    assert platform_browser().post(path_in(message), {"password": PASSWORD}).status_code == 302

    progress = anybody().get(made["progress_url"]).json()
    assert progress["state"] == "succeeded"
    assert {step["state"] for step in progress["steps"]} == {"succeeded"}
    shop, ann = Tenant.objects.get(), PlatformUser.objects.get()
    assert (shop.status, ann.email, ann.check_password(PASSWORD)) == ("active", "ann@acme.example", True)
    assert TenantAccess.objects.get().platform_user == ann
    assert TenantSubscription.objects.get().trial_end is not None
    assert counted() == (1, 1, 1)
    assert error_of(anybody().get("/signups/progress/forged/"))[:2] == (404, "not_found")


def test_whoever_has_a_key_opens_another_shop_without_a_password(no_worker: mock.Mock) -> None:
    ann = make_user("ann@acme.example")
    PlatformUser.objects.update(email_verified=True)
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
    assert refused(password=PASSWORD) == (400, "unknown_field", "password")
    assert refused(coupon="NOSUCH")[:2] == (422, "coupon_refused")
    for number in range(MOST_WRONG - 1):
        assert refused(coupon=f"NOSUCH{number}")[:2] == (422, "coupon_refused")
    # Whether right or wrong: who tries many is told of none.
    answer = anybody().post("/signups/", {**SHOP, **PERSON, "coupon": "NOSUCH"})
    assert (error_of(answer)[:2], answer["Retry-After"]) == ((429, "too_often"), "3600")
    assert refused(email="nobody")[:2] == (422, "shop_details_refused")
    assert refused(slug="admin")[:2] == (409, "slug_reserved")
    assert refused(slug="A b")[:2] == (422, "slug_malformed")
    assert refused(currency="XXX")[:2] == (422, "shop_details_refused")
    assert refused(plan="enterprise")[:2] == (422, "shop_details_refused")
    assert refused(colour="red") == (400, "unknown_field", "colour")
    assert counted() == before
    assert no_worker.call_count == 0


def test_a_program_learns_as_little_about_who_has_an_account(no_worker: mock.Mock) -> None:
    make_user("bob@globex.example")
    answers, counts = [], []
    for email in ("bob@globex.example", "new@globex.example"):
        with StatementCount() as statements:
            answer = anybody().post("/signups/", {**SHOP, "email": email})
        answers.append((answer.status_code, {**answer.json(), "id": "", "progress_url": "", "started_at": ""}))
        counts.append(statements.count)

    assert answers[0] == answers[1]
    assert counts[0] == counts[1]
    assert counted() == (0, 1, 0)
    assert {message.to[0]: message.subject for message in mails()} == {
        "bob@globex.example": "You have an account already",
        "new@globex.example": "Confirm your e-mail address to open acme",
    }


def test_the_key_of_somebody_whose_address_is_not_proven_makes_nothing_either(no_worker: mock.Mock) -> None:
    ann = make_user("ann@acme.example")

    made = program_of(ann, "write_shops").post("/signups/", SHOP)

    assert (made.status_code, made.json()["state"], counted()) == (202, "unconfirmed", (0, 1, 0))
    assert [message.to for message in mails()] == [["ann@acme.example"]]
