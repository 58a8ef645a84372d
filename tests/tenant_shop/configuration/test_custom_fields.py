"""Fields of the merchant's own: what they take, how they are kept, and their indexes in one shop's database."""

from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, connections

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.custom_fields import index as indexes
from tenant_shop.configuration.custom_fields.define import MOST_FIELDS, define_field
from tenant_shop.configuration.custom_fields.errors import (
    IndexesBusy,
    TooManyFields,
    ValueRefused,
    ValuesRefused,
)
from tenant_shop.configuration.custom_fields.expression import ValueOf
from tenant_shop.configuration.custom_fields.index import index_name, keep_indexes, mend_indexes, want_index
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.remove import count_values, remove_field
from tenant_shop.configuration.custom_fields.set_values import set_order_values
from tenant_shop.configuration.custom_fields.values import read_value, values_in, with_values
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.verification.verify_shop import verify_shop
from tests.custom_fields import field
from tests.databases import owner
from tests.factories.catalog import ProductFactory
from tests.factories.orders import OrderFactory

HOSTILE = "'); DROP TABLE products; -- \" %s {0} <script>"


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("text", "  Wash  cold ", "Wash  cold"),
        ("text", HOSTILE, HOSTILE),
        ("text", " ", None),
        ("number", "12.50", "12.5"),
        ("number", "-0", "0"),
        ("number", "+007", "7"),
        ("date", "2026-02-28", "2026-02-28"),
        ("choice", "Hard", "Hard"),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
    ],
)
def test_what_is_written_is_kept_in_one_way(kind: str, written: str, kept: object) -> None:
    assert read_value(CustomField(name="Care", kind=kind, choices=["Easy", "Hard"]), written) == kept


@pytest.mark.parametrize(
    ("kind", "written", "why"),
    [
        ("text", "a\x00b", "Care: this has characters that cannot be written."),
        ("text", "\ud800", "Care: this has characters that cannot be written."),
        ("text", "x" * 501, "Care: up to 500 characters."),
        ("number", "1e5", "Care: enter a number such as 12.5, with up to six decimals."),
        ("number", "12,5", "Care: enter a number such as 12.5, with up to six decimals."),
        ("number", "NaN", "Care: enter a number such as 12.5, with up to six decimals."),
        ("number", "١٢", "Care: enter a number such as 12.5, with up to six decimals."),
        ("date", "2026-02-30", "Care: enter a date such as 2026-11-26."),
        ("date", "20260228", "Care: enter a date such as 2026-11-26."),
        ("choice", "Medium", "Care: choose one of Easy, Hard."),
        ("boolean", "maybe", "Care: answer yes or no."),
    ],
)
def test_what_a_field_does_not_take_is_refused_in_words(kind: str, written: str, why: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        read_value(CustomField(name="Care", kind=kind, choices=["Easy", "Hard"]), written)

    assert str(refusal.value) == why


def test_a_needed_value_is_asked_for_and_a_choice_that_went_stays_with_who_has_it() -> None:
    needed = CustomField(name="Care", kind="choice", choices=["Easy"], is_required=True)

    with pytest.raises(ValueRefused, match="this is needed"):
        read_value(needed, "")
    assert read_value(needed, "Hard", now="Hard") == "Hard"


def test_values_stand_beside_whatever_else_is_in_the_column() -> None:
    kept = with_values({"language": "de", "fields": {"a": "1", "b": "2"}}, {"a": None, "c": True})

    assert kept == {"language": "de", "fields": {"b": "2", "c": True}}
    assert with_values({"language": "de", "fields": {"a": "1"}}, {"a": None}) == {"language": "de"}
    assert values_in(["nonsense"]) == values_in({"fields": 7}) == {}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Care level", "care_level"),
        ("Größe", "grosse"),
        ("重さ", "field"),
        ("2nd colour", "field_2nd_colour"),
        (HOSTILE[:60], "drop_table_products_s_0_script"),
    ],
)
def test_a_key_is_made_of_the_name_and_has_nothing_to_be_quoted(name: str, key: str, shop: TenantInfo) -> None:
    assert [field(name, owner=owner).key for owner in ("product", "order")] == [key, key]
    assert field(f"{name}!"[:60] if len(name) < 60 else "Drop").key in (f"{key}_2", "drop")


def test_renaming_keeps_key_and_values_and_product_pages_read_the_new_name(shop: TenantInfo) -> None:
    care = field("Care", in_storefront=True)
    ProductFactory(metadata={"fields": {"care": "cold"}})

    care.name = "Washing"
    care.save(update_fields=["name"])

    assert shop_settings().product_fields == ({"key": "care", "name": "Washing", "kind": "text"},)
    assert values_in(Product.objects.get().metadata) == {"care": "cold"}


def test_more_fields_than_there_is_room_for_are_refused(shop: TenantInfo) -> None:
    for number in range(MOST_FIELDS):
        field(f"Field {number}")

    with pytest.raises(TooManyFields):
        define_field(CustomField(name="One more", kind="text", owner="product"))

    assert CustomField.objects.count() == MOST_FIELDS


def test_two_fields_of_one_name_are_refused(shop: TenantInfo) -> None:
    field("Care")

    with pytest.raises(IntegrityError):
        field("Care")


