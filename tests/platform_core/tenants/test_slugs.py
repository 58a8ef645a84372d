import re

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from platform_core.tenants.models import Tenant
from platform_core.tenants.slugs import (
    RESERVED_WORDS,
    SlugMalformed,
    SlugRefused,
    SlugReserved,
    check_slug,
    database_name,
)
from tests.databases import PLATFORM, owner

RFC_1123_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Near misses on purpose: hyphens at the ends and doubled, underscores, capitals, letters beyond ASCII.
candidates = st.text(alphabet="ab09-_Aé. ", max_size=60) | st.from_regex(r"[a-z0-9-]{1,52}", fullmatch=True)


@given(candidates)
def test_an_accepted_slug_is_a_host_label_and_names_a_database(slug: str) -> None:
    try:
        name = database_name(slug)
    except SlugRefused:
        return
    assert RFC_1123_LABEL.fullmatch(slug)
    assert name.startswith(settings.DATABASE_PREFIX)
    assert len(name.encode()) <= 63
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


@given(candidates, candidates)
def test_two_slugs_never_share_a_database(first: str, second: str) -> None:
    try:
        same = database_name(first) == database_name(second)
    except SlugRefused:
        return
    assert same == (first == second)


@given(candidates)
def test_no_slug_names_one_of_the_platforms_databases(slug: str) -> None:
    try:
        name = database_name(slug)
    except SlugRefused:
        return
    assert name not in {f"{settings.DATABASE_PREFIX}platform", f"{settings.DATABASE_PREFIX}tenant_template"}
    assert "__" not in name.removeprefix(settings.DATABASE_PREFIX)


@pytest.mark.parametrize(
    "slug", ["", "-acme", "acme-", "ac--me", "Acme", "ac_me", "ac.me", "äcme", "acme\n", "a" * 51, "xn--acme-9ta", " "]
)
def test_a_malformed_slug_is_refused(slug: str) -> None:
    with pytest.raises(SlugMalformed) as caught:
        check_slug(slug)

    assert caught.value.status == 422
    assert caught.value.slug == slug


@pytest.mark.parametrize("slug", ["platform", "tenant-template", "www", "admin", "api", "spare-1", "tenant-template-2"])
def test_a_reserved_word_is_refused(slug: str) -> None:
    with pytest.raises(SlugReserved):
        check_slug(slug)


def test_a_longest_slug_fits_the_production_prefix(settings: object) -> None:
    settings.DATABASE_PREFIX = "smartseller_"  # type: ignore[attr-defined]

    assert database_name("a" * 50) == "smartseller_" + "a" * 50


def test_a_slug_that_leaves_no_room_for_the_databases_name_is_refused(settings: object) -> None:
    settings.DATABASE_PREFIX = "smartseller_of_a_long_installation_"  # type: ignore[attr-defined]

    with pytest.raises(SlugMalformed):
        database_name("a" * 50)


def test_reserved_words_are_labels_themselves() -> None:
    assert [word for word in RESERVED_WORDS if not RFC_1123_LABEL.fullmatch(word)] == []


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"slug": "Acme"}, "tenants_slug_label"),
        ({"slug": "ac--me"}, "tenants_slug_label"),
        ({"slug": "-acme"}, "tenants_slug_label"),
        ({"slug": "acme\n"}, "tenants_slug_label"),
        ({"slug": "platform"}, "tenants_slug_reserved"),
        ({"slug": "tenant-template"}, "tenants_slug_reserved"),
        ({"subdomain": "a.b"}, "tenants_subdomain_label"),
        ({"domain": "Shop.example"}, "tenants_domain_host"),
        ({"domain": "shop.example."}, "tenants_domain_host"),
        ({"domain": "localhost"}, "tenants_domain_host"),
        ({"database_name": "smartseller-acme"}, "tenants_database_name_plain"),
        ({"database_name": "s" * 64}, "tenants_database_name_plain"),
        ({"epoch": 0}, "tenants_epoch_counts_from_one"),
        ({"currency": "eur"}, "tenants_currency_iso4217"),
        ({"country": "DEU"[:2].lower()}, "tenants_country_iso3166"),
        ({"status": "open"}, "tenants_status_check"),
        ({"plan_type": "free"}, "tenants_plan_type_check"),
        ({"availability": "closed"}, "tenants_availability_check"),
    ],
)
def test_the_database_refuses_what_the_code_must_never_write(values: dict[str, object], constraint: str) -> None:
    row = {"slug": "acme", "name": "Acme", "database_name": "smartseller_acme", "contact_email": "a@acme.example"}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(using="default"):
        Tenant.objects.create(**{**row, **values})

    assert Tenant.objects.count() == 0


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("column", ["slug", "domain", "subdomain", "database_name"])
def test_no_two_tenants_share_a_name(column: str) -> None:
    def row(number: int) -> dict[str, str]:
        return {
            "slug": f"acme-{number}",
            "name": "Acme",
            "domain": f"acme{number}.example",
            "subdomain": f"acme-{number}",
            "database_name": f"smartseller_acme_{number}",
            "contact_email": "a@acme.example",
        }

    Tenant.objects.create(**row(1))

    with pytest.raises(IntegrityError, match=f"tenants_{column}_key"), transaction.atomic(using="default"):
        Tenant.objects.create(**{**row(2), column: row(1)[column]})

    assert Tenant.objects.get().slug == "acme-1"


@pytest.mark.usefixtures("platform")
def test_a_new_tenant_waits_for_its_shop_on_the_first_server() -> None:
    tenant = Tenant.objects.create(
        slug="acme", name="Acme", database_name="smartseller_acme", contact_email="a@acme.example"
    )

    assert (tenant.status, tenant.plan_type, tenant.availability) == ("pending_setup", "basic", "open")
    assert (tenant.server_id, tenant.epoch, tenant.schema_version) == ("primary", 1, "")
    assert (tenant.theme_config, tenant.feature_flags, tenant.settings, tenant.metadata) == ({}, {}, {}, {})


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("slug", ["acme", "a-b-c", "0", "a" * 50])
def test_sql_derives_the_same_database_name(slug: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT generate_tenant_database_name(%s)", [slug])
        (derived,) = cursor.fetchone()

    # The prefix is the one of the worker that migrated first.
    assert derived.endswith("_" + slug.replace("-", "_"))
    assert derived.startswith("smartseller_")


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("slug", ["Acme", "ac--me", "", "a" * 51, "platform", "tenant-template"])
def test_sql_refuses_to_derive_a_name_from_a_bad_slug(slug: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using="default"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT generate_tenant_database_name(%s)", [slug])


@pytest.mark.usefixtures("platform")
def test_updated_at_moves_with_every_change_and_created_at_stays() -> None:
    tenant = Tenant.objects.create(
        slug="acme", name="Acme", database_name="smartseller_acme", contact_email="a@acme.example"
    )
    created_at = tenant.created_at
    with owner(PLATFORM) as connection:  # an old row, whatever the trigger says
        connection.execute("ALTER TABLE tenants DISABLE TRIGGER update_tenants_updated_at")
        connection.execute("UPDATE tenants SET updated_at = '2020-01-01'")
        connection.execute("ALTER TABLE tenants ENABLE TRIGGER update_tenants_updated_at")

    Tenant.objects.update(name="Acme Ltd")

    tenant.refresh_from_db()
    assert tenant.updated_at >= created_at
    assert tenant.created_at == created_at
