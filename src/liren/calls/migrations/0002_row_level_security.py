from django.db import migrations

from liren.access.rls import policy


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]

    operations = [
        *policy("calls_call"),
        *policy("calls_ring"),
        *policy("calls_asked"),
        *policy("calls_answer"),
    ]
