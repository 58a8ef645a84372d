"""Variants are the truth: their SKUs, their stock ledger, and what of them a product's row shows.

Rows are locked in one order everywhere, variants by key and then products by key, so that sales cannot deadlock.
"""

from django.db import migrations

# An SKU belongs to one product. A product and one of its variants may share it; the unique constraints of the two tables
# see to the rest. Holding locks the row, so that a variant cannot take an SKU that is being given up at the same moment.
SKU_REGISTRY = """
CREATE TABLE product_skus (
    sku VARCHAR(100) PRIMARY KEY,
    product_id UUID NOT NULL REFERENCES products (id) ON DELETE CASCADE
);

CREATE FUNCTION keep_sku_registry() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    owner UUID;
    holder UUID;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        IF TG_TABLE_NAME = 'products' THEN
            owner := NEW.id;
        ELSE
            owner := NEW.product_id;
        END IF;
        INSERT INTO product_skus AS held (sku, product_id) VALUES (NEW.sku, owner)
        ON CONFLICT (sku) DO UPDATE SET product_id = held.product_id WHERE held.product_id <> EXCLUDED.product_id
        RETURNING product_id INTO holder;
        IF holder <> owner THEN
            RAISE EXCEPTION 'SKU "%" belongs to another product', NEW.sku
                USING ERRCODE = 'unique_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'product_skus_pkey';
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM FROM product_skus WHERE sku = OLD.sku FOR UPDATE;
        DELETE FROM product_skus
        WHERE sku = OLD.sku
          AND NOT EXISTS (SELECT FROM products WHERE sku = OLD.sku)
          AND NOT EXISTS (SELECT FROM product_variants WHERE sku = OLD.sku);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER products_sku_held AFTER INSERT ON products
    FOR EACH ROW EXECUTE FUNCTION keep_sku_registry();
CREATE TRIGGER products_sku_changed AFTER UPDATE OF sku ON products
    FOR EACH ROW WHEN (OLD.sku <> NEW.sku) EXECUTE FUNCTION keep_sku_registry();
CREATE TRIGGER product_variants_sku_held AFTER INSERT OR DELETE ON product_variants
    FOR EACH ROW EXECUTE FUNCTION keep_sku_registry();
CREATE TRIGGER product_variants_sku_changed AFTER UPDATE OF sku ON product_variants
    FOR EACH ROW WHEN (OLD.sku <> NEW.sku) EXECUTE FUNCTION keep_sku_registry();
"""
NO_SKU_REGISTRY = "DROP FUNCTION keep_sku_registry() CASCADE; DROP TABLE product_skus;"

# Checked at commit, so that a product and its variants can be written in two statements.
AT_LEAST_ONE_VARIANT = """
CREATE FUNCTION require_variant() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    product UUID;
BEGIN
    IF TG_TABLE_NAME = 'products' THEN
        product := NEW.id;
    ELSE
        product := OLD.product_id;
    END IF;
    IF EXISTS (SELECT FROM products WHERE id = product)
        AND NOT EXISTS (SELECT FROM product_variants WHERE product_id = product)
    THEN
        RAISE EXCEPTION 'product % has no variant', product
            USING ERRCODE = 'check_violation', TABLE = 'products', CONSTRAINT = 'products_have_a_variant';
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER products_have_a_variant AFTER INSERT ON products
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_variant();
CREATE CONSTRAINT TRIGGER product_variants_not_the_last AFTER DELETE ON product_variants
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_variant();
"""

# pg_trigger_depth() is 0 for a statement of a client and higher inside another trigger or a cascade.
NOTHING_BUT_TRIGGERS = """
CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END;
$$;

CREATE TRIGGER product_variants_start_empty BEFORE INSERT ON product_variants
    FOR EACH ROW WHEN (NEW.inventory_quantity <> 0)
    EXECUTE FUNCTION refuse_change('stock changes by a row in stock_movements only');
CREATE TRIGGER product_variants_stock_by_movement BEFORE UPDATE ON product_variants
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND OLD.inventory_quantity IS DISTINCT FROM NEW.inventory_quantity)
    EXECUTE FUNCTION refuse_change('stock changes by a row in stock_movements only');
CREATE TRIGGER product_variants_stay BEFORE UPDATE OF id, product_id ON product_variants
    FOR EACH ROW WHEN ((OLD.id, OLD.product_id) IS DISTINCT FROM (NEW.id, NEW.product_id))
    EXECUTE FUNCTION refuse_change('a variant stays with its product');
CREATE TRIGGER products_start_empty BEFORE INSERT ON products
    FOR EACH ROW WHEN (NEW.inventory_quantity <> 0 OR NEW.variants <> '[]')
    EXECUTE FUNCTION refuse_change('variants and inventory_quantity are kept from product_variants');
CREATE TRIGGER products_show_their_variants BEFORE UPDATE ON products
    FOR EACH ROW WHEN (
        pg_trigger_depth() = 0
        AND (OLD.inventory_quantity, OLD.variants) IS DISTINCT FROM (NEW.inventory_quantity, NEW.variants))
    EXECUTE FUNCTION refuse_change('variants and inventory_quantity are kept from product_variants');
CREATE TRIGGER stock_movements_stand BEFORE UPDATE OR DELETE ON stock_movements
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change('movements are added, never changed');
CREATE TRIGGER payment_entries_stand BEFORE UPDATE OR DELETE ON payment_entries
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change('entries are added, never changed');
"""

