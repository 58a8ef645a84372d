"""Lists of products read one row for each product: `product_listing`, kept by triggers.

Rows are locked in one order everywhere: variants, products, then listings, each by key. A sale that sells nothing out
changes no listing and takes no lock there.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

FOREIGN_KEY = """
ALTER TABLE product_listing ADD CONSTRAINT product_listing_product_id_fkey
    FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE;
"""

# What a listing says, derived from the product's row alone: its `variants` show the rows of `product_variants`.
# Words that are too long for a choice are no facets. Specifications are a mapping or a list of {name, value}; a value
# may be a list.
FACTS = r"""
CREATE VIEW product_listing_facts AS
SELECT product.id AS product_id,
       product.status = 'active' AND product.visibility IN ('visible', 'catalog_only') AS is_listed,
       product.status = 'active' AND product.visibility = 'visible' AND COALESCE(offered.is_buyable, FALSE) AS is_buyable,
       product.name, product.category_id, product.brand_id,
       COALESCE(offered.price_low, product.price) AS price_low,
       COALESCE(offered.price_high, product.price) AS price_high,
       offered.compare_at_price, product.created_at, product.published_at,
       offered.facets, offered.ranks, offered.variants_on_sale
FROM products AS product
CROSS JOIN LATERAL (
    WITH variant AS (
        SELECT place,
               COALESCE((shown ->> 'price')::NUMERIC, product.price) AS price,
               COALESCE((shown ->> 'compare_at_price')::NUMERIC, product.compare_at_price) AS before,
               CASE WHEN jsonb_typeof(shown -> 'options') = 'object' THEN shown -> 'options' ELSE '{}' END AS options,
               product.visibility = 'visible' AND (
                   NOT product.track_inventory
                   OR product.allow_backorder
                   OR (shown ->> 'inventory_quantity')::INTEGER > 0
               ) AS is_buyable
        FROM jsonb_array_elements(product.variants) WITH ORDINALITY AS listed (shown, place)
        WHERE (shown ->> 'is_active')::BOOLEAN
    ), chosen AS (
        SELECT variant.place, variant.is_buyable,
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
            SELECT name, value, bool_or(is_buyable) AS is_on_sale,
                   row_number() OVER (PARTITION BY name ORDER BY min(place), value) AS rank
            FROM chosen GROUP BY name, value
        ) AS option
        WHERE is_on_sale
    ), kept AS (
        SELECT DISTINCT ON (facet) facet, rank FROM found WHERE facet IS NOT NULL ORDER BY facet, rank
    )
    SELECT (SELECT bool_or(is_buyable) FROM variant) AS is_buyable,
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
                   WHERE is_buyable
               ),
               '[]'
           ) AS variants_on_sale
) AS offered
"""

# A product's own row decides what its listing says, so whoever has changed it, and holds its lock, decides alone. The
# listings are locked, by key, only when they will change.
# Of stock they need to know only whether there is any: most sales end at the first comparison.
PROJECT_LISTING = r"""
CREATE FUNCTION listing_depends_on(product products) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT regexp_replace(product.variants::TEXT, '"inventory_quantity": [1-9][0-9]*', '"inventory_quantity": 1', 'g')
           || ROW(product.status, product.visibility, product.name, product.category_id, product.brand_id, product.price,
                  product.compare_at_price, product.created_at, product.published_at, product.track_inventory,
                  product.allow_backorder, product.tags, product.specifications)::TEXT
$$;

CREATE FUNCTION project_listing() RETURNS TRIGGER LANGUAGE plpgsql AS $$
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

CREATE TRIGGER products_listed AFTER INSERT ON products
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_listing();
CREATE TRIGGER products_relisted AFTER UPDATE ON products
    REFERENCING OLD TABLE AS replaced NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_listing();
