"""Asking for a shop: what is refused leaves nothing behind, what is asked twice is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections

from platform_core.accounts.models import PlatformUser
from platform_core.fleet.errors import NoServerAvailable, TemplateMissing
from platform_core.fleet.models import DatabaseServer, ProvisioningRun, TemplateVersion
from platform_core.fleet.provision.details import ShopDetailsRefused
from platform_core.fleet.provision.request import (
    OwnerHasAccount,
    RequestKeyReused,
    SlugTaken,
    request_shop,
)
from platform_core.fleet.provision.run import create_shop
from platform_core.fleet.provision.steps import STEPS
from platform_core.tenants.models import Tenant
from platform_core.tenants.slugs import SlugMalformed, SlugReserved
from smartseller.errors import SmartSellerError
from tests.platform_core.fleet.conftest import Ask, Fleet


def nothing_moved(fleet: Fleet) -> bool:
    rows = (Tenant, ProvisioningRun, PlatformUser)
    return not fleet.names() and not any(model.objects.exists() for model in rows)


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("admin", SlugReserved),
        ("platform", SlugReserved),
        ("spare-1", SlugReserved),
        ("-acme", SlugMalformed),
        ("acme--x", SlugMalformed),
        ("acme.shop", SlugMalformed),
        ("ACME", SlugMalformed),
        ("", SlugMalformed),
        ("a" * 51, SlugMalformed),
        ("acme\n", SlugMalformed),
    ],
)
def test_a_word_that_is_no_address_is_refused_and_nothing_moves(
    fleet: Fleet, ask: Ask, slug: str, error: type[SmartSellerError]
) -> None:
    with pytest.raises(error):
        request_shop(ask(slug, owner_email="ann@acme.example"))
    assert nothing_moved(fleet)


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        ({"currency": "EURO"}, {"currency"}),
        ({"timezone": "Berlin"}, {"timezone"}),
        ({"timezone": "../etc/passwd"}, {"timezone"}),
        ({"currency": "XXX"}, {"currency"}),
        ({"currency": "DEM"}, {"currency"}),
        ({"timezone": "localtime"}, {"timezone"}),
        ({"timezone": "posix/Europe/Berlin"}, {"timezone"}),
        ({"timezone": "right/Europe/Berlin"}, {"timezone"}),
        ({"timezone": "Factory"}, {"timezone"}),
        ({"country": "EU"}, {"country"}),
        ({"owner_email": f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example"}, {"owner_email"}),
        ({"plan": "gold"}, {"plan"}),
        ({"owner_email": "nobody"}, {"owner_email"}),
        ({"name": " "}, {"name"}),
        ({"name": "a\x00b"}, {"name"}),
        ({"name": "x" * 256, "currency": "???"}, {"name", "currency"}),
    ],
)
def test_details_that_cannot_be_are_named_all_at_once_and_nothing_moves(
    fleet: Fleet, ask: Ask, details: dict[str, str], fields: set[str]
) -> None:
    with pytest.raises(ShopDetailsRefused) as refusal:
        request_shop(ask(**details))
    assert set(refusal.value.problems) == fields
    assert nothing_moved(fleet)


def test_an_address_is_given_once(fleet: Fleet, ask: Ask) -> None:
    create_shop(ask("acme"))
    with pytest.raises(SlugTaken):
        request_shop(ask("acme", owner_email="other@acme.example"))
    assert Tenant.objects.get().contact_email == "owner@acme.example"
    assert not PlatformUser.objects.filter(email="other@acme.example").exists()
    assert fleet.names() == {"acme"}


def test_the_same_submission_twice_makes_one_shop(fleet: Fleet, ask: Ask) -> None:
    request = ask("acme", key="form-1", password_hash=make_password("correct horse"))
    first = request_shop(request)
    again = request_shop(request)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.run_id == first.run_id
    create_shop(request)
    assert request_shop(request).run_id == first.run_id
    assert ProvisioningRun.objects.count() == 1
    assert fleet.names() == {"acme"}


def test_a_submissions_key_cannot_carry_another_request(fleet: Fleet, ask: Ask) -> None:
    request_shop(ask("acme", key="form-1"))
    with pytest.raises(RequestKeyReused):
        request_shop(ask("bolt", key="form-1"))
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["acme"]


def test_a_request_without_key_is_the_same_one_only_while_the_shop_is_prepared(fleet: Fleet, ask: Ask) -> None:
    first = request_shop(ask("acme"))
    assert request_shop(ask("acme")).run_id == first.run_id
    with pytest.raises(SlugTaken):
        request_shop(ask("acme", name="Other"))
    create_shop(ask("acme"))
    with pytest.raises(SlugTaken):
        request_shop(ask("acme"))


def test_two_requests_for_one_address_at_once_have_one_winner(fleet: Fleet, ask: Ask) -> None:
    def submit(number: int) -> str:
        try:
            return create_shop(ask("acme", owner_email=f"owner{number}@acme.example")).slug
        except SlugTaken:
            return "taken"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(submit, range(4)))
    assert outcomes == ["acme", "taken", "taken", "taken"]
    assert fleet.names() == {"acme"}
    assert PlatformUser.objects.count() == 1


def test_one_new_owner_may_ask_for_two_shops_at_once(fleet: Fleet, ask: Ask) -> None:
    def submit(slug: str) -> str:
        try:
            return create_shop(ask(slug, owner_email="ann@acme.example")).slug
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(submit, ["a", "b", "c", "d"])) == ["a", "b", "c", "d"]
    assert PlatformUser.objects.get().accesses.count() == 4


def test_asking_for_a_shop_never_sets_the_password_of_an_account(fleet: Fleet, ask: Ask) -> None:
    PlatformUser.objects.create_user("ann@acme.example", "her own password", role=PlatformUser.Role.MERCHANT)
    with pytest.raises(OwnerHasAccount):
        request_shop(ask(owner_email="Ann@Acme.example", password_hash=make_password("a thief's password")))
    assert PlatformUser.objects.get().check_password("her own password")
    assert not Tenant.objects.exists()


def test_a_new_owner_gets_the_given_password_and_it_is_kept_nowhere_else(fleet: Fleet, ask: Ask) -> None:
    hashed = make_password("correct horse")
    requested = request_shop(ask(password_hash=hashed))
    owner = PlatformUser.objects.get()
    assert owner.check_password("correct horse")
    assert (owner.role, owner.is_staff) == ("merchant", False)
    assert hashed not in str(ProvisioningRun.objects.get(pk=requested.run_id).request)


def test_without_a_template_no_request_is_taken(fleet: Fleet, ask: Ask) -> None:
    TemplateVersion.objects.update(is_current=False)
    with pytest.raises(TemplateMissing):
        request_shop(ask())
    assert nothing_moved(fleet)


@pytest.mark.parametrize("change", [{"state": "draining"}, {"state": "retired"}, {"capacity": 0}])
def test_a_server_that_is_closed_or_full_gets_no_shop(fleet: Fleet, ask: Ask, change: dict[str, object]) -> None:
    DatabaseServer.objects.update(**change)
    with pytest.raises(NoServerAvailable):
        request_shop(ask())
    assert nothing_moved(fleet)


def test_the_emptiest_server_of_the_region_is_chosen(fleet: Fleet, ask: Ask, settings: object) -> None:
    from platform_core.fleet.servers import place_shop

    primary = settings.DATABASE_SERVERS["primary"]  # type: ignore[attr-defined]
    settings.DATABASE_SERVERS = {"primary": primary, "east": primary, "west": primary}  # type: ignore[attr-defined]
    DatabaseServer.objects.create(key="east", region="east", capacity=10)
    DatabaseServer.objects.create(key="west", region="west", capacity=20)
    DatabaseServer.objects.filter(key="primary").update(state="draining")
    for number, server in enumerate(["east", "west"]):
        Tenant.objects.create(
            slug=f"s{number}", server_id=server, database_name=f"d{number}", name="x", contact_email="a@b.example"
        )
    assert place_shop() == "west"
    assert place_shop(region="east") == "east"
    with pytest.raises(NoServerAvailable):
        place_shop(region="north")


def test_a_request_writes_down_every_step_in_order(fleet: Fleet, ask: Ask) -> None:
    run = ProvisioningRun.objects.get(pk=request_shop(ask()).run_id)
    names = list(run.steps.order_by("position").values_list("name", "state"))
    assert names == [(step.name, "pending") for step in STEPS]
