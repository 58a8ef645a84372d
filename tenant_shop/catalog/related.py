"""What else may please somebody who looks at a product."""

import re
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, IntegerField, Lookup, UUIDField
from django.db.models.expressions import RawSQL

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.summary import ProductSummary, summarise, with_summary_facts

# Bought together counts for most, then the same shelf, then the same maker, then each tag in common. What is sold out
# comes last. Each source gives a bounded number of candidates, so that a large shelf costs no more than a small one.
RANKED = """ARRAY(
    WITH bought AS (
        SELECT other.product_id AS id, count(DISTINCT other.order_id) AS times
        FROM (
            SELECT order_id FROM order_items WHERE product_id = %(product)s ORDER BY id DESC LIMIT 200
        ) AS mine
        JOIN order_items AS other ON other.order_id = mine.order_id
        WHERE other.product_id <> %(product)s
        GROUP BY other.product_id ORDER BY times DESC, other.product_id LIMIT 24
    ), candidates AS (
        SELECT id FROM bought
        UNION (
            SELECT id FROM products WHERE category_id = %(category)s AND status = 'active' AND visibility = 'visible'
            ORDER BY created_at DESC, id LIMIT 48
        ) UNION (
            SELECT id FROM products WHERE brand_id = %(brand)s AND status = 'active' AND visibility = 'visible'
            ORDER BY created_at DESC, id LIMIT 24
        ) UNION (
            SELECT id FROM products WHERE tags && %(tags)s::text[] AND status = 'active' AND visibility = 'visible'
            ORDER BY created_at DESC, id LIMIT 24
        )
    )
    SELECT p.id
    FROM candidates JOIN products AS p USING (id) LEFT JOIN bought USING (id)
    WHERE p.id <> %(product)s AND p.status = 'active' AND p.visibility = 'visible'
    ORDER BY
        (p.inventory_quantity > 0 OR p.allow_backorder OR NOT p.track_inventory) DESC,
        4 * COALESCE(bought.times, 0)
            + 3 * COALESCE((p.category_id = %(category)s)::int, 0)
            + 2 * COALESCE((p.brand_id = %(brand)s)::int, 0)
            + cardinality(ARRAY(SELECT unnest(p.tags) INTERSECT SELECT unnest(%(tags)s::text[]))) DESC,
        p.created_at DESC, p.id
    LIMIT %(most)s
)"""
PARAMETER = re.compile(r"%\((\w+)\)s")


def related_products(
    product_id: UUID, *, category_id: UUID | None, brand_id: UUID | None, tags: tuple[str, ...], limit: int
) -> list[ProductSummary]:
    """Visible products like this one, the likeliest first; always the same ones in the same order. One statement."""
    values = {"product": product_id, "category": category_id, "brand": brand_id, "tags": list(tags), "most": limit}
    params = [values[name] for name in PARAMETER.findall(RANKED)]
    ranked = RawSQL(PARAMETER.sub("%s", RANKED), params, ArrayField(UUIDField()))  # noqa: S611 - no word is a visitor's
    place = Func(ranked, F("pk"), function="array_position", output_field=IntegerField())
    found = Product.objects.filter(_IsOneOf(F("pk"), ranked)).order_by(place)
    return summarise(with_summary_facts(found))


class _IsOneOf(Lookup):
    """A value among those of an array, such that the key's index is used."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        value, value_params = self.process_lhs(compiler, connection)
        array, array_params = self.process_rhs(compiler, connection)
        return f"{value} = ANY({array})", (*value_params, *array_params)
