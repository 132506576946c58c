from django.db import migrations

from liren.access.rls import policy


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        *policy("people_person", "community"),
        *policy("people_residence", "community"),
        *policy("people_consent", "community"),
        *policy("people_mandate", "community"),
        *policy("people_unmasking", "community"),
        *policy("people_rightsrequest", "community"),
    ]