def test_removing_a_field_takes_its_values_and_no_others(shop: TenantInfo) -> None:
    care, colour = field("Care"), field("Colour")
    both = ProductFactory(metadata={"fields": {"care": "cold", "colour": "red"}, "other": 1})
    one = ProductFactory(metadata={"fields": {"care": "warm"}, "other": 2})
    none = ProductFactory()
    order = OrderFactory(metadata={"language": "de", "fields": {"care": "not the product's"}})

    assert count_values(care) == 2
    assert remove_field(care.pk) == 2

    assert [Product.objects.get(pk=row.pk).metadata for row in (both, one, none)] == [
        {"fields": {"colour": "red"}, "other": 1},
        {"other": 2},
        {},
    ]
    order.refresh_from_db()
    assert order.metadata == {"language": "de", "fields": {"care": "not the product's"}}
    assert list(CustomField.objects.all()) == [colour]


def test_an_orders_values_are_all_kept_or_none(shop: TenantInfo) -> None:
    field("Gift", "boolean", owner="order")
    field("Send on", "date", owner="order")
    order = OrderFactory(metadata={"language": "de"})

    set_order_values(order.pk, {"gift": "yes", "send_on": "2026-12-01"})
    with pytest.raises(ValuesRefused) as refusal:
        set_order_values(order.pk, {"gift": "no", "send_on": "soon"})

    assert refusal.value.problems == {"send_on": "Send on: enter a date such as 2026-11-26."}
    order.refresh_from_db()
    assert order.metadata == {"language": "de", "fields": {"gift": True, "send_on": "2026-12-01"}}


def names_of_indexes() -> set[str]:
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname ~ '^custom_[a-z]+_[0-9a-f]{32}$'")
        return {name for (name,) in cursor.fetchall()}


def plan_of(**lookup: Any) -> str:
    rows = Product.objects.alias(**{name: ValueOf(of) for name, (of, _) in lookup.items()}).filter(
        **{name: value for name, (_, value) in lookup.items()}
    )
    with shop_transaction(), shop_connection().cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return str(rows.order_by().explain())


@pytest.mark.parametrize(("kind", "value"), [("text", HOSTILE), ("number", 12), ("date", "2026-11-26")])
def test_an_index_is_made_for_one_shop_and_found_by_its_filter(
    kind: str, value: object, make_shop: Any, shop: TenantInfo
) -> None:
    other = make_shop("other")
    care = field("Care", kind)
    ProductFactory(metadata={"fields": {"care": str(value)}})
    want_index(care, wanted=True)

    keep_indexes()

    care.refresh_from_db()
    assert (care.index_state, care.index_problem) == ("ready", "")
    assert names_of_indexes() == {index_name(care)}
    assert f"Index Scan using {index_name(care)}" in plan_of(care=(care, value)) or (
        f"Bitmap Index Scan on {index_name(care)}" in plan_of(care=(care, value))
    )
    with tenant_context(other):
        assert names_of_indexes() == set()
    assert [finding for finding in verify_shop() if finding.rule == "custom_indexes"] == []


def test_an_index_goes_with_its_field_and_with_the_wish_for_it(shop: TenantInfo) -> None:
    care, colour = field("Care"), field("Colour")
    for one in (care, colour):
        want_index(one, wanted=True)
    keep_indexes()

    remove_field(care.pk)
    want_index(colour, wanted=False)
    mend_indexes()

    colour.refresh_from_db()
    assert (names_of_indexes(), colour.index_state) == (set(), "none")


def test_a_broken_index_that_a_kill_left_is_made_anew(shop: TenantInfo) -> None:
    care = field("Care")
    want_index(care, wanted=True)
    keep_indexes()
    with owner(shop.database_name) as superuser:
        superuser.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", (index_name(care),))
    assert [(found.rule, found.recorded) for found in verify_shop()] == [("custom_indexes", "a broken index")]

    mend_indexes()

    assert verify_shop() == []
    assert names_of_indexes() == {index_name(care)}


def test_an_index_that_cannot_be_made_says_why_and_the_shop_goes_on(shop: TenantInfo) -> None:
    weight, care = field("Weight", "number"), field("Care")
    ProductFactory(metadata={"fields": {"weight": "heavy"}})
    for one in (weight, care):
        want_index(one, wanted=True)

    keep_indexes()

    weight.refresh_from_db()
    care.refresh_from_db()
    assert (weight.index_state, weight.index_problem) == (
        "failed",
        'invalid input syntax for type numeric: "heavy"',
    )
    assert (care.index_state, names_of_indexes()) == ("ready", {index_name(care)})


def test_two_processes_do_not_make_indexes_at_once(shop: TenantInfo) -> None:
    care = field("Care")
    want_index(care, wanted=True)
    with owner(shop.database_name) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('custom field indexes'))")

        with pytest.raises(IndexesBusy):
            keep_indexes()

    assert names_of_indexes() == set()


def test_the_round_leaves_a_shop_alone_in_which_all_is_well(shop: TenantInfo) -> None:
    care = field("Care")
    want_index(care, wanted=True)
    keep_indexes()

    with mock.patch.object(indexes, "keep_indexes") as kept:
        mend_indexes()

    assert kept.call_count == 0
    assert connections["default"].in_atomic_block is False
