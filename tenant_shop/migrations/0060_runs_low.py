"""Products say by themselves whether one of their variants runs low: to count them no variant is read.

The column changes when stock passes the threshold only, so a sale stays as cheap as it was: its index is not touched.
"""

from django.db import migrations

import smartseller.database

# As `inventory.running_low` says it of variants; here of what the product shows of them.
KEEPING = """
-- What the index of the next migration needs: array_to_string may depend on settings, but not of texts.
CREATE FUNCTION tags_as_text(tags TEXT[]) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT array_to_string(tags, ' ')
$$;

CREATE FUNCTION has_low_variant(variants JSONB, threshold INTEGER) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT EXISTS (
    SELECT FROM jsonb_array_elements(variants) AS variant
    WHERE (variant ->> 'is_active')::BOOLEAN AND (variant ->> 'inventory_quantity')::INTEGER <= greatest(threshold, 0)
)
$$;

CREATE FUNCTION keep_runs_low() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.runs_low := NEW.status = 'active' AND NEW.track_inventory
        AND has_low_variant(NEW.variants, NEW.low_stock_threshold);
    RETURN NEW;
END;
$$;

CREATE TRIGGER products_run_low
    BEFORE INSERT OR UPDATE OF variants, status, track_inventory, low_stock_threshold, runs_low ON products
    FOR EACH ROW EXECUTE FUNCTION keep_runs_low();
"""
NO_KEEPING = """
DROP FUNCTION keep_runs_low() CASCADE; DROP FUNCTION has_low_variant(JSONB, INTEGER); DROP FUNCTION tags_as_text(TEXT[]);
"""
# Nothing about a product has changed by it, `updated_at` neither.
FILL = """
ALTER TABLE products DISABLE TRIGGER USER;
UPDATE products SET runs_low = TRUE
WHERE status = 'active' AND track_inventory AND has_low_variant(variants, low_stock_threshold);
ALTER TABLE products ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0059_listed_by_category")]

    operations = [
        migrations.AddField(
            "product",
            "runs_low",
            smartseller.database.KeptBooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether it is on sale and counted, with a variant on sale that is sold out or at or below "
                "the threshold.",
            ),
        ),
        migrations.RunSQL(KEEPING, NO_KEEPING),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
