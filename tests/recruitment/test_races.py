"""A call changed by several at once: one appointment, one support each, no 500."""

from datetime import timedelta

import pytest
from tests.matters.test_races import together

from liren.base import clock
from liren.base.errors import Refused
from liren.demo import community as demo_community
from liren.demo.community import COMMUNITY, TRACK
from liren.organisation.models import Term
from liren.organisation.queries import actor_for
from liren.people.models import Person, Residence
from liren.recruitment import actions
from liren.recruitment.models import Nomination, Opening, Support

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=1, units=2, households=1)


@pytest.fixture
def secretary(world):
    return actor_for(world.accounts["secretary"].person_id)


@pytest.fixture
def opening(world, secretary):
    Term.objects.filter(post=world.posts["unit"]).delete()
    return actions.open_call(
        by=secretary,
        place=world.unit.pk,
        type="unit_leader",
        until=clock.today() + timedelta(days=5),
    )


def neighbours(world, count):
    found = []
    for n in range(count):
        person = Person.objects.create(
            community=COMMUNITY, name=f"测试{n}", synthetic=True, **TRACK
        )
        Residence.objects.create(
            community=COMMUNITY,
            person=person,
            place=world.household,
            place_code=world.household.code,
            tenure="owner",
            **TRACK,
        )
        found.append(actor_for(person.pk, home=COMMUNITY))
    return found


def refusals(results):
    return {r.status for r in results if isinstance(r, Refused)}


def test_many_calls_for_one_post_make_one(world, secretary):
    until = clock.today() + timedelta(days=5)
    results = together(
        [
            lambda: actions.open_call(
                by=secretary, place=world.unit.pk, type="unit_leader", until=until
            )
            for _ in range(6)
        ]
    )
    assert Opening.objects.count() == 1
    assert refusals(results) == {422}


def test_one_of_those_who_stand_is_appointed_once(world, secretary, opening):
    stand = [actions.nominate(by=by, opening=opening.pk) for by in neighbours(world, 4)]
    results = together(
        [
            lambda one=one: actions.appoint(by=secretary, nomination=one.pk, starts=clock.today())
            for one in stand
        ]
    )
    assert sum(isinstance(r, Term) for r in results) == 1
    assert refusals(results) == {409}
    assert Term.objects.filter(post=world.posts["unit"]).count() == 1
    assert not Nomination.objects.exists()


@pytest.mark.parametrize("turn", range(3))
def test_withdrawing_supporting_and_appointing_at_once(world, secretary, opening, turn):
    who, *helpers = neighbours(world, 4)
    stands = actions.nominate(by=who, opening=opening.pk)
    results = together(
        [
            lambda: actions.withdraw(by=who, opening=opening.pk),
            lambda: actions.appoint(by=secretary, nomination=stands.pk, starts=clock.today()),
            *[lambda by=by: actions.support(by=by, nomination=stands.pk) for by in helpers],
        ]
    )
    assert refusals(results) <= {409}
    # Whoever withdrew first is not appointed; whichever came first, nothing is left over.
    assert not Nomination.objects.exists()
    assert not Support.objects.exists()


def test_one_neighbour_who_taps_often_supports_once(world, opening):
    first, second, helper = neighbours(world, 3)
    one = actions.nominate(by=first, opening=opening.pk)
    two = actions.nominate(by=second, opening=opening.pk)
    results = together(
        [
            lambda to=to: actions.support(by=helper, nomination=to.pk)
            for to in (one, two, one, two, one, two)
        ]
    )
    assert refusals(results) == set()
    assert Support.objects.count() == 1


def test_offering_oneself_often_is_once(world, opening):
    (who,) = neighbours(world, 1)
    results = together([lambda: actions.nominate(by=who, opening=opening.pk) for _ in range(6)])
    assert refusals(results) == set()
    assert Nomination.objects.count() == 1
