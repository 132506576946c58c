"""Seconded staff: voluntary, days but no hours, a letter only when asked for (G2, G8, G11)."""

from datetime import timedelta

import pytest
from django.db import models

from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.demo.community import COMMUNITY
from liren.partners import actions, privacy
from liren.partners.models import (
    Application,
    FreeHalf,
    Letter,
    Partner,
    Project,
    Secondment,
    Taken,
    Task,
)
from liren.people import rights

pytestmark = pytest.mark.django_db
HERE = f"/c/{COMMUNITY}/partners/seconded/"


@pytest.fixture
def helper(actor):
    by = actor("resident")
    actions.report_in(by=by, community=COMMUNITY, home="区统计局（演示）", skills="会修电脑")
    return by


def task(world, **changes):
    return actions.offer_task(
        **{
            "by": world.worker,
            "place": world.demo.community.pk,
            "title": "清扫积雪",
            "day": clock.today() + timedelta(days=2),
            "half": "morning",
            "needed": 1,
            **changes,
        }
    )


def test_no_table_keeps_a_time_of_the_day():
    for model in (Secondment, FreeHalf, Task, Taken, Letter):
        times = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.TimeField | models.DateTimeField)
        ]
        assert set(times) <= {"changed_at"}, model


def test_no_table_of_partners_counts_or_compares():
    for model in (Partner, Project, Application):
        names = {field.name for field in model._meta.concrete_fields}
        assert not names & {"points", "total", "level", "grade", "hours", "stars"}


def test_tasks_are_taken_given_back_and_full(world, helper):
    one = task(world)
    assert actions.take(by=helper, task=one.pk) == actions.take(by=helper, task=one.pk)
    other = world.actor("unit")
    with pytest.raises(NotFound):  # has not reported in
        actions.take(by=other, task=one.pk)
    actions.report_in(by=other, community=COMMUNITY, home="演示单位")
    with pytest.raises(Invalid):
        actions.take(by=other, task=one.pk)
    actions.give_back(by=helper, task=one.pk)
    actions.take(by=other, task=one.pk)
    actions.cancel_task(by=world.worker, task=one.pk, why="雪停了")
    with pytest.raises(Changed):
        actions.cancel_task(by=world.worker, task=one.pk, why="雪停了")
    with pytest.raises(Invalid):
        actions.take(by=helper, task=one.pk)


@pytest.mark.parametrize(
    "change", [{"needed": 0}, {"needed": 201}, {"half": "night"}, {"title": ""}, {"day": None}]
)
def test_a_task_that_cannot_be_is_refused(world, change):
    if "day" in change:
        change = {"day": clock.today() - timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        task(world, **change)
    assert set(refused.value.fields) == set(change)


def test_half_days_are_forgotten_when_over(world, helper):
    day = clock.today()
    actions.offer_halves(by=helper, community=COMMUNITY, halves=[(day, "morning")])
    with pytest.raises(Invalid):
        actions.offer_halves(
            by=helper, community=COMMUNITY, halves=[(day - timedelta(days=1), "morning")]
        )
    assert FreeHalf.objects.count() == 1
    privacy.purge(clock.now() + timedelta(days=1))
    assert not FreeHalf.objects.exists()


def test_reporting_in_twice_is_refused_and_stopping_gives_all_back(world, helper):
    with pytest.raises(Invalid):
        actions.report_in(by=helper, community=COMMUNITY, home="又一家")
    one = task(world)
    actions.take(by=helper, task=one.pk)
    actions.stop(by=helper, community=COMMUNITY)
    assert not Taken.objects.exists()
    with pytest.raises(NotFound):
        actions.stop(by=helper, community=COMMUNITY)


def test_a_letter_says_what_the_person_asked_and_goes_nowhere(world, helper, desk):
    letter = actions.ask_letter(by=helper, community=COMMUNITY, words="教老人用手机一次。")
    with pytest.raises(Invalid):
        actions.ask_letter(by=helper, community=COMMUNITY, words="再来一封")
    browser = desk("resident")
    there = f"{HERE}letter/{letter.pk}/"
    assert browser.get(there).status_code == 404
    with pytest.raises(Invalid):
        actions.answer_letter(by=world.worker, letter=letter.pk, issue=False)
    actions.answer_letter(by=world.worker, letter=letter.pk, issue=True)
    browser = desk("resident")
    assert browser.get(there).content.startswith(b"%PDF")
    assert desk("unit").get(there).status_code == 404


def test_the_page_does_it_all(desk, world):
    browser = desk("resident")
    assert browser.get(HERE).status_code == 200
    assert browser.post(HERE, {"do": "report_in", "home": ""}).status_code == 422
    assert browser.post(HERE, {"do": "report_in", "home": "区统计局"}).status_code == 302
    one = task(world)
    assert browser.post(HERE, {"do": "take", "task": str(one.pk)}).status_code == 302
    assert "您来" in browser.get(HERE).text
    day = (clock.today() + timedelta(days=2)).isoformat()
    assert browser.post(HERE, {"do": "halves", "halves": [f"{day}.evening"]}).status_code == 302
    assert browser.post(HERE, {"do": "letter", "words": ""}).status_code == 422
    assert browser.post(HERE, {"do": "letter", "words": "来过一次"}).status_code == 302
    assert browser.post(HERE, {"do": "nonsense"}).status_code == 404
    office = desk("worker")
    page = office.get("/office/partners/seconded/")
    assert "来过一次" in page.text
    assert "晚上" in page.text
    letter = Letter.objects.get()
    sent = {"do": "decline", "thing": str(letter.pk), "words": ""}
    assert office.post("/office/partners/seconded/", sent).status_code == 422
    assert desk("resident").post(HERE, {"do": "stop"}).status_code == 302


def test_deletion_ends_help_and_waits_for_an_agreement(world, helper):
    actions.take(by=helper, task=task(world).pk)
    row = world.application()
    rights.erase_rows(helper.person, helper)
    row.refresh_from_db()
    assert (row.state, row.person, row.contact_phone, row.contact_name) == (
        "withdrawn",
        None,
        None,
        "",
    )
    assert not Secondment.objects.exists()
    assert not Taken.objects.exists()
    agreement = world.agreement(kind="person", organisation_name="")
    assert privacy.refuse(agreement.partner.person_id)
    assert not privacy.refuse(helper.person)
