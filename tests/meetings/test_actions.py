"""A meeting from being called to amended minutes, and everything that is refused on the way."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.meetings import actions, queries, tasks
from liren.meetings.enums import MinutesKind, Presence, State
from liren.meetings.models import Meeting, Minutes
from liren.notifications.models import Notice
from liren.organisation.enums import PostKind
from liren.organisation.models import Term
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db


def posts_of(meeting):
    return list(meeting.members.order_by("post__title").values_list("post", flat=True))


def noted(meeting, by, n=3, **more):
    meeting.refresh_from_db()
    return actions.record(
        by=by, meeting=meeting.pk, present=posts_of(meeting)[:n], seen=meeting.version, **more
    )


def test_everybody_of_the_body_is_asked_and_told_once(meeting, branch):
    row = meeting()
    assert row.members.count() == branch.posts.count()
    told = Notice.objects.filter(kind="meeting.called")
    assert told.count() == row.members.count()
    assert "清雪分工" in told.first().body
    assert told.first().link == f"/c/{row.community}/meetings/{row.pk}/"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": clock.now() - timedelta(hours=1)}, "starts"),
        ({"starts": clock.now() + timedelta(days=500)}, "starts"),
        ({"starts": clock.now() + timedelta(days=1)}, "short_reason"),
        ({"agenda": ["", " "]}, "agenda"),
        ({"agenda": ["x"] * 21}, "agenda"),
        ({"quorum": (3, 2, False)}, "quorum"),
        ({"quorum": (1, 0, False)}, "quorum"),
        ({"kind": "party"}, "kind"),
        ({"title": " "}, "title"),
        ({"venue": "x" * 121}, "venue"),
        ({"notice_days": 99}, "notice_days"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(meeting, changes, field):
    with pytest.raises(Invalid) as refused:
        meeting(**changes)
    assert list(refused.value.fields) == [field]
    assert not Meeting.objects.exists()
    assert not Notice.objects.filter(kind__startswith="meeting").exists()


def test_short_notice_needs_its_reason_and_shows_it(meeting):
    row = meeting(starts=clock.now() + timedelta(days=1), short_reason="暴雪预警")
    assert row.short_reason == "暴雪预警"


def test_who_does_not_keep_branches_calls_none(actor, branch, plan, demo):
    post = branch.posts.get(type=PostKind.PARTY_BRANCH)
    for role in ("resident", "unit", "building", "grid", "officer"):
        with pytest.raises(NotAllowed):
            actions.convene(by=actor(role), post=post.pk, organisation=branch.pk, plan=plan())


def test_a_body_without_posts_is_no_meeting(actor, demo, plan):
    with pytest.raises(Invalid):
        actions.convene(by=actor("secretary"), post=demo.posts["secretary"].pk, plan=plan())


def test_moved_and_called_off_with_the_reason(meeting, actor):
    row, by = meeting(), actor("secretary")
    later = row.starts + timedelta(days=2)
    row = actions.move(
        by=by, meeting=row.pk, starts=later, venue="小广场", reason="会议室被占", seen=row.version
    )
    assert (row.starts, row.venue) == (later, "小广场")
    assert Notice.objects.filter(kind="meeting.moved").count() == row.members.count()
    with pytest.raises(Invalid):
        actions.call_off(by=by, meeting=row.pk, reason=" ", seen=row.version)
    row.refresh_from_db()
    row = actions.call_off(by=by, meeting=row.pk, reason="停电", seen=row.version)
    assert row.state == State.CALLED_OFF
    for verb in (
        lambda: actions.call_off(by=by, meeting=row.pk, reason="再", seen=row.version),
        lambda: actions.save_minutes(by=by, meeting=row.pk, text="x", seen=0),
    ):
        with pytest.raises(Invalid):
            verb()


def test_a_stale_look_is_told_so(meeting, actor):
    row, by = meeting(), actor("secretary")
    actions.set_agenda(by=by, meeting=row.pk, agenda=["只谈清雪"], seen=1)
    with pytest.raises(Changed):
        actions.call_off(by=by, meeting=row.pk, reason="停电", seen=1)
    assert list(row.items.values_list("text", flat=True)) == ["只谈清雪"]


def test_nothing_is_noted_before_it_begins(meeting, actor):
    row, by = meeting(), actor("secretary")
    with pytest.raises(Invalid):
        noted(row, by)
    with pytest.raises(Invalid):
        actions.save_minutes(by=by, meeting=row.pk, text="x", seen=0)


def test_attendance_is_of_posts_and_silence_is_nothing(held, actor):
    row, by = held(), actor("secretary")
    here, away, silent = posts_of(row)
    actions.record(by=by, meeting=row.pk, present=[here], excused=[away], guests=2, seen=1)
    found = dict(row.members.values_list("post", "presence"))
    assert found == {here: Presence.PRESENT, away: Presence.EXCUSED, silent: ""}
    for bad in ({"present": [here], "excused": [here]}, {"present": [by.person]}):
        with pytest.raises(Invalid):
            actions.record(by=by, meeting=row.pk, seen=2, **bad)
    with pytest.raises(Invalid):
        actions.record(by=by, meeting=row.pk, present=[here], guests=5000, seen=2)


def test_without_a_quorum_nothing_is_decided(held, actor):
    row, by = held(quorum=(2, 3, False)), actor("secretary")
    with pytest.raises(Invalid):
        actions.decide(by=by, meeting=row.pk, text="买雪铲", seen=1)
    row = noted(row, by, 1)
    with pytest.raises(Invalid) as refused:
        actions.decide(by=by, meeting=row.pk, text="买雪铲", seen=row.version)
    assert "2" in str(refused.value)
    row = noted(row, by, 2)
    found = actions.decide(by=by, meeting=row.pk, text="买雪铲", seen=row.version)
    assert found.order == 1
    row.refresh_from_db()
    with pytest.raises(Invalid):
        actions.decide(
            by=by,
            meeting=row.pk,
            text="买盐",
            due=clock.today() - timedelta(days=1),
            seen=row.version,
        )
    actions.strike(by=by, decision=found.pk, seen=row.version)
    assert not row.decisions.exists()


def test_a_decision_becomes_a_matter_once(held, actor):
    row, by = held(), actor("secretary")
    row = noted(row, by)
    decision = actions.decide(by=by, meeting=row.pk, text="请物业修楼道灯", seen=row.version)
    matter = actions.make_matter(by=by, decision=decision.pk)
    assert matter.text == "请物业修楼道灯"
    assert actions.make_matter(by=by, decision=decision.pk).pk == matter.pk
    row.refresh_from_db()
    with pytest.raises(Invalid):
        actions.strike(by=by, decision=decision.pk, seen=row.version)
    with pytest.raises(NotFound):
        actions.make_matter(by=actor("unit"), decision=decision.pk)


def test_minutes_are_versions_and_confirmed_ones_stay(held, actor):
    row, by = held(), actor("secretary")
    first = actions.save_minutes(by=by, meeting=row.pk, text="一\n二", seen=0)
    second = actions.save_minutes(by=by, meeting=row.pk, text="一\n二\n三", seen=1)
    assert (first.number, second.number, second.kind) == (1, 2, MinutesKind.DRAFT)
    with pytest.raises(Invalid):  # who was there is not noted yet
        actions.confirm_minutes(by=by, meeting=row.pk, seen=2)
    noted(row, by)
    assert queries.confirmed(row) is None
    actions.confirm_minutes(by=by, meeting=row.pk, seen=2)
    row.refresh_from_db()
    assert row.state == State.MINUTED
    with pytest.raises(Invalid):
        actions.confirm_minutes(by=by, meeting=row.pk, seen=3)
    with pytest.raises(Invalid):
        actions.save_minutes(by=by, meeting=row.pk, text="一\n二\n四", seen=3)
    later = actions.save_minutes(
        by=by, meeting=row.pk, text="一\n二\n四", seen=3, reason="写错了一项"
    )
    assert (later.kind, later.reason) == (MinutesKind.AMENDED, "写错了一项")
    texts = list(row.minutes.order_by("number").values_list("text", flat=True))
    assert texts == ["一\n二", "一\n二\n三", "一\n二\n三", "一\n二\n四"]
    with pytest.raises(Invalid):
        noted(row, by)


def test_of_two_recorders_the_second_sees_both_texts(held, actor):
    row, by = held(), actor("secretary")
    actions.save_minutes(by=by, meeting=row.pk, text="甲写的", seen=0)
    with pytest.raises(Changed) as refused:
        actions.save_minutes(by=actor("worker"), meeting=row.pk, text="乙写的", seen=0)
    assert refused.value.mine == {"text": "乙写的"}
    assert refused.value.theirs == {"text": "甲写的", "number": 1}


def test_the_database_refuses_to_change_minutes(held, actor):
    row = held()
    found = actions.save_minutes(by=actor("secretary"), meeting=row.pk, text="一", seen=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Minutes.objects.filter(pk=found.pk).update(text="二")
    with pytest.raises(DatabaseError), transaction.atomic():
        Minutes.objects.filter(pk=found.pk).delete()


def test_who_may_read(meeting, actor, demo, branch):
    closed, public = meeting(), meeting(public=True)
    seen = {m.pk for m in queries.visible(actor("resident"))}
    assert seen == {public.pk}
    member = Term.objects.filter(post__organisation=branch).order_by("pk").last()
    seen = {m.pk for m in queries.visible(actor_for(member.person_id, home=closed.community))}
    assert seen == {closed.pk, public.pk}
    with pytest.raises(NotFound):
        actions.call_off(by=actor("unit"), meeting=closed.pk, reason="x", seen=1)
    with pytest.raises(NotAllowed):
        actions.call_off(by=actor("unit"), meeting=public.pk, reason="x", seen=1)


def test_members_are_reminded_once_the_day_before(meeting):
    row = meeting()
    with clock.freeze(row.starts - timedelta(days=2)):
        tasks.remind(0)
        assert not Notice.objects.filter(kind="meeting.remind").exists()
    with clock.freeze(row.starts - timedelta(hours=20)):
        tasks.remind(0)
        tasks.remind(0)
    assert Notice.objects.filter(kind="meeting.remind").count() == row.members.count()


def test_minutes_of_a_meeting_called_off_are_not_confirmed(held, actor):
    row, by = held(), actor("secretary")
    noted(row, by)
    actions.save_minutes(by=by, meeting=row.pk, text="只来了三个人", seen=0)
    row.refresh_from_db()
    actions.call_off(by=by, meeting=row.pk, reason="改天再开", seen=row.version)
    with pytest.raises(Invalid):
        actions.confirm_minutes(by=by, meeting=row.pk, seen=1)
    row.refresh_from_db()
    assert row.state == State.CALLED_OFF
