"""Jobs: nothing stays with nobody, what was suspended goes on, who is late is told once."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.matters import actions, tasks
from liren.matters.actions import Report
from liren.matters.models import Matter
from liren.notifications.models import Notice
from liren.organisation.actions import be_away
from liren.organisation.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(demo, actor):
    by = actor("resident")
    return actions.report(
        by=by, need=Report(place=demo.unit, text="楼道灯坏了", reporter=by.person)
    ).matter


def test_a_matter_falls_upward_when_its_post_falls_vacant(demo, matter):
    tasks.fall_up(0)
    assert Matter.objects.get().version == 1
    Term.objects.filter(post=demo.posts["unit"]).update(
        starts=clock.today() - timedelta(days=9), ends=clock.today() - timedelta(days=1)
    )
    due = matter.due
    tasks.fall_up(0)
    matter.refresh_from_db()
    assert matter.holder_id == demo.posts["building"].pk
    assert matter.due == due
    assert matter.entries.order_by("version").last().by == "system:fall_up"


def test_a_matter_goes_to_the_cover_or_upward_when_the_holder_leaves_for_some_days(
    demo, matter, actor
):
    day = clock.today()
    term = Term.objects.get(post=demo.posts["unit"])
    absence = be_away(
        by=actor("unit"), term=term.pk, starts=day, ends=day, cover=demo.posts["grid"].pk
    )
    tasks.fall_up(0)
    matter.refresh_from_db()
    # The cover answers for the post itself: the matter need not move.
    assert matter.holder_id == demo.posts["unit"].pk
    assert actions.accept(by=actor("grid"), matter=matter.pk).status == "handling"
    absence.cover = None
    absence.save()
    tasks.fall_up(0)
    matter.refresh_from_db()
    assert matter.holder_id == demo.posts["building"].pk


def test_what_was_suspended_until_a_day_goes_on_with_its_time_added(matter, actor):
    actions.accept(by=actor("worker"), matter=matter.pk)
    until = clock.now() + timedelta(days=10)
    actions.suspend(by=actor("worker"), matter=matter.pk, cause="parts", words="等", until=until)
    tasks.resume(0)
    assert Matter.objects.get().status == "suspended"
    with clock.freeze(until + timedelta(hours=1)):
        tasks.resume(0)
    again = Matter.objects.get()
    assert again.status == "handling"
    assert again.due > matter.due


def test_who_is_late_is_told_once_and_so_is_the_next_above(demo, matter):
    with clock.freeze(matter.accept_by + timedelta(hours=1)):
        tasks.late(0)
        tasks.late(0)
    told = Notice.objects.filter(kind="matter.late")
    assert {n.person_id for n in told} == {
        demo.accounts["unit"].person_id,
        demo.accounts["building"].person_id,
    }
    assert told.count() == 2