# Turning back-orders off leaves a negative stock as it is; only a movement that takes more away is refused.
APPLY_MOVEMENTS = """
CREATE FUNCTION apply_stock_movements() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    short VARCHAR;
BEGIN
    PERFORM FROM product_variants WHERE id IN (SELECT variant_id FROM added) ORDER BY id FOR NO KEY UPDATE;
    UPDATE product_variants
    SET inventory_quantity = inventory_quantity + moved.delta
    FROM (SELECT variant_id, sum(delta)::INTEGER AS delta FROM added GROUP BY variant_id) AS moved
    WHERE product_variants.id = moved.variant_id;

    SELECT product_variants.sku INTO short
    FROM product_variants JOIN products ON products.id = product_variants.product_id
    WHERE product_variants.inventory_quantity < 0
      AND product_variants.id IN (SELECT variant_id FROM added WHERE delta < 0)
      AND products.track_inventory AND NOT products.allow_backorder
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'not enough stock of "%"', short
            USING ERRCODE = 'check_violation', TABLE = 'product_variants', CONSTRAINT = 'product_variants_stock_check';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER stock_movements_applied AFTER INSERT ON stock_movements
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION apply_stock_movements();
"""

# The products are locked before their variants are read: two sales of different variants would otherwise each write
# what they saw before the other. Rows that would not change are left alone, `updated_at` included.
# Amounts are text, so that no reader turns them into floating point.
PROJECT_VARIANTS = """
CREATE FUNCTION project_variants() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    touched UUID[];
BEGIN
    SELECT array_agg(DISTINCT product_id) INTO touched FROM changed;
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE products
    SET inventory_quantity = shown.quantity, variants = shown.variants
    FROM (
        SELECT product.id,
               COALESCE(sum(variant.inventory_quantity), 0)::INTEGER AS quantity,
               COALESCE(
                   jsonb_agg(
                       jsonb_build_object(
                           'id', variant.id,
                           'sku', variant.sku,
                           'options', variant.options,
                           'price', variant.price::TEXT,
                           'compare_at_price', variant.compare_at_price::TEXT,
                           'barcode', variant.barcode,
                           'inventory_quantity', variant.inventory_quantity,
                           'is_active', variant.is_active
                       ) ORDER BY variant.position, variant.sku
                   ) FILTER (WHERE variant.id IS NOT NULL),
                   '[]'
               ) AS variants
        FROM unnest(touched) AS product (id)
        LEFT JOIN product_variants AS variant ON variant.product_id = product.id
        GROUP BY product.id
    ) AS shown
    WHERE products.id = shown.id
      AND (products.inventory_quantity, products.variants) IS DISTINCT FROM (shown.quantity, shown.variants);
    RETURN NULL;
END;
$$;

CREATE TRIGGER product_variants_added AFTER INSERT ON product_variants
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_variants();
CREATE TRIGGER product_variants_changed AFTER UPDATE ON product_variants
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_variants();
CREATE TRIGGER product_variants_removed AFTER DELETE ON product_variants
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION project_variants();
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0003_timestamps_search_and_settings")]

    operations = [
        migrations.RunSQL(SKU_REGISTRY, NO_SKU_REGISTRY),
        migrations.RunSQL(AT_LEAST_ONE_VARIANT, "DROP FUNCTION require_variant() CASCADE"),
        migrations.RunSQL(NOTHING_BUT_TRIGGERS, "DROP FUNCTION refuse_change() CASCADE"),
        migrations.RunSQL(APPLY_MOVEMENTS, "DROP FUNCTION apply_stock_movements() CASCADE"),
        migrations.RunSQL(PROJECT_VARIANTS, "DROP FUNCTION project_variants() CASCADE"),
    ]
