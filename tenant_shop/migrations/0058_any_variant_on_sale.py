"""A product is on sale when any variant of it is, not only when its cheapest is.

`product_listing.compare_at_price` is the lowest former price of its reduced variants now: lists count and narrow by
whether there is one.
"""

from importlib import import_module

from django.db import migrations, models

# The view as it stands since then, but for one column.
FACTS: str = import_module("tenant_shop.migrations.0037_in_stock_and_newest").FACTS
OF_THE_CHEAPEST = "(SELECT CASE WHEN before > price THEN before END FROM variant ORDER BY price, place LIMIT 1)"
OF_ANY = "(SELECT min(before) FROM variant WHERE before > price)"
# The guard of the listings lets nobody but triggers write; this is what the triggers would write now.
FILL_ANEW = """
ALTER TABLE product_listing DISABLE TRIGGER product_listing_kept;
UPDATE product_listing AS listing SET compare_at_price = facts.compare_at_price
FROM product_listing_facts AS facts
WHERE listing.product_id = facts.product_id AND listing.compare_at_price IS DISTINCT FROM facts.compare_at_price;
ALTER TABLE product_listing ENABLE TRIGGER product_listing_kept;
"""


def definition(compare_at_price: str) -> str:
    if FACTS.count(OF_THE_CHEAPEST) != 1:
        raise ValueError("the view does not read as it did")
    sql = FACTS.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(OF_THE_CHEAPEST, compare_at_price)
    for word, name in (("IN_STOCK", "is_in_stock"), ("VARIANTS", "variants_in_stock"), ("BACKORDERS", "")):
        sql = sql.replace(word, name)
    return f"{sql};\n{FILL_ANEW}"


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0057_customer_notes")]

    operations = [
        migrations.AlterField(
            "productlisting",
            "compare_at_price",
            models.DecimalField(
                decimal_places=3,
                help_text="The lowest former price of a variant that is reduced.",
                max_digits=13,
                null=True,
            ),
        ),
        migrations.RunSQL(definition(OF_ANY), definition(OF_THE_CHEAPEST)),
    ]
