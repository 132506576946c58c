"""Answers against closing, two who widen, two workers at one ring: nothing lost, nothing twice."""

from datetime import timedelta

import pytest
from tests.matters.test_races import together

from liren.base import clock
from liren.base.errors import Changed, Gone
from liren.calls import actions, spreading
from liren.calls.actions import Draft, Running
from liren.calls.models import Answer, Asked, Call, Ring
from liren.demo import community as demo_community
from liren.notifications.models import Notice
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=4, units=2, households=1)


def by(world, role):
    return actor_for(world.accounts[role].person_id)


def wish(world):
    return Draft(
        kind="blood",
        place=world.posts["grid"].place_code,
        audiences=["post:unit_leader", "post:building_leader"],
        title="献血",
        closes_at=clock.now() + timedelta(hours=6),
        needed=8,
    )


def test_answers_while_it_closes_are_counted_or_refused(world):
    call = actions.make(by=by(world, "grid"), draft=wish(world))
    people = list(Asked.objects.filter(call=call).values_list("person", flat=True))[:7]
    actors = [actor_for(person) for person in people]
    jobs = [lambda a=a: actions.answer(by=a, call=call.pk, said="coming") for a in actors]
    jobs.insert(3, lambda: actions.close(by=by(world, "grid"), call=call.pk))
    results = together(jobs)
    stored = [r for n, r in enumerate(results) if n != 3 and r is None]
    assert all(r is None or isinstance(r, Gone) for n, r in enumerate(results) if n != 3)
    call.refresh_from_db()
    assert call.report["coming"] == len(stored)
    assert not Answer.objects.exists()
    assert not Asked.objects.exists()


def test_eight_close_and_one_does(world):
    call = actions.make(by=by(world, "grid"), draft=wish(world))
    results = together([lambda: actions.close(by=by(world, "grid"), call=call.pk)] * 8)
    assert sum(isinstance(r, Changed) for r in results) == 7


def test_the_same_call_from_eight_taps_is_one(world):
    actor = by(world, "grid")
    results = together([lambda: actions.make(by=actor, draft=wish(world))] * 8)
    assert sum(isinstance(r, Running) for r in results) == 7
    assert Call.objects.count() == 1
    people = Notice.objects.filter(kind="call.made").values_list("person", flat=True)
    assert len(people) == len(set(people)) > 0


def test_workers_at_one_ring_tell_everybody_once(world, monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 0)
    call = actions.make(by=by(world, "grid"), draft=wish(world))
    ring = Ring.objects.get(call=call)

    def work():
        for _ in range(20):
            spreading.step(ring.pk, size=2)

    together([work] * 4)
    ring.refresh_from_db()
    assert ring.told == ring.reached == Notice.objects.filter(kind="call.made").count()
    assert ring.done


def test_widening_by_eight_is_one_ring(world):
    inner = wish(world)
    call = actions.make(
        by=by(world, "building"),
        draft=Draft(
            kind="blood",
            place=world.posts["building"].place_code,
            audiences=inner.audiences,
            title="献血",
            closes_at=inner.closes_at,
            needed=8,
        ),
    )
    results = together([lambda: actions.widen(by=by(world, "grid"), call=call.pk, seen=1)] * 8)
    assert sum(isinstance(r, Changed) for r in results) == 7
    assert call.rings.count() == 2
