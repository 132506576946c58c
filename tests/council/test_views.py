"""Pages of the council: few statements, words beside the fields, nothing of the reporter."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.council.conftest import line

from liren.base import clock
from liren.council import actions
from liren.council.models import Claim, Item, Opening, Pledge
from liren.demo.community import COMMUNITY
from liren.matters.models import Matter
from liren.organisation.models import Post
from liren.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def liaison(client, school):
    """Sign in as the school's liaison."""
    account = Account.objects.create_user("liaison", person_id=school[1].person)
    client.force_login(account)
    return client


def test_the_office_adds_an_institution_and_its_lists(desk):
    client = desk("worker")
    answer = client.post(
        reverse("council:member_new"), {"name": "新来的医院", "kind": "institution"}
    )
    assert answer.status_code == 302
    post = Post.objects.get(type="institution")
    there = reverse("council:item_new", args=[post.organisation_id]) + "?listed=need"
    wrong = {"title": "讲台", "kind": "equipment", "capacity": "0", "starts": "2026-01-01"}
    refused = client.post(there, wrong)
    assert refused.status_code == 422
    assert "讲台" in refused.text
    day = clock.today().isoformat()
    bad = client.post(there, {**wrong, "capacity": "1", "starts": day, "ends": "2020-01-01"})
    assert bad.status_code == 422
    assert client.post(there, {**wrong, "capacity": "1", "starts": day}).status_code == 302
    assert Item.objects.get().listed == "need"
    again = client.post(reverse("council:member_new"), {"name": "新来的医院", "kind": "social"})
    assert again.status_code == 422


def test_a_promise_from_a_suggestion_to_the_sheet(desk, school, hospital, actor):
    need = actions.add_item(
        by=hospital[1],
        organisation=hospital[0].pk,
        listed="need",
        line=line(title="要一间教室", capacity=20),
    )
    hall = actions.add_item(by=school[1], organisation=school[0].pk, listed="resource", line=line())
    client = desk("worker")
    page = client.get(reverse("council:overview"))
    (fit,) = page.context["fits"]
    assert "同为场地" in fit["reasons"]
    form = client.get(fit["url"])
    start = form.context["form"].initial
    sent = {key: str(value) for key, value in start.items()}
    answer = client.post(reverse("council:promise"), {**sent, "due": clock.today().isoformat()})
    assert answer.status_code == 302
    row = Pledge.objects.get()
    assert (row.need, row.resource, row.amount) == (need, hall, 20)
    refused = client.post(answer["Location"], {"do": "confirm", "seen": "1"})
    assert refused.status_code == 403
    late = client.post(answer["Location"], {"do": "withdraw", "seen": "9", "words": "算了"})
    assert late.status_code == 409
    year = client.get(reverse("council:year"))
    for one in year.context["lines"]:
        for count, url in one["figures"]:
            assert client.get(url).context["count"] == count
    sheet = client.get(reverse("council:year_sheet"))
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.values)
    assert ("测试小学", 1, 0, 0, 0, 0) in rows


def test_the_liaison_takes_on_a_matter_without_seeing_the_report(liaison, school, need, actor):
    matter = need("三楼楼道灯不亮，我是302的")
    actions.open_to_institutions(by=actor("worker"), matter=matter.pk, words="换一盏楼道灯")
    home = liaison.get(reverse("council_field:home"))
    assert "换一盏楼道灯" in home.text
    there = reverse("council_field:claim", args=[Opening.objects.get().pk])
    page = liaison.get(there)
    for text in (home.text, page.text):
        assert "302" not in text
        assert matter.number not in text
        assert "1单元" not in text
    assert liaison.get(f"/field/matters/{matter.pk}/").status_code == 404
    assert liaison.post(there, {"words": ""}).status_code == 422
    assert liaison.post(there, {"words": "明天派电工"}).status_code == 302
    assert liaison.post(there, {"words": "再来"}).status_code == 409
    assert Claim.objects.count() == 1
    assert liaison.get("/field/").status_code == 200


def test_an_institution_with_something_open_is_listed_what(desk, promised, school):
    client = desk("worker")
    there = reverse("council:member", args=[school[0].pk])
    refused = client.post(there, {"do": "leave", "words": "搬走了"})
    assert refused.status_code == 422
    assert "借报告厅办急救培训" in refused.text


def test_whoever_is_no_liaison_finds_nothing(desk, promised):
    for role in ("unit", "department"):
        assert desk(role).get(reverse("council_field:home")).status_code == 404
        assert (
            desk(role).get(reverse("council_field:pledge", args=[promised.pk])).status_code == 404
        )


@pytest.mark.parametrize("view", ["council:overview", "council:pledges", "council:year"])
def test_as_many_statements_for_three_as_for_one(desk, school, hospital, actor, view):
    def more(n):
        for who, listed in ((school, "resource"), (hospital, "need")):
            actions.add_item(
                by=who[1],
                organisation=who[0].pk,
                listed=listed,
                line=line(title=f"{n}", capacity=n + 1),
            )
        actions.promise(
            by=school[1],
            giver=school[0].pk,
            receiver=hospital[0].pk,
            what=f"{n}",
            due=clock.today() + timedelta(days=n),
        )

    client = desk("worker")

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(view)).status_code == 200
        return len(captured)

    more(0)
    statements()
    one = statements()
    more(1)
    more(2)
    assert statements() == one


def test_another_communitys_council_is_not_there(desk):
    assert desk("worker").get(reverse("council:overview") + "?at=220103008004").status_code == 404
    assert desk("officer").get(f"{reverse('council:overview')}?at={COMMUNITY}").status_code == 200


@pytest.mark.parametrize("year", ["²0²6", "02024999", "1" * 5000])
def test_a_year_that_is_none_is_no_fault(desk, promised, year):
    for view in ("council:pledges", "council:year"):
        assert desk("worker").get(reverse(view), {"year": year}).status_code == 200


def test_what_is_taken_back_or_became_a_complaint_is_not_told(liaison, school, need, actor):
    def opened(words):
        row = need(words)
        actions.open_to_institutions(by=actor("worker"), matter=row.pk, words=words)
        found = Opening.objects.get(matter=row)
        return row, reverse("council_field:claim", args=[found.pk])

    first, there = opened("换一盏楼道灯")
    assert liaison.get(there).status_code == 200
    actions.close_to_institutions(by=actor("worker"), matter=first.pk)
    assert liaison.get(there).status_code == 404
    second, there = opened("修一修楼门")
    Matter.objects.filter(pk=second.pk).update(shielded=True)
    assert liaison.get(there).status_code == 404
    assert "修一修楼门" not in liaison.get(reverse("council_field:home")).text