"""
COLUMNS = [
    "product_id",
    "is_listed",
    "is_buyable",
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
    "variants_on_sale",
]
for word, prefix in (("COLUMNS", ""), ("FACTS", "facts."), ("LISTED", "listing.")):
    PROJECT_LISTING = PROJECT_LISTING.replace(f"({word})", f"({', '.join(prefix + column for column in COLUMNS)})")
PROJECT_LISTING = PROJECT_LISTING.replace("SELECT COLUMNS", f"SELECT {', '.join(COLUMNS)}")

# Two reviews of a product can be approved at once: its listing is locked before the ratings are read.
PROJECT_RATINGS = """
CREATE FUNCTION project_ratings() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    touched UUID[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(DISTINCT product_id) INTO touched
        FROM (SELECT product_id FROM changed UNION ALL SELECT product_id FROM replaced) AS either;
    ELSE
        SELECT array_agg(DISTINCT product_id) INTO touched FROM changed;
    END IF;
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM product_listing WHERE product_id = ANY (touched) ORDER BY product_id FOR NO KEY UPDATE;
    UPDATE product_listing AS listing
    SET rating_average = approved.average, review_count = approved.count
    FROM (
        SELECT product.id, round(avg(review.rating), 2) AS average, count(review.id)::INTEGER AS count
        FROM unnest(touched) AS product (id)
        LEFT JOIN product_reviews AS review ON review.product_id = product.id AND review.status = 'approved'
        GROUP BY product.id
    ) AS approved
    WHERE listing.product_id = approved.id
      AND (listing.rating_average, listing.review_count) IS DISTINCT FROM (approved.average, approved.count);
    RETURN NULL;
END;
$$;

CREATE TRIGGER product_reviews_added AFTER INSERT ON product_reviews
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_ratings();
CREATE TRIGGER product_reviews_changed AFTER UPDATE ON product_reviews
    REFERENCING OLD TABLE AS replaced NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_ratings();
CREATE TRIGGER product_reviews_removed AFTER DELETE ON product_reviews
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_ratings();
"""

NOTHING_BUT_TRIGGERS = """
CREATE TRIGGER product_listing_kept BEFORE UPDATE ON product_listing
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND OLD.units_sold = NEW.units_sold)
    EXECUTE FUNCTION refuse_change('listings are kept from products and product_reviews');
"""

# How often what facets count has changed. Rows are only added, so nobody waits for anybody; each transaction sees the
# changes that its snapshot holds, so equal sums mean equal counts. A job puts the rows together (catalog/listing/).
CHANGES = """
CREATE TABLE listing_changes (
    changes BIGINT NOT NULL DEFAULT 1,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION count_listing_changes() RETURNS TRIGGER LANGUAGE plpgsql AS $$
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

CREATE TRIGGER product_listing_grown AFTER INSERT OR DELETE ON product_listing
    FOR EACH STATEMENT EXECUTE FUNCTION count_listing_changes();
CREATE TRIGGER product_listing_changed AFTER UPDATE ON product_listing
    REFERENCING OLD TABLE AS replaced NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_listing_changes();
CREATE TRIGGER brands_counted AFTER INSERT OR UPDATE OR DELETE ON brands
    FOR EACH STATEMENT EXECUTE FUNCTION count_listing_changes();
"""
COUNTED = [
    "is_listed",
    "is_buyable",
    "category_id",
    "price_low",
    "price_high",
    "compare_at_price",
    "published_at",
    "facets",
    "ranks",
    "variants_on_sale",
    "rating_average",
]
for word, prefix in (("COUNTED_OLD", "replaced."), ("COUNTED_NEW", "changed.")):
    CHANGES = CHANGES.replace(f"({word})", f"({', '.join(prefix + column for column in COUNTED)})")

# Lists and menus show whole branches. Two moves that would close a circle together come one after the other: the second
# sees the first. What is a circle already stays until one of its categories is moved out.
CATEGORIES_ARE_A_TREE = """
CREATE FUNCTION refuse_category_cycle() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('categories are a tree'));
    IF EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT parent_id FROM categories WHERE id = NEW.id
            UNION
            SELECT category.parent_id FROM categories AS category JOIN above ON above.id = category.id
        )
        SELECT FROM above WHERE above.id = NEW.id
    ) THEN
        RAISE EXCEPTION 'category % lies below itself', NEW.id
            USING ERRCODE = 'check_violation', TABLE = 'categories', CONSTRAINT = 'categories_are_a_tree';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER categories_are_a_tree AFTER INSERT OR UPDATE OF parent_id ON categories
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_category_cycle();
"""

# Pages are sorted by what was sold; everything else that listings say is watched where it comes from.
VERSIONED = """
SELECT attach_catalogue_version(
    'product_listing', added => 'false', changed => 'OLD.units_sold <> NEW.units_sold', removed => 'false');
