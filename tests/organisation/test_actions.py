"""Terms and absences: one holder a seat, rights that end with the term, no void."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from liren.base import clock
from liren.base.errors import Invalid, NotAllowed, NotFound, Refused
from liren.demo import community as demo_community
from liren.demo.community import COMMUNITY
from liren.organisation import actions, queries
from liren.organisation.models import Absence, Post, Term
from liren.people.models import Person

TRACK = {"changed_by": "test", "changed_why": "test"}


@pytest.fixture
def secretary(actor):
    return actor("secretary")


@pytest.fixture
def day():
    return clock.today()


@pytest.fixture
def vacant(demo):
    """A unit's post nobody holds."""
    return Post.objects.create(
        community=COMMUNITY,
        place=demo.unit,
        place_code=demo.unit.code,
        type_id="unit_leader",
        title="空岗",
        **TRACK,
    )


@pytest.mark.django_db
def test_a_term_begins_and_ends_and_its_rights_with_it(demo, secretary, vacant, day):
    person = Person.objects.order_by("pk").last()
    term = actions.begin_term(by=secretary, post=vacant.pk, person=person.pk, starts=day)
    assert vacant.pk in queries.actor_for(person.pk).posts
    actions.end_term(by=secretary, term=term.pk, ends=day)
    assert vacant.pk in queries.actor_for(person.pk).posts  # the last day counts
    with clock.freeze(clock.now() + timedelta(days=1)):
        assert vacant.pk not in queries.actor_for(person.pk).posts


@pytest.mark.django_db
def test_what_a_term_refuses(demo, secretary, actor, vacant, day):
    one, other = Person.objects.order_by("pk")[:2]
    begin = actions.begin_term
    with pytest.raises(NotAllowed):
        begin(by=actor("unit"), post=vacant.pk, person=one.pk, starts=day)
    with pytest.raises(NotAllowed):
        begin(by=actor("worker"), post=vacant.pk, person=one.pk, starts=day)
    with pytest.raises(NotFound):
        begin(by=secretary, post=one.pk, person=one.pk, starts=day)
    with pytest.raises(Invalid):
        begin(by=secretary, post=vacant.pk, person=one.pk, starts=day, seat=2)
    with pytest.raises(Invalid):
        begin(
            by=secretary,
            post=vacant.pk,
            person=one.pk,
            starts=day,
            ends=day - timedelta(days=1),
        )
    begin(by=secretary, post=vacant.pk, person=one.pk, starts=day, ends=day)
    with pytest.raises(Invalid) as refused:
        begin(by=secretary, post=vacant.pk, person=other.pk, starts=day)
    assert "starts" in refused.value.fields
    begin(by=secretary, post=vacant.pk, person=other.pk, starts=day + timedelta(days=1))
    assert Term.objects.filter(post=vacant).count() == 2


@pytest.mark.django_db
def test_a_closed_post_is_given_to_nobody(demo, secretary, vacant, day):
    Post.objects.filter(pk=vacant.pk).update(closed_on=day)
    with pytest.raises(NotFound):
        actions.begin_term(
            by=secretary, post=vacant.pk, person=Person.objects.first().pk, starts=day
        )


@pytest.mark.django_db
def test_away_and_back(demo, actor, day):
    unit, building = actor("unit"), demo.posts["building"]
    term = demo.posts["unit"].terms.get()
    absence = actions.be_away(
        by=unit, term=term.pk, starts=day, ends=day + timedelta(days=3), cover=building.pk
    )
    assert demo.posts["unit"].pk in actor("building").posts  # the cover may do what they may
    actions.be_back(by=unit, absence=absence.pk)
    assert demo.posts["unit"].pk not in actor("building").posts
    assert not Absence.objects.exists()


@pytest.mark.django_db
def test_what_an_absence_refuses(demo, actor, day):
    unit, term = actor("unit"), demo.posts["unit"].terms.get()
    own, far = demo.posts["unit"].pk, timedelta(days=actions.AWAY_MAX_DAYS + 1)
    idle = Post.objects.create(
        community=COMMUNITY,
        place=demo.unit,
        place_code=demo.unit.code,
        type_id="party_unit",
        title="党员中心户",
        **TRACK,
    )
    late = timedelta(days=2)
    for field, said in (
        ("ends", {"starts": day, "ends": day - timedelta(days=1)}),
        ("ends", {"starts": day - 3 * late, "ends": day - late}),
        ("ends", {"starts": day, "ends": day + far}),
        ("cover", {"starts": day, "ends": day, "cover": own}),
        ("cover", {"starts": day, "ends": day, "cover": idle.pk}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.be_away(by=unit, term=term.pk, **said)
        assert field in refused.value.fields
    actions.be_away(by=unit, term=term.pk, starts=day, ends=day + late)
    with pytest.raises(Invalid):
        actions.be_away(by=unit, term=term.pk, starts=day + late, ends=day + 2 * late)
    with pytest.raises(NotAllowed):
        actions.be_away(by=actor("building"), term=term.pk, starts=day + 9 * late, ends=day + far)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_want_one_seat_one_gets_it():
    demo = demo_community.build(grids=1, buildings=1, units=2, households=4)
    by = queries.actor_for(demo.accounts["secretary"].person_id, home=COMMUNITY)
    post = Post.objects.create(
        community=COMMUNITY,
        place=demo.unit,
        place_code=demo.unit.code,
        type_id="unit_leader",
        title="空岗",
        **TRACK,
    )
    persons = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:8])
    assert len(persons) == 8
    together, done = threading.Barrier(8), []

    def go(person):
        try:
            together.wait()
            actions.begin_term(by=by, post=post.pk, person=person, starts=clock.today())
            done.append("held")
        except Refused as refused:
            done.append(type(refused).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(p,)) for p in persons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["Invalid"] * 7 + ["held"]
    assert Term.objects.filter(post=post).count() == 1
