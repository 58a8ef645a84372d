"""Whoever keeps a copy of lists that only say what changed hears of what is gone from them, too."""

from django.db import migrations

TELLING = "\n".join(
    f"CREATE TRIGGER {table}_tell_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS was "
    f"FOR EACH STATEMENT EXECUTE FUNCTION record_deleted_rows('{kind}', '{{{told}}}');"
    for table, kind, told in (
        ("categories", "category", "id,name,slug"),
        ("brands", "brand", "id,name,slug"),
        ("customer_groups", "customer_group", "id,name"),
        ("discount_codes", "discount", "id,code"),
        ("email_campaigns", "campaign", "id,name"),
        ("custom_fields", "custom_field", "id,owner,key"),
    )
)
TELLING_NOTHING = """
DROP TRIGGER categories_tell_deleted ON categories;
DROP TRIGGER brands_tell_deleted ON brands;
DROP TRIGGER customer_groups_tell_deleted ON customer_groups;
DROP TRIGGER discount_codes_tell_deleted ON discount_codes;
DROP TRIGGER email_campaigns_tell_deleted ON email_campaigns;
DROP TRIGGER custom_fields_tell_deleted ON custom_fields;
"""


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "0069_pictures_touch_their_product")]

    operations = [migrations.RunSQL(TELLING, TELLING_NOTHING)]
