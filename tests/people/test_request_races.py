"""Several people at one request at once: answered once, told once, no ring of waiting."""

import threading

import pytest
from django.db import connections

from liren.base.errors import Changed, NotFound, Refused
from liren.demo import community as demo_community
from liren.demo.community import COMMUNITY, TRACK
from liren.notifications.models import Notice
from liren.organisation.queries import actor_for
from liren.people import actions
from liren.people.models import Person, Residence, ResidenceClaim, RightsRequest

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=1, units=1, households=1)


@pytest.fixture
def resident(world):
    person = Person.objects.create(community=COMMUNITY, name="韩梅梅", synthetic=True, **TRACK)
    return actor_for(person.pk, home=COMMUNITY)


def together(jobs):
    """Run the jobs at the same moment; return the refusal each met, or None."""
    gate = threading.Barrier(len(jobs))
    met: list[Exception | None] = [None] * len(jobs)

    def run(number, job):
        try:
            gate.wait(timeout=20)
            job()
        except Exception as error:
            met[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [one for one in met if one is not None and not isinstance(one, Refused)] == []
    return met


def worker_of(world):
    return actor_for(world.accounts["worker"].person_id)


def test_a_request_answered_by_many_is_answered_once(world, resident):
    row = actions.ask(by=resident, kind="object")
    worker = worker_of(world)

    def answer(number):
        return lambda: actions.answer_request(
            by=worker, request=row.pk, grant=number % 2 == 0, words=f"第{number}个答复"
        )

    met = together([answer(n) for n in range(THREADS)])
    assert met.count(None) == 1
    assert all(isinstance(one, Changed) for one in met if one is not None)
    assert Notice.objects.filter(kind="people.answered").count() == 1
    assert RightsRequest.objects.get().answer == f"第{met.index(None)}个答复"


def test_a_claim_answered_by_many_is_answered_once(world, resident):
    claim = ResidenceClaim.objects.create(
        community=COMMUNITY,
        person_id=resident.person,
        place=world.household,
        place_code=world.household.code,
        tenure="tenant",
        **TRACK,
    )
    worker = worker_of(world)

    def answer(number):
        return lambda: actions.answer_claim(
            by=worker, claim=claim.pk, confirm=number % 2 == 0, words=f"第{number}个答复"
        )

    met = together([answer(n) for n in range(THREADS)])
    assert met.count(None) == 1
    yes = met.index(None) % 2 == 0
    assert Residence.objects.filter(person=resident.person).count() == int(yes)
    assert Notice.objects.filter(kind="people.household").count() == 1


def test_deleting_oneself_while_the_desk_answers_ends_in_one_of_the_two(world, resident):
    row = actions.ask(by=resident, kind="erase")
    worker = worker_of(world)
    met = together(
        [
            lambda: actions.erase(by=resident, person=resident.person),
            lambda: actions.answer_request(by=worker, request=row.pk, grant=True),
        ]
        * 3
    )
    assert met.count(None) == 1
    assert all(isinstance(one, (Changed, NotFound)) for one in met if one is not None)
    assert Person.objects.get(pk=resident.person).erased_at is not None
