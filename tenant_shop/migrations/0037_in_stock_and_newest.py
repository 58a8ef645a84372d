"""Lists tell what is in stock from what is only ordered from the maker, and are sorted by when things were published.

"In stock" and the values of options count variants of which pieces are here; one on backorder is sold all the same.
"""

from django.db import migrations, models
from django.db.models.functions import Coalesce

# As in 0013, but for what its words in capitals stand for.
FACTS = r"""
CREATE VIEW product_listing_facts AS
SELECT product.id AS product_id,
       product.status = 'active' AND product.visibility IN ('visible', 'catalog_only') AS is_listed,
       product.status = 'active' AND product.visibility = 'visible' AND COALESCE(offered.is_there, FALSE) AS IN_STOCK,
       product.name, product.category_id, product.brand_id,
       COALESCE(offered.price_low, product.price) AS price_low,
       COALESCE(offered.price_high, product.price) AS price_high,
       offered.compare_at_price, product.created_at, product.published_at,
       offered.facets, offered.ranks, offered.VARIANTS
FROM products AS product
CROSS JOIN LATERAL (
    WITH variant AS (
        SELECT place,
               COALESCE((shown ->> 'price')::NUMERIC, product.price) AS price,
               COALESCE((shown ->> 'compare_at_price')::NUMERIC, product.compare_at_price) AS before,
               CASE WHEN jsonb_typeof(shown -> 'options') = 'object' THEN shown -> 'options' ELSE '{}' END AS options,
               product.visibility = 'visible' AND (
                   NOT product.track_inventory
                   BACKORDERS
                   OR (shown ->> 'inventory_quantity')::INTEGER > 0
               ) AS is_there
        FROM jsonb_array_elements(product.variants) WITH ORDINALITY AS listed (shown, place)
        WHERE (shown ->> 'is_active')::BOOLEAN
    ), chosen AS (
        SELECT variant.place, variant.is_there,
               translate(option.key, E'\x1f', ' ') AS name, translate(option.value, E'\x1f', ' ') AS value
        FROM variant CROSS JOIN jsonb_each_text(variant.options) AS option
        WHERE btrim(option.key) <> '' AND btrim(option.value) <> ''
          AND length(option.key) <= 60 AND length(option.value) <= 80
    ), specified AS (
        SELECT key AS name, value
        FROM jsonb_each(
            CASE WHEN jsonb_typeof(product.specifications) = 'object' THEN product.specifications ELSE '{}' END
        )
        UNION ALL
        SELECT pair ->> 'name', pair -> 'value'
        FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(product.specifications) = 'array' THEN product.specifications ELSE '[]' END
        ) AS listed (pair)
        WHERE jsonb_typeof(pair) = 'object'
    ), found AS (
        SELECT 'c' || E'\x1f' || product.category_id AS facet, NULL::INTEGER AS rank
        UNION ALL
        SELECT 'b' || E'\x1f' || product.brand_id, NULL
        UNION ALL
        SELECT 't' || E'\x1f' || btrim(translate(tag, E'\x1f', ' ')), NULL
        FROM unnest(product.tags) AS tag WHERE btrim(tag) <> '' AND length(tag) <= 80
        UNION ALL
        SELECT 's' || E'\x1f' || btrim(translate(name, E'\x1f', ' ')) || E'\x1f'
               || btrim(translate(word #>> '{}', E'\x1f', ' ')), NULL
        FROM specified
        CROSS JOIN LATERAL (
            SELECT specified.value WHERE jsonb_typeof(specified.value) IN ('string', 'number', 'boolean')
            UNION ALL
            SELECT element
            FROM jsonb_array_elements(
                CASE WHEN jsonb_typeof(specified.value) = 'array' THEN specified.value ELSE '[]' END
            ) AS element
            WHERE jsonb_typeof(element) IN ('string', 'number', 'boolean')
        ) AS words (word)
        WHERE btrim(name) <> '' AND btrim(word #>> '{}') <> '' AND length(name) <= 60 AND length(word #>> '{}') <= 80
        UNION ALL
        SELECT 'o' || E'\x1f' || btrim(name) || E'\x1f' || btrim(value), rank::INTEGER
        FROM (
            SELECT name, value, bool_or(is_there) AS is_on_sale,
                   row_number() OVER (PARTITION BY name ORDER BY min(place), value) AS rank
            FROM chosen GROUP BY name, value
        ) AS option
        WHERE is_on_sale
    ), kept AS (
        SELECT DISTINCT ON (facet) facet, rank FROM found WHERE facet IS NOT NULL ORDER BY facet, rank
    )
    SELECT (SELECT bool_or(is_there) FROM variant) AS is_there,
           (SELECT min(price) FROM variant) AS price_low,
           (SELECT max(price) FROM variant) AS price_high,
           (SELECT CASE WHEN before > price THEN before END FROM variant ORDER BY price, place LIMIT 1) AS compare_at_price,
           COALESCE((SELECT array_agg(facet ORDER BY facet COLLATE "C") FROM kept), '{}') AS facets,
           COALESCE((SELECT array_agg(rank ORDER BY facet COLLATE "C") FROM kept), '{}') AS ranks,
           COALESCE(
               (
                   SELECT jsonb_agg(
                       jsonb_build_object('price', price, 'options', COALESCE(sold.options, '[]')) ORDER BY place
                   )
                   FROM variant
                   LEFT JOIN (
                       SELECT place,
                              jsonb_agg(btrim(name) || E'\x1f' || btrim(value) ORDER BY name COLLATE "C") AS options
                       FROM chosen GROUP BY place
                   ) AS sold USING (place)
                   WHERE is_there
               ),
               '[]'
           ) AS VARIANTS
) AS offered
"""
PROJECT_LISTING = r"""
CREATE OR REPLACE FUNCTION project_listing() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    touched UUID[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO touched FROM changed;
        INSERT INTO product_listing (COLUMNS) SELECT COLUMNS FROM product_listing_facts WHERE product_id = ANY (touched);
        RETURN NULL;
    END IF;
    SELECT array_agg(changed.id) INTO touched
    FROM changed JOIN replaced ON replaced.id = changed.id
    WHERE listing_depends_on(changed) IS DISTINCT FROM listing_depends_on(replaced);
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(facts.product_id ORDER BY facts.product_id) INTO touched
    FROM product_listing_facts AS facts JOIN product_listing AS listing ON listing.product_id = facts.product_id
    WHERE facts.product_id = ANY (touched) AND (FACTS) IS DISTINCT FROM (LISTED);
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM product_listing WHERE product_id = ANY (touched) ORDER BY product_id FOR NO KEY UPDATE;
    UPDATE product_listing AS listing SET (COLUMNS) = (FACTS)
    FROM product_listing_facts AS facts
    WHERE facts.product_id = ANY (touched) AND listing.product_id = facts.product_id;
    RETURN NULL;
END;
$$;
"""
COUNT_CHANGES = r"""
CREATE OR REPLACE FUNCTION count_listing_changes() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'product_listing' AND TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT FROM replaced JOIN changed ON changed.product_id = replaced.product_id
            WHERE (COUNTED_OLD) IS DISTINCT FROM (COUNTED_NEW)
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO listing_changes DEFAULT VALUES;
    RETURN NULL;
END;
$$;
"""
KEPT = [
    "product_id",
    "is_listed",
    "IN_STOCK",
    "name",
    "category_id",
    "brand_id",
    "price_low",
    "price_high",
    "compare_at_price",
    "created_at",
    "published_at",
    "facets",
    "ranks",
    "VARIANTS",
]
COUNTED = [
    "is_listed",
    "IN_STOCK",
    "category_id",
    "price_low",
    "price_high",
    "compare_at_price",
    "published_at",
    "facets",
    "ranks",
    "VARIANTS",
    "rating_average",
]
# The guard of the listings lets nobody but triggers write; this is what the triggers would write now.
FILL_ANEW = """
ALTER TABLE product_listing DISABLE TRIGGER product_listing_kept;
UPDATE product_listing AS listing SET (COLUMNS) = (FACTS)
FROM product_listing_facts AS facts
WHERE listing.product_id = facts.product_id AND (FACTS) IS DISTINCT FROM (LISTED);
ALTER TABLE product_listing ENABLE TRIGGER product_listing_kept;
"""


