"""What every table and the database as a whole promise: timestamps, rights, rules, first rows."""

import psycopg
import pytest
from django.apps import apps
from django.db import models

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import SchemaVersion, Setting
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.tenant_shop.schema.connections import as_app, as_owner

RULES = {models.CASCADE: "c", models.SET_NULL: "n", models.PROTECT: "a"}
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, attname, confdeltype::text
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[cardinality(conkey)]
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
# Django leaves these rows to the database: the app's role may not delete them, or a trigger has to see them go.
LEFT_TO_THE_DATABASE = {
    ("cart_items", "product_id"): "c",
    ("cart_items", "variant_id"): "c",
    ("stock_movements", "variant_id"): "c",
    ("stock_movements", "order_id"): "n",
    ("order_status_history", "order_id"): "c",
    ("credit_note_lines", "credit_note_id"): "c",
    ("shipments", "order_id"): "c",
    ("loyalty_entries", "customer_id"): "c",
    ("loyalty_entries", "order_id"): "n",
}
WITHOUT_A_MODEL = {
    ("product_skus", "product_id"): "c",
    ("product_search", "product_id"): "c",
    ("search_synonym_pairs", "synonym_id"): "c",
}


def test_on_delete_means_the_same_to_django_and_to_the_database(shop: TenantInfo) -> None:
    declared = {
        (model._meta.db_table, field.column): field.remote_field.on_delete
        for model in apps.get_app_config("tenant_shop").get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    }
    with as_owner(shop) as owner:
        found = {(table, column): rule for table, column, rule in owner.execute(FOREIGN_KEYS)}

    assert {key for key, rule in declared.items() if rule is models.DO_NOTHING} == set(LEFT_TO_THE_DATABASE)
    assert found == {
        **{key: RULES[rule] for key, rule in declared.items() if rule is not models.DO_NOTHING},
        **LEFT_TO_THE_DATABASE,
        **WITHOUT_A_MODEL,
    }


@pytest.mark.parametrize("factory", [CategoryFactory, BrandFactory, ProductFactory, CustomerFactory])
def test_updated_at_changes_with_the_row_whatever_is_written_to_it(shop: TenantInfo, factory: type) -> None:
    row = factory()
    row.refresh_from_db()
    before = row.updated_at

    type(row).objects.filter(pk=row.pk).update(updated_at="2000-01-01T00:00:00Z")

    row.refresh_from_db()
    assert row.updated_at > before


READ_ONLY = ["tenant_sentinel", "schema_versions", "django_migrations"]
APPEND_ONLY = [
    "stock_movements", "payment_entries", "order_status_history", "loyalty_entries", "shipments", "credit_notes",
    "credit_note_lines", "terms_versions", "documents",
]  # fmt: skip
PRIVILEGES = """
    SELECT tablename, ARRAY(
        SELECT right_name FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS right_name
        WHERE has_table_privilege(current_user, quote_ident(tablename), right_name))
    FROM pg_tables WHERE schemaname = 'public'
"""


def test_the_apps_role_reads_and_writes_rows_and_no_more(shop: TenantInfo) -> None:
    with as_app(shop) as app:
        rights = dict(app.execute(PRIVILEGES).fetchall())

    assert {table for table, allowed in rights.items() if allowed == ["SELECT"]} == set(READ_ONLY)
    assert {table for table, allowed in rights.items() if allowed == ["SELECT", "INSERT"]} == set(APPEND_ONLY)
    assert {tuple(rights[table]) for table in rights.keys() - {*READ_ONLY, *APPEND_ONLY}} == {
        ("SELECT", "INSERT", "UPDATE", "DELETE")
    }
    assert "django_session" in rights


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (id int)", "ALTER TABLE orders ADD COLUMN mine int", "DROP TABLE orders",
     "ALTER TABLE stock_movements DISABLE TRIGGER ALL"],
)  # fmt: skip
def test_the_apps_role_changes_no_tables(shop: TenantInfo, statement: str) -> None:
    with as_app(shop) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_tables_of_later_migrations_are_open_to_the_app(shop: TenantInfo) -> None:
    with as_owner(shop) as owner:
        owner.execute("CREATE TABLE later (id int)")
        allowed = owner.execute(
            "SELECT has_table_privilege('smartseller_app', 'later', 'SELECT, INSERT, UPDATE, DELETE')"
        ).fetchone()
        owner.rollback()

    assert allowed == (True,)


def test_the_sentinel_is_one_row(shop: TenantInfo) -> None:
    insert = "INSERT INTO tenant_sentinel (tenant_id, database_name) VALUES (gen_random_uuid(), 'other')"
    with as_owner(shop) as owner, pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(insert)
    with as_owner(shop) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(insert.replace("(tenant_id", '("only", tenant_id').replace("VALUES (", "VALUES (false, "))


def test_a_shop_starts_with_the_specified_settings(shop: TenantInfo) -> None:
    assert dict(Setting.objects.values_list("key", "value")) == {
        "store_name": "My Store",
        "store_email": "store@example.com",
        "currency": "USD",
        "timezone": "UTC",
        "tax_rate": 0,
        "shipping_rates": [],
        "email_templates": {},
        "theme_settings": {},
    }
    assert list(SchemaVersion.objects.values_list("version", "description")) == [("1.0.0", "Initial schema")]
