"""The catalogue's version: raised once by every transaction that changes what pages show.

Cached pages carry the version that they were read under. A table whose rows are shown is attached by

    SELECT attach_catalogue_version('brands');

and a test lists which tables are, and which are deliberately not.
"""

from django.db import migrations, models
from django.db.models import Q

# Written by a constraint trigger that waits for the commit: by then the transaction has all its other locks and asks for
# none after this one, so that it cannot be part of a deadlock, and others wait for its commit only.
# The row's lock puts the commits in the order of their versions. A version never comes again: a database that a failover
# put back counts on from the clock.
# INFO reaches the client whatever its settings, ahead of the answer to COMMIT, and stays out of the server's log.
VERSION = """
CREATE FUNCTION raise_catalogue_version() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    raised BIGINT;
BEGIN
    INSERT INTO catalogue_version AS current (version)
    VALUES ((extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
    ON CONFLICT ("only") DO UPDATE
    SET version = greatest(current.version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::BIGINT)
    RETURNING version INTO raised;
    RAISE INFO 'catalogue_version %', raised;
    RETURN NULL;
END;
$$;
"""

# True for the first change of a transaction only, so that an import of thousands of rows queues one trigger. A savepoint
# that is rolled back takes the mark and the queued trigger away together.
FIRST_CHANGE = """
CREATE FUNCTION first_catalogue_change() RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('smartseller.catalogue_changed', true) = 'yes' THEN
        RETURN false;
    END IF;
    PERFORM set_config('smartseller.catalogue_changed', 'yes', true);
    RETURN true;
END;
$$;
"""

# The conditions are judged at once, row by row, and in order: the mark is set only by a row that counts.
ATTACH = """
CREATE FUNCTION attach_catalogue_version(
    shown REGCLASS, added TEXT DEFAULT 'true', changed TEXT DEFAULT 'OLD.* IS DISTINCT FROM NEW.*',
    removed TEXT DEFAULT 'true'
) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    happening TEXT;
    condition TEXT;
BEGIN
    FOR happening, condition IN VALUES ('insert', added), ('update', changed), ('delete', removed) LOOP
        CONTINUE WHEN condition = 'false';
        EXECUTE format(
            'CREATE CONSTRAINT TRIGGER catalogue_version_%s AFTER %s ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
            'WHEN ((%s) AND first_catalogue_change()) EXECUTE FUNCTION raise_catalogue_version()',
            happening, happening, shown, condition);
    END LOOP;
    EXECUTE format(
        'CREATE TRIGGER catalogue_version_truncate AFTER TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION raise_catalogue_version()', shown);
END;
$$;
"""

# Pages tell the exact stock at or below the threshold only; above it, a sale changes nothing that they show.
SHOWN_STOCK = """
CREATE FUNCTION shown_stock(quantity INTEGER, threshold INTEGER) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS
$$ SELECT least(greatest(quantity, 0), greatest(threshold, 0) + 1) $$;

CREATE FUNCTION product_looks_different(before products, after products) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    IF shown_stock(before.inventory_quantity, before.low_stock_threshold)
        <> shown_stock(after.inventory_quantity, after.low_stock_threshold)
    THEN
        RETURN true;
    END IF;
    before.inventory_quantity := after.inventory_quantity;
    before.variants := after.variants;  -- the variants' own rows are watched
    before.updated_at := after.updated_at;
    RETURN before IS DISTINCT FROM after;
END;
$$;

CREATE FUNCTION variant_looks_different(before product_variants, after product_variants) RETURNS BOOLEAN
LANGUAGE plpgsql AS $$
DECLARE
    threshold INTEGER;
BEGIN
    IF before.inventory_quantity <> after.inventory_quantity THEN
        SELECT low_stock_threshold INTO threshold FROM products WHERE id = after.product_id;
        IF shown_stock(before.inventory_quantity, threshold) <> shown_stock(after.inventory_quantity, threshold) THEN
            RETURN true;
        END IF;
    END IF;
    before.inventory_quantity := after.inventory_quantity;
    before.updated_at := after.updated_at;
    RETURN before IS DISTINCT FROM after;
END;
$$;
"""

# Of a customer, pages show the name under an approved review.
SHOWN_TABLES = """
SELECT attach_catalogue_version('brands');
SELECT attach_catalogue_version('categories');
SELECT attach_catalogue_version('product_images');
SELECT attach_catalogue_version('settings');
SELECT attach_catalogue_version('products', changed => 'product_looks_different(OLD, NEW)');
SELECT attach_catalogue_version('product_variants', changed => 'variant_looks_different(OLD, NEW)');
SELECT attach_catalogue_version('product_reviews',
    added => 'NEW.status = ''approved''',
    changed => '''approved'' IN (OLD.status, NEW.status)',
    removed => 'OLD.status = ''approved''');
SELECT attach_catalogue_version('customers',
    added => 'false',
    changed => '(OLD.first_name, OLD.last_name) IS DISTINCT FROM (NEW.first_name, NEW.last_name)',
    removed => 'false');
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0008_order_idempotency_key")]

    operations = [
        migrations.CreateModel(
            name="CatalogueVersion",
            fields=[
                (
                    "only",
                    models.BooleanField(
                        primary_key=True, default=True, db_default=True, editable=False, serialize=False
                    ),
                ),
                ("version", models.BigIntegerField(default=0, db_default=0)),
            ],
            options={
                "db_table": "catalogue_version",
                "constraints": [
                    models.CheckConstraint(condition=Q(only=True), name="catalogue_version_single_row")
                ],
            },
        ),
        migrations.RunSQL(VERSION, "DROP FUNCTION raise_catalogue_version() CASCADE"),
        migrations.RunSQL(FIRST_CHANGE, "DROP FUNCTION first_catalogue_change() CASCADE"),
        migrations.RunSQL(ATTACH, "DROP FUNCTION attach_catalogue_version(REGCLASS, TEXT, TEXT, TEXT)"),
        migrations.RunSQL(
            SHOWN_STOCK,
            "DROP FUNCTION product_looks_different(products, products) CASCADE; "
            "DROP FUNCTION variant_looks_different(product_variants, product_variants) CASCADE; "
            "DROP FUNCTION shown_stock(INTEGER, INTEGER);",
        ),
        migrations.RunSQL(SHOWN_TABLES, migrations.RunSQL.noop),
    ]