def definitions(*, in_stock: str, variants: str, backorders: str) -> str:
    sql = "DROP VIEW product_listing_facts;\n" + FACTS + ";\n" + PROJECT_LISTING + COUNT_CHANGES + FILL_ANEW
    for word, columns, prefix in (
        ("COLUMNS", KEPT, ""),
        ("FACTS", KEPT, "facts."),
        ("LISTED", KEPT, "listing."),
        ("COUNTED_OLD", COUNTED, "replaced."),
        ("COUNTED_NEW", COUNTED, "changed."),
    ):
        sql = sql.replace(f"({word})", f"({', '.join(prefix + column for column in columns)})")
    sql = sql.replace("SELECT COLUMNS", f"SELECT {', '.join(KEPT)}")
    for word, name in (("IN_STOCK", in_stock), ("VARIANTS", variants), ("BACKORDERS", backorders)):
        sql = sql.replace(word, name)
    return sql


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0036_company_group")]

    operations = [
        migrations.RenameField("productlisting", "is_buyable", "is_in_stock"),
        migrations.RenameField("productlisting", "variants_on_sale", "variants_in_stock"),
        migrations.AlterField(
            "productlisting",
            "is_in_stock",
            models.BooleanField(help_text="Whether pieces of a variant on sale are here."),
        ),
        migrations.RunSQL(
            definitions(in_stock="is_in_stock", variants="variants_in_stock", backorders=""),
            definitions(
                in_stock="is_buyable", variants="variants_on_sale", backorders="OR product.allow_backorder"
            ),
        ),
        migrations.RemoveIndex("productlisting", "idx_listing_newest"),
        migrations.AddIndex(
            "productlisting",
            models.Index(
                models.OrderBy(Coalesce("published_at", "created_at"), descending=True),
                models.OrderBy(models.F("product"), descending=True),
                condition=models.Q(("is_listed", True)),
                name="idx_listing_newest",
            ),
        ),
    ]
