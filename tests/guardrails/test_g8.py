"""G8: silence is no data. No page lists who did not answer; answers go when the call closes."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from liren.access.models import AuditRow
from liren.base import clock
from liren.calls import actions, queries
from liren.calls.actions import Draft
from liren.calls.models import Answer, Asked, Call
from liren.demo.community import COMMUNITY
from liren.people.models import Person

pytestmark = pytest.mark.django_db
CALLS = Path(apps.get_app_config("calls").path)


@pytest.fixture
def call(demo, actor):
    return actions.make(
        by=actor("grid"),
        draft=Draft(
            kind="snow",
            place=demo.posts["grid"].place_code,
            audiences=["post:unit_leader", "post:building_leader"],
            title="扫雪",
            closes_at=clock.now() + timedelta(hours=6),
            needed=8,
        ),
    )


def everything_about(person) -> list[str]:
    """Every table that names this person and a call, whatever its columns are called."""
    found = []
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name.startswith("calls_"):
                cursor.execute(
                    f'SELECT count(*) FROM "{name}" t WHERE to_jsonb(t)::text LIKE %s',
                    [f"%{person}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(name)
    return found


@pytest.mark.parametrize("end", [actions.close, actions.withdraw])
def test_answers_and_who_was_asked_are_gone_when_it_has_ended(actor, call, end):
    by = actor("unit")
    actions.answer(by=by, call=call.pk, said="coming")
    assert everything_about(by.person) == ["calls_answer", "calls_asked"]
    end(by=actor("grid"), call=call.pk)
    assert everything_about(by.person) == []
    assert not Answer.objects.exists()
    assert not Asked.objects.exists()


def test_no_trace_of_an_answer_outlives_it(actor, call):
    by = actor("unit")
    before = AuditRow.objects.count()
    actions.answer(by=by, call=call.pk, said="cannot")
    assert AuditRow.objects.count() == before
    actions.close(by=actor("grid"), call=call.pk)
    kept = AuditRow.objects.filter(table="calls_call").values_list("content", flat=True)
    assert str(by.person) not in str(list(kept))


def test_the_report_is_numbers_only(actor, call):
    person = Person.objects.get(pk=actor("unit").person)
    actions.answer(by=actor("unit"), call=call.pk, said="coming")
    actions.close(by=actor("grid"), call=call.pk)
    report = str(Call.objects.get(pk=call.pk).report)
    assert str(person.pk) not in report
    assert person.name not in report
    # One from a building is not told apart.
    assert Call.objects.get(pk=call.pk).report["places"] == []


def test_no_page_names_who_did_not_answer(desk, demo, actor, call):
    actions.answer(by=actor("unit"), call=call.pk, said="coming")
    actions.answer(by=actor("building"), call=call.pk, said="cannot")
    asked = Asked.objects.filter(call=call).values_list("person", flat=True)
    silent = Person.objects.filter(pk__in=set(asked) - {actor("unit").person})
    names = {person.name for person in silent} | {str(person.pk) for person in silent}
    for role in ("grid", "worker", "secretary", "officer"):
        client = desk(role)
        for face in ("field", "office"):
            for tail in ("", "live/"):
                page = client.get(f"/{face}/calls/{call.pk}/{tail}").content.decode()
                assert not [name for name in names if name in page]
                # Masked, those who come and nobody else: for the caller alone.
                assert page.count("**") <= (1 if role == "grid" else 0)


def test_nothing_in_the_program_looks_for_the_silent():
    """Whom a call asked and what they answered are never subtracted."""
    for file in CALLS.rglob("*.py"):
        words = re.sub(r"\s+", " ", file.read_text())
        for statement in re.findall(r'"""(.*?)"""', words):
            if "calls_asked" in statement and "calls_answer" in statement:
                assert "INSERT INTO calls_answer" in statement, file
                assert "NOT EXISTS" not in statement
                assert "LEFT JOIN" not in statement
                assert "EXCEPT" not in statement
        assert "Asked.objects.exclude" not in words, file


def test_turnout_is_counted_not_listed(actor, call):
    actions.answer(by=actor("unit"), call=call.pk, said="cannot")
    assert queries.coming(actor("grid"), call) == []
    assert queries.turnout(call, apart=True).cannot == 1
    assert call.community == COMMUNITY
