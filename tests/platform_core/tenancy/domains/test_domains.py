"""A shop's own domain: claimed by anybody, proven by whoever has the zone, and one shop's at a time."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import tenant_scope
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.tenancy import directory
from platform_core.tenancy.certificates import may_have_certificate
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.domains import claim as claiming
from platform_core.tenancy.domains import recheck as rechecking
from platform_core.tenancy.domains.check import WAITED_FOR, check_domain
from platform_core.tenancy.domains.claim import MOST_DOMAINS, claim_domain, give_up_domain, make_primary
from platform_core.tenancy.domains.errors import (
    DomainNotProven,
    DomainRefused,
    DomainsNotInPlan,
    DomainTaken,
    TooManyDomains,
)
from platform_core.tenancy.domains.letters import GONE_FOR
from platform_core.tenancy.domains.look_up import record_name, record_text
from platform_core.tenancy.domains.models import TenantDomain
from platform_core.tenancy.domains.names import read_domain
from platform_core.tenancy.domains.recheck import recheck_domains
from platform_core.tenants.models import Tenant
from tests.dns_server import DnsServer, dns_server
from tests.platform_core.accounts.posting import mails

BY = Origin(user_id=None)
SHOP = "www.chairs.example"


@pytest.fixture
def dns(settings: Any) -> Iterator[DnsServer]:
    with dns_server() as server:
        settings.DNS_SERVERS = [server.address]
        yield server


@pytest.fixture
def acme(make_shop: Any) -> TenantInfo:
    return make_shop("acme", plan_type="enterprise")


@pytest.fixture
def globex(make_shop: Any) -> TenantInfo:
    return make_shop("globex", plan_type="enterprise")


def claimed(shop: TenantInfo, name: str = SHOP) -> TenantDomain:
    return claim_domain(shop.id, name, origin=BY)


def prove(dns: DnsServer, claim: TenantDomain) -> None:
    dns.say(record_name(claim.domain), "TXT", f'"{record_text(claim)}"')


def proven(dns: DnsServer, shop: TenantInfo, name: str = SHOP) -> TenantDomain:
    claim = claimed(shop, name)
    prove(dns, claim)
    return check_domain(shop.id, claim.pk, at=timezone.now(), origin=BY)


def get(host: str, path: str = "/", **options: Any) -> Any:
    return Client(SERVER_NAME=host, **options).get(path)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("WWW.Chairs.Example", "www.chairs.example"),
        ("https://www.chairs.example/shop?x=1", "www.chairs.example"),
        (" www.chairs.example. ", "www.chairs.example"),
        ("www.chairs.example:443", "www.chairs.example"),
        ("stühle.example", "xn--sthle-lva.example"),
    ],
)
def test_a_domain_is_read_however_people_paste_it(written: str, name: str) -> None:
    assert read_domain(written) == name


@pytest.mark.parametrize(
    "text",
    [
        "", "chairs", "-a.example", "a b.example", "a_b.example", "1.2.3.4", "[::1]", "x" * 64 + ".example",
        "shop.localhost", "localhost", "www.localhost", "acme.localhost", "deep.acme.localhost", "printer.local",
        "host.internal", "a.onion", "1.0.0.127.in-addr.arpa", "a..example", "user@chairs.example", "127.0.0.1",
    ],
)  # fmt: skip
def test_what_is_nobodys_or_the_platforms_is_no_domain_of_a_shop(text: str) -> None:
    with pytest.raises(DomainRefused):
        read_domain(text)


@pytest.mark.parametrize("text", ["smart.example", "www.smart.example", "acme.smart.example", "x.acme.smart.example"])
def test_no_name_at_or_below_or_above_the_platforms(text: str, settings: Any) -> None:
    settings.PLATFORM_DOMAIN = "smart.example"
    for name in (text, f"HTTPS://{text.upper()}."):
        with pytest.raises(DomainRefused):
            read_domain(name)
    settings.PLATFORM_DOMAIN = "shops.smart.example"
    with pytest.raises(DomainRefused):
        read_domain("smart.example")
    assert read_domain("smarter.example") == "smarter.example"


def test_a_txt_record_proves_it_and_every_process_answers_there(dns: DnsServer, acme: TenantInfo) -> None:
    claim = claimed(acme)
    assert (get(SHOP).status_code, may_have_certificate(SHOP)) == (404, False)
    with pytest.raises(DomainNotProven):
        check_domain(acme.id, claim.pk, at=timezone.now(), origin=BY)
    dns.say(record_name(SHOP), "TXT", '"something else"')
    with pytest.raises(DomainNotProven, match="something else"):
        check_domain(acme.id, claim.pk, at=timezone.now(), origin=BY)
    assert TenantDomain.objects.get().problem

    prove(dns, claim)
    found = check_domain(acme.id, claim.pk, at=timezone.now(), origin=BY)

    assert (found.state, found.proof, found.problem) == ("verified", "TXT", "")
    assert Tenant.objects.get().domain == SHOP
    assert get(SHOP).status_code == 200  # "no such shop" had been kept a moment ago
    assert may_have_certificate(SHOP)
    with tenant_scope(acme.id):
        told = AuditLog.objects.order_by("created_at").values_list("action", flat=True)
        assert list(told) == ["claim_domain", "domain_verified"]


def test_a_cname_to_the_shops_own_host_proves_it_and_to_anothers_does_not(
    dns: DnsServer, acme: TenantInfo, globex: TenantInfo
) -> None:
    dns.say(SHOP, "CNAME", "globex.localhost.")
    claim = claimed(acme)
    with pytest.raises(DomainNotProven, match="leads to globex"):
        check_domain(acme.id, claim.pk, at=timezone.now(), origin=BY)

    dns.say(SHOP, "CNAME", "ACME.localhost.")
    assert check_domain(acme.id, claim.pk, at=timezone.now(), origin=BY).proof == "CNAME"


def test_one_shop_has_it_however_many_claim_it(dns: DnsServer, acme: TenantInfo, globex: TenantInfo) -> None:
    theirs, mine = claimed(globex), claimed(acme)
    assert theirs.token != mine.token
    prove(dns, mine)
    with pytest.raises(DomainNotProven):
        check_domain(globex.id, theirs.pk, at=timezone.now(), origin=BY)
    check_domain(acme.id, mine.pk, at=timezone.now(), origin=BY)

    # Proven by both, as when a zone is sold: it stays where it is until it is given up.
    dns.say(record_name(SHOP), "TXT", f'"{record_text(mine)}"', f'"{record_text(theirs)}"')
    with pytest.raises(DomainTaken):
        check_domain(globex.id, theirs.pk, at=timezone.now(), origin=BY)
    with pytest.raises(DomainTaken):
        claim_domain(globex.id, "https://WWW.chairs.example/", origin=BY)
    assert directory.by_domain(SHOP).slug == "acme"

    give_up_domain(acme.id, mine.pk, origin=BY)
    assert get(SHOP).status_code == 404
    check_domain(globex.id, theirs.pk, at=timezone.now(), origin=BY)
    assert directory.by_domain(SHOP).slug == "globex"


def test_of_two_who_prove_it_at_once_one_has_it(
    dns: DnsServer, acme: TenantInfo, globex: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = {shop.id: claimed(shop) for shop in (acme, globex)}
    dns.say(record_name(SHOP), "TXT", *(f'"{record_text(claim)}"' for claim in claims.values()))
    both, outcomes = threading.Barrier(2), []
    asked = claiming.is_taken

    def together(name: str, **options: Any) -> bool:
        taken = asked(name, **options)
        both.wait(timeout=60)
        return taken

    monkeypatch.setattr("platform_core.tenancy.domains.check.is_taken", together)

    def try_it(shop_id: Any) -> None:
        try:
            outcomes.append(check_domain(shop_id, claims[shop_id].pk, at=timezone.now(), origin=BY).state)
        except (DomainTaken, DomainNotProven) as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=try_it, args=(shop_id,)) for shop_id in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["domain_taken", "verified"]
    assert TenantDomain.objects.filter(state="verified").count() == 1
    assert Tenant.objects.filter(domain=SHOP).count() == 1


def test_other_names_lead_to_the_primary_one(dns: DnsServer, acme: TenantInfo) -> None:
    first, second = proven(dns, acme), proven(dns, acme, "chairs.example")

    assert Tenant.objects.get().domain == SHOP
    led = get("chairs.example", "/products/?q=oak")
    assert (led.status_code, led["Location"]) == (301, f"http://{SHOP}:8000/products/?q=oak")
    assert led["Cache-Control"] == "max-age=300"
    assert get("acme.localhost", "/products/")["Location"] == f"http://{SHOP}:8000/products/"
    # What was begun on a host stays there: a cart, or what staff look at; and programs do not follow.
    stays = Client(SERVER_NAME="acme.localhost")
    stays.cookies["sessionid"] = "a"
    assert stays.get("/products/").status_code == 200
    assert get("acme.localhost", "/readyz").status_code == 200
    assert get("acme.localhost", "/api/v1/").status_code == 200
    # The back office is on the platform's host alone.
    for host in (SHOP, "chairs.example"):
        for path in ("/admin/", "/dashboard/", "/login/", "/api/v1/orders/"):
            assert get(host, path)["Location"] == f"http://acme.localhost:8000{path}"

    make_primary(acme.id, second.pk, origin=BY)
    assert get(SHOP)["Location"] == "http://chairs.example:8000/"
    give_up_domain(acme.id, second.pk, origin=BY)
    assert Tenant.objects.get().domain is None
    assert (get("chairs.example").status_code, get("acme.localhost").status_code) == (404, 200)
    assert get(SHOP).status_code == 200
    assert TenantDomain.objects.get() == first


def test_only_with_it_in_the_plan_and_only_so_many(dns: DnsServer, acme: TenantInfo, make_shop: Any) -> None:
    small = make_shop("small", plan_type="basic")
    with pytest.raises(DomainsNotInPlan):
        claimed(small)
    for number in range(MOST_DOMAINS):
        assert claimed(acme, f"a{number}.example") == claimed(acme, f"A{number}.example")
    with pytest.raises(TooManyDomains):
        claimed(acme, "more.example")


def test_a_smaller_plan_lets_it_rest_and_a_larger_one_wakes_it(dns: DnsServer, acme: TenantInfo) -> None:
    claim, now = proven(dns, acme), timezone.now()
    Tenant.objects.update(plan_type="basic")

    later = now + timedelta(days=1, hours=1)
    assert recheck_domains(later) == 1
    assert (TenantDomain.objects.get().state, Tenant.objects.get().domain) == ("paused", None)
    assert get(SHOP).status_code == 404
    with pytest.raises(DomainsNotInPlan):
        check_domain(acme.id, claim.pk, at=later, origin=BY)

    Tenant.objects.update(plan_type="enterprise")
    assert recheck_domains(later + timedelta(hours=1)) == 1
    assert (TenantDomain.objects.get().state, get(SHOP).status_code) == ("verified", 200)


def test_proof_that_is_gone_for_a_week_frees_it_and_silence_does_not(dns: DnsServer, acme: TenantInfo) -> None:
    proven(dns, acme)
    at = timezone.now() + timedelta(days=1, minutes=1)
    dns.fails = True
    assert recheck_domains(at) == 1
    assert TenantDomain.objects.get().failing_since is None

    dns.fails = False
    dns.zone.clear()
    at += timedelta(hours=1)
    assert recheck_domains(at) == 1
    assert (TenantDomain.objects.get().state, TenantDomain.objects.get().failing_since) == ("verified", at)
    assert get(SHOP).status_code == 200
    assert recheck_domains(at + timedelta(minutes=59)) == 0
    assert recheck_domains(at + GONE_FOR) == 1
    found = TenantDomain.objects.get()
    assert (found.state, found.proof, Tenant.objects.get().domain) == ("lost", "", None)
    assert get(SHOP).status_code == 404

    prove(dns, found)
    assert recheck_domains(at + GONE_FOR + timedelta(hours=1)) == 1
    assert get(SHOP).status_code == 200


def test_the_merchant_is_told_while_there_is_time_and_when_the_domain_is_let_go(
    dns: DnsServer, acme: TenantInfo
) -> None:
    claim = proven(dns, acme)
    dns.say(record_name(SHOP), "TXT", '"something else"')
    at = timezone.now() + timedelta(days=1, minutes=1)
    recheck_domains(at)
    recheck_domains(at + timedelta(hours=1))
    (first,) = mails()
    assert first.subject == f"The record of {SHOP} is gone"
    assert f"until {at + GONE_FOR:%-d %B %Y}" in first.body
    assert record_text(claim) in first.body

    recheck_domains(at + GONE_FOR)
    recheck_domains(at + GONE_FOR + timedelta(hours=1))
    assert [message.subject for message in mails()] == [f"{SHOP} does not lead to Acme any more"]
    prove(dns, claim)
    recheck_domains(at + GONE_FOR + timedelta(hours=2))
    dns.say(record_name(SHOP), "TXT", '"something else"')
    recheck_domains(at + GONE_FOR + timedelta(days=2))
    prove(dns, claim)
    recheck_domains(at + GONE_FOR + timedelta(days=2, hours=1))
    assert mails() == []  # it is there again: there is nothing to tell


def test_a_cname_to_the_address_of_an_erased_shop_is_no_proof_for_the_next_one(
    dns: DnsServer, acme: TenantInfo
) -> None:
    ErasureCertificate.objects.create(
        number=1, tenant_id=uuid4(), content={"shop": {"slug": "acme"}}, sha256="0" * 64, signature="x"
    )
    dns.say(SHOP, "CNAME", "acme.localhost.")
    claim = claimed(acme)

    with pytest.raises(DomainNotProven, match="another shop's before"):
        check_domain(acme.id, claim.pk, at=timezone.now(), origin=BY)
    assert (get(SHOP).status_code, may_have_certificate(SHOP)) == (404, False)
    assert proven(dns, acme).proof == "TXT"


def test_what_others_write_into_their_zones_stops_nobody(
    dns: DnsServer, acme: TenantInfo, globex: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = f"{'x' * 60}.{'y' * 60}.{'z' * 60}.example"
    claim, other = claimed(acme, long), claimed(globex)
    dns.say(record_name(long), "TXT", f'"\\000\\007{"w" * 100}"')
    prove(dns, other)
    now = timezone.now()

    assert recheck_domains(now) == 2
    claim.refresh_from_db()
    assert claim.problem == f"{record_name(long)} says something else"[:200]
    dns.say(record_name(SHOP), "TXT", '"\\000\\007 <b>"')
    with pytest.raises(DomainNotProven, match=r"says something else: \?\? <b>$"):
        check_domain(globex.id, other.pk, at=now, origin=BY)

    def breaks(found: TenantDomain, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(rechecking, "look_again", breaks)
    later = now + timedelta(days=2)
    assert (recheck_domains(later), recheck_domains(later)) == (2, 0)


def test_a_claim_that_nobody_proves_is_not_asked_about_for_ever(dns: DnsServer, acme: TenantInfo) -> None:
    claimed(acme)
    now = timezone.now() + timedelta(seconds=1)
    assert [recheck_domains(now), recheck_domains(now + timedelta(minutes=9))] == [1, 0]
    assert recheck_domains(now + timedelta(minutes=10)) == 1
    assert recheck_domains(now + WAITED_FOR) == 0


def test_a_shop_that_is_gone_gives_it_free(dns: DnsServer, acme: TenantInfo, globex: TenantInfo) -> None:
    proven(dns, acme)
    Tenant.objects.filter(slug="acme").update(status="cancelled")
    recheck_domains(timezone.now() + timedelta(days=1, minutes=1))
    assert Tenant.objects.get(slug="acme").domain is None
    assert proven(dns, globex).state == "verified"


def test_an_unknown_name_costs_one_statement(acme: TenantInfo, count_statements: Any) -> None:
    directory.clear()
    with count_statements() as counted:
        assert may_have_certificate("nobody.example") is False
    assert counted.count == 1
