"""A product has changed when one of its pictures has, whichever way that came about: lists of what changed say it, its
ETag is another one, and other systems hear of it.
"""

from django.db import migrations

# What a worker notes in a row, and the sizes that it makes, are no change. Pictures lock their product, as the verbs do that change them; in key order where there are several. What was changed
# in the same transaction has its moment, and its event, already.
TOUCHING = """
CREATE FUNCTION touch_products_of_pictures() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    changed UUID[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(product_id) INTO changed FROM fresh;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(product_id) INTO changed FROM was;
    ELSE
        SELECT array_agg(of_both.product_id) INTO changed
        FROM fresh JOIN was ON was.id = fresh.id
        CROSS JOIN LATERAL (VALUES (fresh.product_id), (was.product_id)) AS of_both (product_id)
        WHERE (fresh.product_id, fresh.url, fresh.alt_text, fresh.sort_order, fresh.is_primary, fresh.filename,
               fresh.mime_type, fresh.size_bytes, fresh.width, fresh.height)
            IS DISTINCT FROM
              (was.product_id, was.url, was.alt_text, was.sort_order, was.is_primary, was.filename,
               was.mime_type, was.size_bytes, was.width, was.height);
    END IF;
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    WITH mine AS (
        SELECT id FROM products WHERE id = ANY (changed) AND updated_at < CURRENT_TIMESTAMP
        ORDER BY id FOR NO KEY UPDATE
    ), touched AS (
        UPDATE products SET updated_at = CURRENT_TIMESTAMP FROM mine WHERE products.id = mine.id
        RETURNING products.id
    )
    INSERT INTO outbox_events (topic, payload)
    SELECT 'product.updated', jsonb_build_object('id', id) FROM touched WHERE somebody_listens();
    RETURN NULL;
END;
$$;
CREATE TRIGGER product_images_touch_added AFTER INSERT ON product_images
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch_products_of_pictures();
CREATE TRIGGER product_images_touch_changed AFTER UPDATE ON product_images
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch_products_of_pictures();
CREATE TRIGGER product_images_touch_removed AFTER DELETE ON product_images
    REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION touch_products_of_pictures();
"""
TOUCHING_NOTHING = "DROP FUNCTION touch_products_of_pictures() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0068_bulk_jobs")]

    operations = [migrations.RunSQL(TOUCHING, TOUCHING_NOTHING)]
