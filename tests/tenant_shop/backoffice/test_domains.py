"""The page where a merchant gives the shop a domain of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.domains.look_up import record_name, record_text
from platform_core.tenancy.domains.models import TenantDomain
from platform_core.tenants.models import Tenant
from tests.dns_server import DnsServer, dns_server
from tests.people import staff_browser

PAGE = "/admin/settings/domains/"


@pytest.fixture
def dns(settings: Any) -> Iterator[DnsServer]:
    with dns_server() as server:
        settings.DNS_SERVERS = [server.address]
        yield server


def test_a_merchant_adds_proves_and_removes_a_domain(make_shop: Any, dns: DnsServer) -> None:
    acme: TenantInfo = make_shop("acme", plan_type="enterprise")
    owner = staff_browser(acme)
    assert "There is no domain of your own yet." in owner.get(PAGE).content.decode()
    refused = owner.post(PAGE, {"domain": "shop.localhost"})
    assert refused.status_code == 422
    assert "can reach" in refused.content.decode() or "belongs to the platform" in refused.content.decode()

    assert owner.post(PAGE, {"domain": "www.chairs.example"}).status_code == 302
    claim = TenantDomain.objects.get()
    page = owner.get(PAGE).content.decode()
    for words in (record_name(claim.domain), record_text(claim), "acme.localhost", "Waiting for proof"):
        assert words in page
    do = f"{PAGE}{claim.pk}/do/"
    page = owner.post(do, {"do": "look"}, follow=True).content.decode()
    assert "There is no such record yet." in page

    dns.say(record_name(claim.domain), "TXT", f'"{record_text(claim)}"')
    page = owner.post(do, {"do": "look"}, follow=True).content.decode()
    assert "www.chairs.example is yours." in page
    assert "Primary" in page
    assert Tenant.objects.get().domain == "www.chairs.example"

    assert owner.post(do, {"do": "nonsense"}).status_code == 404
    assert owner.post(do, {"do": "remove"}).status_code == 302
    assert owner.post(do, {"do": "remove"}).status_code == 404
    assert Tenant.objects.get().domain is None


def test_without_it_in_the_plan_there_is_no_form_and_anothers_domain_is_not_touched(make_shop: Any) -> None:
    acme, globex = make_shop("acme", plan_type="basic"), make_shop("globex", plan_type="enterprise")
    theirs = TenantDomain.objects.create(tenant_id=globex.id, domain="globex.example")
    owner = staff_browser(acme)

    page = owner.get(PAGE).content.decode()
    assert "does not include a domain of your own" in page
    assert 'name="domain"' not in page
    assert "globex.example" not in page
    assert owner.post(PAGE, {"domain": "www.chairs.example"}).status_code == 422
    for verb in ("look", "primary", "remove"):
        assert owner.post(f"{PAGE}{theirs.pk}/do/", {"do": verb}).status_code == 404
    assert TenantDomain.objects.get() == theirs
