"""What carts lose when a product or a variant is deleted, so that their shoppers can be told."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import smartseller.database
import smartseller.ids

LOSSES = """
ALTER TABLE cart_losses ADD CONSTRAINT cart_losses_cart_id_fkey
    FOREIGN KEY (cart_id) REFERENCES shopping_carts (id) ON DELETE CASCADE;
CREATE FUNCTION note_cart_losses() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    -- Inserting takes no lock that ordering or changing a cart waits for. With a product its variants go afterwards,
    -- when nobody knows any more what it was called; deleted one by one before it, they are found here.
    IF TG_TABLE_NAME = 'products' THEN
        INSERT INTO cart_losses (cart_id, name)
        SELECT DISTINCT cart.id, OLD.name
        FROM cart_items AS item JOIN shopping_carts AS cart ON cart.id = item.cart_id
        WHERE item.product_id = OLD.id AND cart.completed_at IS NULL AND cart.expires_at > CURRENT_TIMESTAMP;
    ELSE
        INSERT INTO cart_losses (cart_id, name)
        SELECT cart.id, concat_ws(', ', product.name, (
            SELECT string_agg(option.value, ' / ') FROM jsonb_each_text(OLD.options) AS option
        ))
        FROM cart_items AS item
        JOIN shopping_carts AS cart ON cart.id = item.cart_id
        JOIN products AS product ON product.id = OLD.product_id
        WHERE item.variant_id = OLD.id AND cart.completed_at IS NULL AND cart.expires_at > CURRENT_TIMESTAMP;
    END IF;
    RETURN OLD;
END;
$$;
CREATE TRIGGER products_leave_carts BEFORE DELETE ON products
    FOR EACH ROW EXECUTE FUNCTION note_cart_losses();
CREATE TRIGGER product_variants_leave_carts BEFORE DELETE ON product_variants
    FOR EACH ROW EXECUTE FUNCTION note_cart_losses();
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0031_delivery_days")]

    operations = [
        migrations.CreateModel(
            name="CartLoss",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=smartseller.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.TextField(help_text="What it was called, with its options.")),
                (
                    "created_at",
                    models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False),
                ),
                (
                    "cart",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="losses",
                        to="tenant_shop.shoppingcart",
                    ),
                ),
            ],
            options={
                "db_table": "cart_losses",
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["cart"], name="idx_cart_losses_cart")],
            },
        ),
        migrations.AlterField(
            "cartitem",
            "product",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tenant_shop.product",
            ),
        ),
        migrations.AlterField(
            "cartitem",
            "variant",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tenant_shop.productvariant",
            ),
        ),
        migrations.RunSQL(LOSSES, "DROP FUNCTION note_cart_losses() CASCADE"),
    ]
