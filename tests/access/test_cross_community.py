"""Another community's matters: refused by the gate, refused by the database, each on its own."""

import pytest
from django.db import DatabaseError, connection, transaction

from liren.access import rls
from liren.access.actor import code_range
from liren.base.errors import NotFound
from liren.demo.community import COMMUNITY, TRACK
from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.matters.models import Entry, Matter
from liren.organisation.models import Post, Term
from liren.organisation.queries import actor_for
from liren.people.models import Person
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
OTHER = "220103008004"


@pytest.fixture
def other_worker(demo):
    """A worker of the neighbouring community."""
    street = Place.objects.get(code="220103008")
    place = Place.objects.create(
        community=OTHER, code=OTHER, level="community", name="邻社区", parent=street, **TRACK
    )
    person = Person.objects.create(community=OTHER, name="测试员", synthetic=True, **TRACK)
    post = Post.objects.create(
        community=OTHER, place=place, place_code=OTHER, type_id="worker", title="邻社区站", **TRACK
    )
    Term.objects.create(community=OTHER, post=post, person=person, **TRACK)
    return actor_for(person.pk, home=OTHER)


@pytest.fixture
def matter(demo, actor):
    """A matter of the demonstration community."""
    by = actor("resident")
    return actions.report(
        by=by, need=Report(place=demo.unit, text="楼道灯坏了", reporter=by.person)
    ).matter


def test_the_gate_refuses_with_row_level_security_off(matter, other_worker):
    # The owner of the tables is under no policy: only the gate speaks here.
    assert Matter.objects.filter(pk=matter.pk).exists()
    assert not queries.visible(other_worker).filter(pk=matter.pk).exists()
    with pytest.raises(NotFound):
        queries.get(other_worker, matter.pk)
    with pytest.raises(NotFound):
        actions.accept(by=other_worker, matter=matter.pk)


def test_row_level_security_refuses_with_the_gate_off(matter, other_worker):
    # No queries.visible, no require: plain rows, as the serving role in the other's range.
    with rls.scope(*rls.scope_of(other_worker)):
        assert not Matter.objects.filter(pk=matter.pk).exists()
        assert not Entry.objects.filter(matter_id=matter.pk).exists()
        assert Matter.objects.filter(pk=matter.pk).update(text="x") == 0
    with rls.scope(*code_range(COMMUNITY)):
        assert Matter.objects.filter(pk=matter.pk).exists()


def test_row_level_security_refuses_writing_into_another_community(matter, other_worker):
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        rls.scope(*rls.scope_of(other_worker)),
    ):
        Entry.objects.create(
            community=COMMUNITY,
            place_code=matter.place_code,
            matter_id=matter.pk,
            verb="comment",
            status="submitted",
            version=9,
            by="x",
        )


def test_without_a_range_nothing_is_seen(matter):
    with rls.scope("", ""):
        assert Matter.objects.count() == 0
        assert Person.objects.count() == 0


def test_a_unit_leader_sees_the_persons_of_the_community_but_matters_of_the_unit(matter, actor):
    with rls.scope(*rls.scope_of(actor("unit", home=""))):
        assert Matter.objects.filter(pk=matter.pk).exists()
        assert Person.objects.exists()


def test_the_range_is_written_as_digits_only():
    with pytest.raises(ValueError, match="1'"), rls.scope("1'; DROP TABLE x; --", "2"):
        pass


def test_the_serving_role_cannot_write_the_audit(demo):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        rls.scope(*code_range(COMMUNITY)),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM access_auditrow")
