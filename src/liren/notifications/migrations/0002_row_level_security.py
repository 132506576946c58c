from django.db import migrations

from liren.access.rls import policy


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        *policy("notifications_notice", "community"),
        *policy("notifications_address", "community"),
        *policy("notifications_delivery", "community"),
    ]
