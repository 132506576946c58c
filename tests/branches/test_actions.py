"""Branches and their tasks: taken on, finished, confirmed by the receiver, never by themselves."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.base.commitments import State, commitments
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.branches import actions, queries
from liren.branches.enums import TaskState
from liren.branches.models import Branch, TaskStep
from liren.demo.community import COMMUNITY, TRACK, Builder
from liren.notifications.models import Notice
from liren.organisation import actions as organisation
from liren.organisation.enums import PostKind
from liren.organisation.models import Term
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def grid(demo):
    return demo.posts["grid"].place


@pytest.fixture
def branch(grid, actor):
    return actions.register(
        by=actor("secretary"),
        place=grid.pk,
        name="第1网格党支部",
        contact="0431-00000000",
        duties=["每季度一次支部会", "", "认领社区交来的事"],
    )


@pytest.fixture
def task(branch, actor, demo):
    def make(**changes):
        named = {
            "by": actor("secretary"),
            "place": demo.posts["building"].place.pk,
            "title": "清 1 号楼门前的雪",
            "due": clock.today() + timedelta(days=3),
            "receiver": demo.posts["building"].pk,
            **changes,
        }
        return actions.offer(**named)

    return make


def test_a_branch_is_organisational_data_only(branch):
    assert branch.duties == ["每季度一次支部会", "认领社区交来的事"]
    assert branch.organisation.contact == "0431-00000000"


def test_the_same_name_twice_is_refused(branch, grid, actor):
    with pytest.raises(Invalid) as refused:
        actions.register(by=actor("secretary"), place=grid.pk, name="第1网格党支部")
    assert "name" in refused.value.fields
    with pytest.raises(Invalid):
        actions.register(by=actor("secretary"), place=grid.pk, name=" ")
    with pytest.raises(Invalid):
        actions.register(by=actor("secretary"), place=grid.pk, name="x", duties=["甲"] * 21)
    for role in ("resident", "unit", "grid", "officer"):
        with pytest.raises(NotAllowed):
            actions.register(by=actor(role), place=grid.pk, name="别的支部")
    assert Branch.objects.count() == 1


def test_of_two_editors_the_second_sees_what_is_stored(branch, actor):
    named = {"by": actor("secretary"), "branch": branch.pk, "contact": ""}
    actions.edit(**named, name="一支部", duties=["甲"], seen=1)
    with pytest.raises(Changed) as refused:
        actions.edit(**named, name="二支部", duties=["乙"], seen=1)
    assert refused.value.theirs == {"duties": "甲"}
    assert refused.value.mine == {"duties": "乙"}
    branch.organisation.refresh_from_db()
    assert branch.organisation.name == "一支部"


def test_a_task_from_offer_to_confirmation(task, branch, actor):
    row = task()
    by = actor("secretary")
    row = actions.claim(by=by, task=row.pk, branch=branch.pk, seen=1)
    with pytest.raises(Invalid):  # what was done must be said
        actions.finish(by=by, task=row.pk, words="", seen=2)
    row = actions.finish(by=by, task=row.pk, words="三个人，一个下午", seen=2)
    receiver = actor("building")
    assert Notice.objects.filter(person=receiver.person, kind="branch.finish").count() == 1
    with pytest.raises(NotAllowed):  # not the receiver
        actions.confirm(by=by, task=row.pk, seen=3)
    row = actions.send_back(by=receiver, task=row.pk, words="北门还没清", seen=3)
    assert (row.state, row.done_on) == (TaskState.CLAIMED, None)
    row = actions.finish(by=by, task=row.pk, words="北门也清了", seen=4)
    row = actions.confirm(by=receiver, task=row.pk, seen=5)
    assert row.state == TaskState.CONFIRMED
    verbs = list(TaskStep.objects.filter(task=row).order_by("at", "id").values_list("verb", flat=1))
    assert verbs == ["offer", "claim", "finish", "send_back", "finish", "confirm"]
    with pytest.raises(Changed):
        actions.withdraw(by=by, task=row.pk, words="x", seen=6)


def test_nobody_confirms_what_their_own_branch_did(task, branch, actor, demo):
    row = task()
    building = demo.posts["building"]
    building.organisation = branch.organisation
    building.save()
    with pytest.raises(Invalid) as refused:
        actions.claim(by=actor("secretary"), task=row.pk, branch=branch.pk, seen=1)
    assert "branch" in refused.value.fields


def test_whoever_sits_in_the_branch_through_another_post_does_not_confirm(
    task, branch, actor, demo
):
    by = actor("secretary")
    row = task(branch=branch.pk)
    builder = Builder()
    post = builder.post(branch.place, PostKind.PARTY_BRANCH, "书记", None, branch.organisation)
    Term.objects.create(community=COMMUNITY, post=post, person_id=actor("building").person, **TRACK)
    row = actions.finish(by=by, task=row.pk, words="好了", seen=row.version)
    both = actor("building")
    assert "confirm" not in queries.verbs(both, row)
    with pytest.raises(NotAllowed):
        actions.confirm(by=both, task=row.pk, seen=row.version)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due": clock.today() - timedelta(days=1)}, "due"),
        ({"due": clock.today() + timedelta(days=900)}, "due"),
        ({"title": ""}, "title"),
        ({"text": "x" * 501}, "text"),
    ],
)
def test_bad_tasks_are_refused(task, changes, field):
    with pytest.raises(Invalid) as refused:
        task(**changes)
    assert list(refused.value.fields) == [field]


def test_who_may_see_a_task(task, actor):
    row = task()
    assert queries.task(actor("building"), row.pk)
    for role in ("resident", "unit", "department"):
        with pytest.raises(NotFound):
            queries.task(actor(role), row.pk)


def test_what_a_branch_took_on_is_a_promise_at_the_place(task, branch, actor, demo):
    task(title="没人认领的")
    task(branch=branch.pk)
    found = commitments(actor("secretary"), demo.posts["building"].place_code)
    mine = [c for c in found if c.who == "第1网格党支部"]
    assert [c.state for c in mine] == [State.UNDER_WAY]
    assert commitments(actor("resident"), demo.posts["building"].place_code) == []


def test_a_branch_with_tasks_is_not_closed(task, branch, actor):
    row, by = task(branch=branch.pk), actor("secretary")
    with pytest.raises(Invalid):
        actions.close(by=by, branch=branch.pk)
    actions.withdraw(by=by, task=row.pk, words="下雨了，化了", seen=row.version)
    actions.close(by=by, branch=branch.pk)
    assert not queries.visible(by).exists()


def test_only_posts_of_a_branch_are_seated(branch, actor, demo):
    by = actor("worker")
    for role in ("worker", "building", "secretary"):
        with pytest.raises(Invalid):
            organisation.seat_in_branch(
                by=by, post=demo.posts[role].pk, organisation=branch.organisation_id
            )
    post = Builder().post(branch.place, PostKind.PARTY_BRANCH, "书记", None)
    assert list(queries.loose_posts(branch)) == [post]
    organisation.seat_in_branch(by=by, post=post.pk, organisation=branch.organisation_id)
    assert list(queries.branch_posts(branch)) == [post]
    assert list(queries.loose_posts(branch)) == []


def test_cross_appointments_name_posts_not_persons(branch, actor, demo):
    by = actor("secretary")
    assert queries.cross_appointments(by, COMMUNITY) == []
    holder = Term.objects.get(post=demo.posts["building"]).person
    place = demo.posts["building"].place
    post = Builder().post(place, PostKind.PARTY_BUILDING, "1号楼党小组长", holder)
    found = queries.cross_appointments(by, COMMUNITY)
    assert [(c.party, c.leader) for c in found] == [(post.title, demo.posts["building"].title)]
    assert holder.name not in repr(found)
    Term.objects.filter(post=post).update(ends=clock.today() - timedelta(days=1))
    assert queries.cross_appointments(by, COMMUNITY) == []
    with pytest.raises(NotAllowed):
        queries.cross_appointments(actor("unit"), COMMUNITY)


def test_a_branch_secretary_keeps_their_own_branch(branch, actor, demo):
    builder = Builder()
    builder.count = 800
    person = builder.person()
    builder.post(branch.place, PostKind.PARTY_BRANCH, "书记", person, branch.organisation)
    mine = actor_for(person.pk)
    assert list(queries.visible(mine)) == [branch]
    with pytest.raises(NotAllowed):
        actions.register(by=mine, place=demo.community.pk, name="别的支部")


def test_whoever_said_that_it_is_finished_does_not_confirm_it(task, branch, actor, demo):
    """The community's secretary may write it down for the branch; then somebody else confirms."""
    by = actor("secretary")
    row = task(branch=branch.pk, receiver=demo.posts["secretary"].pk)
    row = actions.finish(by=by, task=row.pk, words="好了", seen=row.version)
    assert "confirm" not in queries.verbs(by, row)
    with pytest.raises(NotAllowed):
        actions.confirm(by=by, task=row.pk, seen=row.version)
