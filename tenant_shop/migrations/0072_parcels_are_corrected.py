"""The app's role may correct how a parcel is followed; what was in it, and when it left, stays as it was written."""

from django.conf import settings
from django.db import migrations

APP_ROLE = '"' + settings.DATABASE_APP_ROLE.replace('"', '""') + '"'
GRANT = f"GRANT UPDATE (carrier, tracking_number, tracking_url) ON shipments TO {APP_ROLE};"


class Migration(migrations.Migration):
    # Without it parcels are sent and shown all the same, only not corrected.
    shops_may_lag = True

    dependencies = [("tenant_shop", "0071_orders_by_tag")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
