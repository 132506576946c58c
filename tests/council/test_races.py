"""Several at once: one gets it, the others are told; nothing is promised twice."""

from datetime import timedelta

import pytest
from tests.council.conftest import line, member
from tests.matters.test_races import together

from liren.base import clock
from liren.base.errors import Changed, Invalid, Refused
from liren.council import actions
from liren.council.models import Claim, Opening, Pledge
from liren.demo import community as demo_community
from liren.demo.community import COMMUNITY
from liren.matters import actions as matters
from liren.matters import queries
from liren.matters.actions import Report
from liren.matters.models import Whistle
from liren.organisation.models import Organisation
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=1, units=1, households=1)


@pytest.fixture
def who(world):
    return lambda role: actor_for(world.accounts[role].person_id, home=COMMUNITY)


@pytest.fixture
def members(world, who):
    return [member(world, who, f"单位{n}") for n in range(3)]


@pytest.fixture
def opening(world, who):
    kind = queries.categories(COMMUNITY).get(key="upkeep.light")
    need = Report(place=world.unit, text="灯不亮", category=kind)
    matter = matters.report(by=who("worker"), need=need).matter
    return actions.open_to_institutions(by=who("worker"), matter=matter.pk, words="换一盏灯")


def test_three_institutions_take_on_one_matter(members, opening):
    def claim(n):
        body, liaison = members[n]
        return lambda: actions.claim(
            by=liaison, opening=opening.pk, organisation=body.pk, words="我们来"
        )

    results = together([claim(n % 3) for n in range(6)])
    got = [one for one in results if isinstance(one, Claim)]
    assert len(got) == 1
    told = [one for one in results if isinstance(one, Changed)]
    assert len(told) == 5
    faster = [str(one) for one in told if got[0].organisation.name in str(one)]
    assert len(faster) == 4  # the two others, twice each; the first one's second try is its own
    assert Claim.objects.filter(state="claimed").count() == 1


def test_confirmed_while_it_is_taken_back(members, opening, who):
    body, liaison = members[0]
    row = actions.claim(by=liaison, opening=opening.pk, organisation=body.pk, words="我们来")
    together(
        [
            lambda: actions.decide_claim(by=who("worker"), claim=row.pk, accept=True),
            lambda: actions.withdraw_claim(by=liaison, claim=row.pk),
            lambda: actions.close_to_institutions(by=who("secretary"), matter=opening.matter_id),
        ]
    )
    row.refresh_from_db()
    whistled = Whistle.objects.filter(matter=opening.matter_id).count()
    assert whistled == (1 if row.state == "confirmed" else 0)
    if row.state == "confirmed":
        assert not Opening.objects.get().open


def test_the_last_of_a_resource_is_promised_once(members, world):
    (giver, liaison), (first, _one), (second, _other) = members
    hall = actions.add_item(
        by=liaison, organisation=giver.pk, listed="resource", line=line(capacity=10)
    )

    def give(whom, what):
        return lambda: actions.promise(
            by=liaison,
            giver=giver.pk,
            receiver=whom.pk,
            what=what,
            due=clock.today() + timedelta(days=1),
            resource=hall.pk,
            amount=6,
        )

    results = together([give(first, "一"), give(second, "二"), give(first, "一")])
    assert sum(isinstance(one, Pledge) for one in results) == 1
    assert all(isinstance(one, Pledge | Invalid) for one in results)


def test_confirmed_and_reopened_at_once(members):
    (giver, liaison), (receiver, other), _third = members
    row = actions.promise(
        by=liaison, giver=giver.pk, receiver=receiver.pk, what="一场", due=clock.today()
    )
    actions.deliver(by=liaison, pledge=row.pk, words="办了")
    results = together(
        [
            lambda: actions.confirm(by=other, pledge=row.pk),
            lambda: actions.reopen(by=other, pledge=row.pk, words="没有投影"),
            lambda: actions.confirm(by=other, pledge=row.pk),
        ]
    )
    assert sum(isinstance(one, Pledge) for one in results) == 1
    row.refresh_from_db()
    assert row.steps.count() == 3


def test_nobody_is_promised_to_who_has_just_left(members, who):
    (giver, liaison), (receiver, _other), _third = members
    results = together(
        [
            lambda: actions.leave(by=who("worker"), organisation=receiver.pk, words="搬走了"),
            lambda: actions.promise(
                by=liaison, giver=giver.pk, receiver=receiver.pk, what="一场", due=clock.today()
            ),
        ]
    )
    assert sum(isinstance(one, Refused) for one in results) == 1
    left = Organisation.objects.get(pk=receiver.pk).closed_on is not None
    assert left != Pledge.objects.exists()
