"""Two branches at one task, two recorders at one text, two deciders at one demand."""

from datetime import timedelta

import pytest
from tests.matters.test_races import THREADS, together

from liren.base import clock
from liren.base.errors import Refused
from liren.branches import actions
from liren.branches.models import Task, TaskStep
from liren.demands import actions as demands
from liren.demands.models import Demand, DemandStep, Order
from liren.demo import community as demo_community
from liren.demo.community import COMMUNITY
from liren.meetings import actions as meetings
from liren.meetings.models import Meeting, Minutes
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=2, units=1, households=1)


@pytest.fixture
def by(world):
    return actor_for(world.accounts["secretary"].person_id)


def once(results):
    assert sum(1 for r in results if not isinstance(r, Refused)) == 1
    assert all(r.status == 409 for r in results if isinstance(r, Refused))


def test_a_task_is_taken_on_by_one_branch(world, by):
    branches = [
        actions.register(by=by, place=world.community.pk, name=f"支部{n}") for n in range(4)
    ]
    task = actions.offer(
        by=by,
        place=world.community.pk,
        title="清雪",
        due=clock.today(),
        receiver=world.posts["building"].pk,
    )
    once(
        together(
            [lambda b=b: actions.claim(by=by, task=task.pk, branch=b.pk, seen=1) for b in branches]
        )
    )
    assert Task.objects.get().branch_id in {b.pk for b in branches}
    assert TaskStep.objects.filter(verb="claim").count() == 1


def test_of_eight_recorders_one_writes_a_version(world, by):
    now = clock.now()
    with clock.freeze(now - timedelta(days=9)):
        meeting = meetings.convene(
            by=by,
            post=world.posts["secretary"].pk,
            posts=[world.posts["grid"].pk],
            plan=meetings.Plan(
                title="会", starts=now - timedelta(hours=1), venue="社区", agenda=["一"]
            ),
        )
    results = together(
        [
            lambda n=n: meetings.save_minutes(by=by, meeting=meeting.pk, text=f"第{n}稿", seen=0)
            for n in range(THREADS)
        ]
    )
    once(results)
    kept = Minutes.objects.get()
    assert all(r.theirs["text"] == kept.text for r in results if isinstance(r, Refused))


def test_a_meeting_is_moved_or_called_off_not_both(world, by):
    starts = clock.now() + timedelta(days=5)
    meeting = meetings.convene(
        by=by,
        post=world.posts["secretary"].pk,
        posts=[world.posts["grid"].pk],
        plan=meetings.Plan(title="会", starts=starts, venue="社区", agenda=["一"]),
    )
    moved = {"starts": starts + timedelta(days=1), "venue": "广场", "reason": "冷"}
    once(
        together(
            [
                lambda: meetings.move(by=by, meeting=meeting.pk, seen=1, **moved),
                lambda: meetings.call_off(by=by, meeting=meeting.pk, reason="停电", seen=1),
            ]
        )
    )
    assert Meeting.objects.get().version == 2


def test_a_demand_is_decided_once(world, by):
    row = demands.enter(
        by=by,
        community=COMMUNITY,
        asked=demands.Asked(asked_by="区某局", title="新表", since=clock.today()),
    )
    jobs = [
        lambda n=n: (demands.accept if n % 2 else demands.decline)(
            by=by, demand=row.pk, words="理由", seen=1
        )
        for n in range(THREADS)
    ]
    once(together(jobs))
    assert DemandStep.objects.exclude(verb="enter").count() == 1
    assert Demand.objects.get().state in ("accepted", "declined")


def test_orders_given_at_once_have_different_numbers(world, by):
    together(
        [
            lambda: demands.give_order(
                by=by,
                to_post=world.posts["grid"].pk,
                text="三天内答复",
                due=clock.today() + timedelta(days=3),
                community=COMMUNITY,
            )
            for _ in range(THREADS)
        ]
    )
    assert sorted(Order.objects.values_list("number", flat=True)) == list(range(1, THREADS + 1))
