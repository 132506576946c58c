"""Search by bigrams with positions, in one row a matter instead of forty."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from liren.access.rls import policy

# Runs with the owner's rights, so that the search index may be asked before the policy; applies
# the policy's own range itself. EXECUTE plans each call for its words: frequent or rare, a
# community or the city.
FUNCTION = """
CREATE FUNCTION matters_with_words(asked tsquery, lo text, hi text, most int)
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp ROWS 1000
AS $$
BEGIN
  IF current_setting('role') <> 'none' THEN
    lo := greatest(lo COLLATE "C", coalesce(current_setting('liren.lo', true), '') COLLATE "C");
    -- An empty upper bound shows nothing.
    hi := least(hi COLLATE "C", coalesce(current_setting('liren.hi', true), '') COLLATE "C");
  END IF;
  RETURN QUERY EXECUTE
    'SELECT matter_id FROM matters_searchwords'
    ' WHERE tokens @@ $1 AND place_code >= $2 COLLATE "C" AND place_code < $3 COLLATE "C" LIMIT $4'
    USING asked, lo, hi, most;
END $$;
"""


def keep_all(apps, schema_editor):
    from liren.matters.search import vector

    matter = apps.get_model("matters", "Matter")
    words = apps.get_model("matters", "SearchWords")
    rows = matter.objects.values_list("pk", "place_code", "text").iterator(2000)
    batch = []
    for pk, place_code, text in rows:
        batch.append(words(matter_id=pk, place_code=place_code, tokens=vector(text)))
        if len(batch) == 2000:
            words.objects.bulk_create(batch)
            batch = []
    words.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_desk")]

    operations = [
        migrations.DeleteModel(name="SearchToken"),
        migrations.CreateModel(
            name="SearchWords",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_words",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("place_code", models.CharField(db_collation="C", max_length=24)),
                ("tokens", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["tokens"], name="words_tokens"
                    ),
                    models.Index(fields=["place_code"], name="words_place"),
                ],
            },
        ),
        *policy("matters_searchwords"),
        migrations.RunPython(keep_all, migrations.RunPython.noop),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION matters_with_words"),
    ]