"""

# Shops that are open already have products, reviews and orders.
FIRST_FILL = f"""
INSERT INTO product_listing ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM product_listing_facts;
UPDATE product_listing AS listing
SET rating_average = approved.average, review_count = approved.count
FROM (
    SELECT product_id, round(avg(rating), 2) AS average, count(*) AS count
    FROM product_reviews WHERE status = 'approved' GROUP BY product_id
) AS approved
WHERE listing.product_id = approved.product_id;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0012_search")]

    operations = [
        migrations.CreateModel(
            name="ProductListing",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="listing",
                        serialize=False,
                        to="tenant_shop.product",
                    ),
                ),
                ("is_listed", models.BooleanField(help_text="Whether lists and search show it.")),
                ("is_buyable", models.BooleanField(help_text="Whether a variant can be bought now.")),
                ("name", models.CharField(max_length=255)),
                ("category_id", models.UUIDField(null=True)),
                ("brand_id", models.UUIDField(null=True)),
                (
                    "price_low",
                    models.DecimalField(decimal_places=3, help_text="Of the cheapest variant on sale.", max_digits=13),
                ),
                (
                    "price_high",
                    models.DecimalField(decimal_places=3, help_text="Of the dearest variant on sale.", max_digits=13),
                ),
                (
                    "compare_at_price",
                    models.DecimalField(
                        decimal_places=3,
                        help_text="Of the cheapest variant, where it is reduced.",
                        max_digits=13,
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("facets", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "ranks",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(null=True), size=None),
                ),
                ("variants_on_sale", models.JSONField()),
                ("rating_average", models.DecimalField(decimal_places=2, help_text="1 to 5.", max_digits=3, null=True)),
                ("review_count", models.IntegerField(db_default=0, default=0)),
                (
                    "units_sold",
                    models.IntegerField(db_default=0, default=0, help_text="In the last 90 days; a job counts them."),
                ),
            ],
            options={
                "db_table": "product_listing",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["facets"], name="idx_listing_facets"),
                    models.Index(fields=["category_id"], name="idx_listing_category"),
                    models.Index(
                        models.OrderBy(models.F("created_at"), descending=True),
                        models.OrderBy(models.F("product"), descending=True),
                        condition=models.Q(("is_listed", True)),
                        name="idx_listing_newest",
                    ),
                    models.Index(
                        models.F("price_low"),
                        models.F("product"),
                        condition=models.Q(("is_listed", True)),
                        name="idx_listing_price",
                    ),
                    models.Index(
                        models.OrderBy(models.F("rating_average"), descending=True, nulls_last=True),
                        models.OrderBy(models.F("review_count"), descending=True),
                        models.OrderBy(models.F("product"), descending=True),
                        condition=models.Q(("is_listed", True)),
                        name="idx_listing_rating",
                    ),
                    models.Index(
                        models.OrderBy(models.F("units_sold"), descending=True),
                        models.OrderBy(models.F("product"), descending=True),
                        condition=models.Q(("is_listed", True)),
                        name="idx_listing_popularity",
                    ),
                    models.Index(
                        models.F("name"),
                        models.F("product"),
                        condition=models.Q(("is_listed", True)),
                        name="idx_listing_name",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FOREIGN_KEY, migrations.RunSQL.noop),
        migrations.RunSQL(FACTS, "DROP VIEW product_listing_facts"),
        migrations.RunSQL(CHANGES, "DROP FUNCTION count_listing_changes() CASCADE; DROP TABLE listing_changes"),
        migrations.RunSQL(PROJECT_LISTING, "DROP FUNCTION project_listing() CASCADE; DROP FUNCTION listing_depends_on(products)"),
        migrations.RunSQL(PROJECT_RATINGS, "DROP FUNCTION project_ratings() CASCADE"),
        migrations.RunSQL(FIRST_FILL, migrations.RunSQL.noop),
        migrations.RunSQL(VERSIONED, migrations.RunSQL.noop),
        migrations.RunSQL(NOTHING_BUT_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(CATEGORIES_ARE_A_TREE, "DROP FUNCTION refuse_category_cycle() CASCADE"),
    ]
