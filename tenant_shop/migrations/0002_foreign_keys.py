"""Every foreign key, with what happens to its row when the row it refers to is deleted."""

from django.db import migrations

NOTHING = "NO ACTION"  # refused while the row is referred to

FOREIGN_KEYS = [
    ("categories", "parent_id", "categories", "SET NULL"),
    ("products", "category_id", "categories", NOTHING),
    ("products", "brand_id", "brands", NOTHING),
    ("product_images", "product_id", "products", "CASCADE"),
    ("product_variants", "product_id", "products", "CASCADE"),
    ("product_variants", "image_id", "product_images", "SET NULL"),
    ("product_reviews", "product_id", "products", "CASCADE"),
    ("product_reviews", "customer_id", "customers", "CASCADE"),
    ("product_reviews", "order_id", "orders", "SET NULL"),
    ("customer_addresses", "customer_id", "customers", "CASCADE"),
    ("shopping_carts", "customer_id", "customers", "CASCADE"),
    ("cart_items", "cart_id", "shopping_carts", "CASCADE"),
    ("cart_items", "product_id", "products", "CASCADE"),
    ("orders", "customer_id", "customers", NOTHING),
    ("order_items", "order_id", "orders", "CASCADE"),
    ("order_items", "product_id", "products", NOTHING),
    ("order_status_history", "order_id", "orders", "CASCADE"),
    ("stock_movements", "variant_id", "product_variants", "CASCADE"),
    ("stock_movements", "order_id", "orders", "SET NULL"),
    ("payments", "order_id", "orders", NOTHING),
    ("payment_entries", "payment_id", "payments", NOTHING),
    ("discount_redemptions", "discount_id", "discount_codes", NOTHING),
    ("discount_redemptions", "order_id", "orders", "CASCADE"),
]
# Two columns, so that a line cannot name a variant of another product.
VARIANTS_OF_LINES = [
    ("cart_items", "CASCADE"),
    ("order_items", NOTHING),
]


def add_foreign_key(table, columns, target, target_columns, rule):
    name = f"{table}_{columns[-1]}_fkey"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)}) "
        f"REFERENCES {target} ({', '.join(target_columns)}) ON DELETE {rule}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0001_initial")]

    operations = [
        *[add_foreign_key(table, [column], target, ["id"], rule) for table, column, target, rule in FOREIGN_KEYS],
        *[
            add_foreign_key(table, ["product_id", "variant_id"], "product_variants", ["product_id", "id"], rule)
            for table, rule in VARIANTS_OF_LINES
        ],
    ]
