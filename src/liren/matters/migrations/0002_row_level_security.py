from django.db import migrations

from liren.access.rls import policy


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE matter_serial", "DROP SEQUENCE matter_serial"),
        *policy("matters_matter"),
        *policy("matters_entry"),
        *policy("matters_attachment"),
        *policy("matters_follower"),
        *policy("matters_whistle"),
        *policy("matters_extension"),
        *policy("matters_searchtoken"),
        *policy("matters_link", "community"),
    ]
