"""G1: no face, track, religion or risk field, no "key person"; the schema refuses them."""

from types import SimpleNamespace

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, models
from django.test.utils import isolate_apps

from liren.people import checks


def test_the_models_we_have_pass():
    assert checks.check_declarations() == []


@isolate_apps("liren.people")
def test_a_table_with_a_face_is_refused():
    class Visitor(models.Model):
        face = models.BinaryField()

        class Meta:
            app_label = "people"

    faults = list(checks.check_model(Visitor))
    assert [fault.id for fault in faults] == ["people.E003"]
    assert "G1" in faults[0].msg
    assert isinstance(faults[0], Error)


@isolate_apps("liren.people")
@pytest.mark.parametrize("word", ["重点人员", "民族", "维稳对象", "轨迹"])
def test_a_forbidden_label_in_chinese_is_refused(word):
    class Note(models.Model):
        kind = models.CharField(word, max_length=10)

        class Meta:
            app_label = "people"

    assert [fault.id for fault in checks.check_model(Note)] == ["people.E003"]


def test_the_server_does_not_start_with_a_forbidden_table(monkeypatch):
    with isolate_apps("liren.people"):

        class Believer(models.Model):
            religion = models.CharField(max_length=10)

            class Meta:
                app_label = "people"

    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda: [Believer]))
    with pytest.raises(SystemCheckError, match="religion"):
        call_command("check")


# Tables of libraries we use; what is in them is not ours to name.
THEIRS = ("django_", "auth_", "procrastinate_", "account_", "mfa_", "socialaccount_")


@pytest.mark.django_db
def test_no_table_of_the_real_database_holds_such_a_column():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        rows = cursor.fetchall()
    ours = [(t, c) for t, c in rows if not t.startswith(THEIRS)]
    assert len({t for t, _ in ours}) > 30
    broken = [(t, c) for t, c in ours if checks.forbidden_in(t) or checks.forbidden_in(c)]
    assert broken == []
