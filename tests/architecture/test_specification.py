"""The migrations build what the specification says, but for an exact list of deliberate differences."""

import pytest

from tests.architecture.built import built, specified
from tests.architecture.catalogue import Catalogue, Column
from tests.architecture.comparison import Deliberate, Everywhere, unexplained
from tests.architecture.differences import PLATFORM

pytestmark = pytest.mark.usefixtures("worker_databases")


def test_the_platforms_database_is_as_specified_but_for_the_listed_differences() -> None:
    complaints = unexplained(specified("platform"), built("platform"), PLATFORM)
    assert not complaints, "\n".join(complaints)


def test_a_shops_database_is_as_specified_but_for_the_listed_differences() -> None:
    shop = pytest.importorskip(
        "tests.architecture.differences_tenant", reason="the shop's models are not here yet"
    ).SHOP
    complaints = unexplained(specified("shop"), built("shop"), shop)
    assert not complaints, "\n".join(complaints)


def test_the_specification_is_read_whole() -> None:
    platform, shop = specified("platform"), specified("shop")

    assert sorted(platform.tables) == [
        "billing_invoices", "platform_audit_log", "platform_metrics", "platform_settings", "platform_users",
        "schema_versions", "tenant_access", "tenant_plans", "tenant_subscriptions", "tenants",
    ]  # fmt: skip
    assert sorted(shop.tables) == [
        "analytics_daily", "brands", "cart_items", "categories", "customer_addresses", "customers", "discount_codes",
        "email_campaigns", "order_items", "order_status_history", "orders", "product_images", "product_reviews",
        "products", "schema_versions", "settings", "shopping_carts", "webhooks",
    ]  # fmt: skip
    assert platform.facts["tenant_access", "foreign key (tenant_id)"] == "tenants(id) ON DELETE CASCADE"
    assert platform.facts["tenants", "index idx_tenants_status"] == "USING btree (status)"
    assert platform.tables["billing_invoices"]["line_items"] == Column("jsonb", "'[]'::jsonb", nullable=False)


def one_table(**columns: Column) -> Catalogue:
    return Catalogue(tables={"plans": columns})


WHOLE = Column("integer", None, nullable=False)
NOTHING_MEANT = Deliberate(one_by_one={}, everywhere={})


@pytest.mark.parametrize(
    ("theirs", "ours", "complaint"),
    [
        (one_table(price=WHOLE), one_table(), "plans.price: specified 'integer not null', built None"),
        (one_table(), one_table(price=WHOLE), "plans.price: specified None, built 'integer not null'"),
        (
            one_table(price=WHOLE),
            one_table(price=Column("bigint", None, nullable=False)),
            "plans.price type: specified 'integer', built 'bigint'",
        ),
        (one_table(price=WHOLE), Catalogue(), "plans: specified 'table', built None"),
        (
            Catalogue(tables={"plans": {}}, facts={("plans", "unique (name)"): "yes"}),
            one_table(),
            "plans unique (name): specified 'yes', built None",
        ),
    ],
)
def test_a_difference_nobody_meant_is_reported(theirs: Catalogue, ours: Catalogue, complaint: str) -> None:
    assert unexplained(theirs, ours, NOTHING_MEANT) == [complaint]


def test_an_entry_that_is_no_difference_is_reported() -> None:
    meant = Deliberate(
        one_by_one={"plans.price": (None, "integer", "no reason")},
        everywhere={Everywhere("type", "integer", "bigint"): "no reason"},
    )

    complaints = unexplained(one_table(price=WHOLE), one_table(price=WHOLE), meant)

    assert len(complaints) == 2
    assert all(complaint.endswith("listed as a difference, but there is none") for complaint in complaints)


def test_a_listed_difference_must_be_the_one_that_is_there() -> None:
    meant = Deliberate(one_by_one={"plans.price": (None, "bigint not null", "sums")}, everywhere={})

    assert unexplained(one_table(), one_table(price=WHOLE), meant) == [
        "plans.price: meant (None, 'bigint not null'), found (None, 'integer not null')"
    ]
