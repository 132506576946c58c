"""The working calendar: own days, years not announced yet, and promises counted anew."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from liren.base import clock, working_time
from liren.matters import actions, tasks
from liren.matters.models import Matter
from liren.organisation.queries import actor_for
from liren.territory.models import CalendarDay

pytestmark = pytest.mark.django_db
URL = "office:calendar"
MONDAY = datetime(2025, 11, 3, 9, tzinfo=clock.SHANGHAI)  # an ordinary week


def test_an_own_day_moves_the_promises_that_cross_it(desk, need, demo):
    with clock.freeze(MONDAY):
        crossing = need()  # lights: two working days
        before = crossing.due
        client = desk("secretary")
        answer = client.post(
            reverse(URL), {"day": "2025-11-04", "working": "0", "note": "社区停电检修"}
        )
        assert answer.status_code == 302
        crossing.refresh_from_db()
        assert crossing.due == before + timedelta(days=1)
        assert crossing.first_due == before
        assert date(2025, 11, 4) in crossing.due_skipped
        line = crossing.entries.get(verb="recompute")
        assert line.internal
        assert "社区停电检修" in client.get(reverse(URL)).text
        client.post(reverse("office:calendar_clear"), {"day": "2025-11-04"})
        crossing.refresh_from_db()
        assert crossing.due == before
        assert not CalendarDay.objects.exists()
        # A second time there is nothing to take back.
        gone = client.post(reverse("office:calendar_clear"), {"day": "2025-11-04"})
        assert gone.status_code == 404


def test_what_moved_the_limit_before_is_replayed(need, demo, actor):
    with clock.freeze(MONDAY) as now:
        matter = need()
        worker, secretary = actor("worker"), actor("secretary")
        actions.accept(by=worker, matter=matter.pk)
        actions.ask_extension(by=worker, matter=matter.pk, days=3, words="等配件")
        actions.decide_extension(by=secretary, matter=matter.pk, grant=True)
        now.advance(hours=1)
        actions.suspend(by=worker, matter=matter.pk, cause="weather", words="雪")
        now.advance(days=1)
        actions.resume(by=worker, matter=matter.pk)
        matter.refresh_from_db()
        due = matter.due
        assert actions.recount(by=secretary, community=matter.community) == 0
        matter.refresh_from_db()
        assert matter.due == due
        CalendarDay.objects.create(
            community=matter.community,
            date=due.astimezone(clock.SHANGHAI).date(),
            working=False,
            note="休",
            changed_by="test",
            changed_why="test",
        )
        assert actions.recount(by=secretary, community=matter.community) == 1
        matter.refresh_from_db()
        assert matter.due > due


def test_a_year_not_announced_is_provisional_until_it_is(need, demo, monkeypatch):
    with clock.freeze(MONDAY):
        with monkeypatch.context() as unknown:
            unknown.setattr(
                working_time,
                "_announced",
                lambda d: working_time.DayKind(d.weekday() < 5, provisional=True),
            )
            matter = need()
            assert matter.due_provisional
            closed = need()
            Matter.objects.filter(pk=closed.pk).update(status="closed", ending="withdrawn")
        tasks.recount(0)
        matter.refresh_from_db()
        closed.refresh_from_db()
        assert not matter.due_provisional
        assert closed.due_provisional
        assert matter.entries.filter(verb="recompute").count() == 1
        tasks.recount(0)
        assert matter.entries.filter(verb="recompute").count() == 1


def test_a_tickets_own_limit_is_not_ours_to_move(demo, actor, need):
    with clock.freeze(MONDAY):
        matter = need()
        due = MONDAY + timedelta(days=1)
        Matter.objects.filter(pk=matter.pk).update(external_due=due, due=due)
        assert actions.recount(by=actor("secretary"), community=matter.community) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2020-01-01", "working": "0", "note": "过去"},
        {"day": "2099-01-01", "working": "0", "note": "太远"},
        {"day": "", "working": "0", "note": "x"},
        {"day": "2026-13-45", "working": "0", "note": "x"},
        {"day": "2026-12-01", "working": "maybe", "note": "x"},
        {"day": "2026-12-01", "working": "1", "note": ""},
    ],
)
def test_a_day_that_cannot_be_is_refused(desk, wrong):
    with clock.freeze(MONDAY):
        assert desk("secretary").post(reverse(URL), wrong).status_code == 422
    assert not CalendarDay.objects.exists()


def test_which_years_are_announced_is_said(desk):
    with clock.freeze(MONDAY):
        page = desk("secretary").get(reverse(URL), {"year": "2027"})
    assert page.status_code == 200
    known = {one["year"]: one["known"] for one in page.context["years"]}
    assert known == {y: working_time.announced(y) for y in (2025, 2026, 2027)}
    assert desk("secretary").get(reverse(URL), {"year": "x"}).status_code == 200


def test_only_who_edits_limits_edits_days(desk, demo):
    for role in ("worker", "officer", "resident", "unit"):
        assert desk(role).get(reverse(URL)).status_code == 403
    assert actor_for(demo.accounts["worker"].person_id).has("matter.dispatch")
    elsewhere = desk("secretary").post(
        reverse(URL) + "?community=220103008004", {"day": "2027-01-05", "working": "0", "note": "x"}
    )
    assert elsewhere.status_code == 404
