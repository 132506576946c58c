"""The pages of meetings, branches, demands and orders: kept, refused with the right status, and no
dearer with three rows than with one.
"""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.forms.test_forms import empty_form
from tests.meetings.conftest import branch, held, meeting, plan  # noqa: F401 -- fixtures

from liren.base import clock
from liren.branches import actions as branches
from liren.branches.models import Branch, Task
from liren.demands import actions as demands
from liren.demands.models import Demand, Order
from liren.demo.community import COMMUNITY, Builder
from liren.forms.models import Form
from liren.meetings import actions as meetings
from liren.meetings.models import Meeting
from liren.organisation import shipped
from liren.organisation.enums import PostKind
from liren.organisation.models import Line, LineStep
from liren.organisation.queries import line_for, steps_of
from liren.people.models import Account
from liren.territory.models import Place

pytestmark = pytest.mark.django_db


def cost(client, address):
    client.get(address)  # what is read once a process is read
    with CaptureQueriesContext(
        connection,
    ) as found:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(found)


def in_days(n):
    return (clock.today() + timedelta(days=n)).isoformat()


# -- meetings ----------------------------------------------------------------------------------


def test_a_meeting_called_at_the_desk(desk, demo, branch):  # noqa: F811
    client = desk("secretary")
    address = reverse("meetings:new")
    sent = {
        "organisation": str(branch.pk),
        "post": str(demo.posts["secretary"].pk),
        "kind": "branch",
        "title": "支部会",
        "starts": f"{in_days(5)}T14:00",
        "venue": "社区",
        "agenda": "一\n二",
        "quorum": "2/3",
        "notice_days": "3",
    }
    for changes in ({"starts": "tomorrow"}, {"title": ""}, {"starts": "2020-01-01T10:00"}):
        answer = client.post(address, {**sent, **changes})
        assert answer.status_code == 422
        assert "支部会" in answer.content.decode() or not changes.get("title", "x")
    assert client.post(address, sent).status_code == 302
    row = Meeting.objects.get()
    assert (row.quorum_of, row.quorum_in, row.quorum_more) == (2, 3, False)
    assert row.starts.astimezone(clock.SHANGHAI).hour == 14


def test_two_recorders_the_second_gets_409_with_both_texts(desk, held):  # noqa: F811
    row = held()
    client = desk("worker")
    address = reverse("meetings:minutes", args=[row.pk])
    assert client.post(address, {"text": "甲写的", "seen": "0"}).status_code == 302
    answer = client.post(address, {"text": "乙写的", "seen": "0"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "甲写的" in page
    assert "乙写的" in page
    assert 'name="seen" value="1"' in page
    assert client.post(address, {"text": "", "seen": "1"}).status_code == 422


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999", "７"])
def test_a_garbled_version_is_a_conflict_not_a_fault(desk, held, seen):  # noqa: F811
    row = held()
    client = desk("secretary")
    for name in ("attendance", "confirm", "call_off"):
        answer = client.post(reverse(f"meetings:{name}", args=[row.pk]), {"seen": seen})
        assert answer.status_code in (409, 422), name


def test_notice_and_minutes_on_paper(desk, held, actor):  # noqa: F811
    row = held()
    client = desk("secretary")
    paper = reverse("meetings:print", args=[row.pk, "minutes"])
    assert client.get(paper).status_code == 404
    meetings.save_minutes(by=actor("secretary"), meeting=row.pk, text="#import \\ [x]", seen=0)
    for what in ("notice", "minutes"):
        answer = client.get(reverse("meetings:print", args=[row.pk, what]))
        assert answer.content.startswith(b"%PDF")


def test_members_only_is_not_found_for_others(client, meeting):  # noqa: F811
    closed, public = meeting(), meeting(public=True, title="公开会")
    page = client.get(f"/c/{COMMUNITY}/meetings/").content.decode()
    assert "公开会" in page
    assert closed.title not in page
    assert client.get(f"/c/{COMMUNITY}/meetings/{public.pk}/").status_code == 200
    assert client.get(f"/c/{COMMUNITY}/meetings/{closed.pk}/").status_code == 404


def test_drafts_are_not_read_by_the_public(client, held, actor):  # noqa: F811
    row = held(public=True)
    meetings.save_minutes(by=actor("secretary"), meeting=row.pk, text="还没定的话", seen=0)
    page = client.get(f"/c/{COMMUNITY}/meetings/{row.pk}/").content.decode()
    assert "还没定的话" not in page


def test_drafts_are_read_by_who_keeps_the_meeting(desk, held, actor, demo):  # noqa: F811
    """A branch secretary of another grid reads a public meeting at the desk, not its drafts."""
    row, by = held(public=True), actor("secretary")
    meetings.save_minutes(by=by, meeting=row.pk, text="还没定的话", seen=0)
    other = Place.objects.filter(community=COMMUNITY, level="grid").order_by("code").last()
    assert not row.place_code.startswith(other.code)
    builder = Builder()
    builder.count = 950
    person = builder.person()
    builder.post(other, PostKind.PARTY_BRANCH, "另一支部书记", person)
    client = Client()
    client.force_login(Account.objects.create_user("other-branch", person=person))
    here = reverse("meetings:one", args=[row.pk])
    paper = reverse("meetings:print", args=[row.pk, "minutes"])
    page = client.get(here)
    assert page.status_code == 200
    assert "还没定的话" not in page.content.decode()
    assert client.get(paper).status_code == 404
    assert "还没定的话" in desk("secretary").get(here).content.decode()
    row.refresh_from_db()
    members = list(row.members.values_list("post", flat=True))
    meetings.record(by=by, meeting=row.pk, present=members, seen=row.version)
    meetings.confirm_minutes(by=by, meeting=row.pk, seen=1)
    assert "还没定的话" in client.get(here).content.decode()
    assert client.get(paper).status_code == 200


def test_a_time_no_clock_shows_is_mistyped_not_a_fault(desk, branch):  # noqa: F811
    sent = {"title": "会", "starts": "0001-01-01T00:00+14:00"}
    assert desk("secretary").post(reverse("meetings:new"), sent).status_code == 422


# -- lists cost the same -----------------------------------------------------------------------


def test_lists_cost_the_same_for_one_and_three(desk, actor, demo, meeting):  # noqa: F811
    by = actor("secretary")
    client = desk("secretary")

    def more():
        meeting()
        row = branches.register(
            by=by, place=demo.community.pk, name=f"支部{Branch.objects.count()}"
        )
        branches.offer(
            by=by,
            place=demo.community.pk,
            title="清雪",
            due=clock.today(),
            receiver=demo.posts["building"].pk,
            branch=row.pk,
        )
        demands.enter(
            by=by,
            community=COMMUNITY,
            asked=demands.Asked(asked_by="某局", title="表", since=clock.today()),
        )
        demands.give_order(
            by=by,
            to_post=demo.posts["grid"].pk,
            text="请办",
            due=clock.today(),
            community=COMMUNITY,
        )

    addresses = [
        reverse(name)
        for name in (
            "meetings:overview",
            "branches:overview",
            "branches:tasks",
            "demands:overview",
            "demands:orders",
        )
    ]
    more()
    first = [cost(client, a) for a in addresses]
    more()
    more()
    assert [cost(client, a) for a in addresses] == first
    assert max(first) <= 20


# -- branches ----------------------------------------------------------------------------------


def test_a_branch_registered_changed_and_a_task_moved_by_hand(desk, demo):
    client = desk("secretary")
    grid = demo.posts["grid"].place
    sent = {"place": str(grid.pk), "name": "一支部", "duties": "甲\n乙"}
    assert client.post(reverse("branches:new"), {**sent, "name": ""}).status_code == 422
    assert client.post(reverse("branches:new"), sent).status_code == 302
    row = Branch.objects.get()
    here = reverse("branches:one", args=[row.pk])
    assert client.post(here, {"name": "二支部", "duties": "丙", "seen": "1"}).status_code == 302
    late = client.post(here, {"name": "三支部", "duties": "丁", "seen": "1"})
    assert late.status_code == 409
    assert "丙" in late.content.decode()
    assert "丁" in late.content.decode()
    task = {
        "title": "清雪",
        "place": str(grid.pk),
        "due": in_days(3),
        "receiver": str(demo.posts["building"].pk),
    }
    assert client.post(reverse("branches:task_new"), {**task, "due": "soon"}).status_code == 422
    assert client.post(reverse("branches:task_new"), task).status_code == 302
    one = Task.objects.get()

    def act(verb, **sent):
        one.refresh_from_db()
        sent.setdefault("seen", str(one.version))
        return client.post(reverse("branches:act", args=[one.pk, verb]), sent).status_code

    assert act("claim", branch="nobody") == 422
    assert act("claim", branch=str(row.pk)) == 302
    assert act("finish", words="") == 422
    assert act("finish", words="好了", seen="1") == 409
    assert act("finish", words="好了") == 302
    assert act("confirm") == 403
    assert act("dance") == 404
    client = desk("building")
    page = client.get(reverse("branches:task", args=[one.pk])).content.decode()
    assert "确认已完成" in page
    assert act("confirm") == 302
    assert desk("unit").get(reverse("branches:task", args=[one.pk])).status_code == 404


def test_a_community_puts_the_other_published_form_into_force(desk, demo):
    client = desk("secretary")
    here = reverse("network:line", args=["party"]) + f"?at={COMMUNITY}"
    page = client.get(here).content.decode()
    forms = shipped.FORMS["party"]
    assert all(names[0] in page for names in forms.values())
    address = f"{here}&form=building"
    begin = client.get(address).context["rows"]
    kinds = [row.initial["type"] for row in begin if row.initial]
    assert kinds == [kind for kind, _ in forms["building"][2]]
    sent = {
        "name": "党组织线",
        "most_posts": "2",
        "form-INITIAL_FORMS": "4",
        "form-TOTAL_FORMS": "6",
    }
    for n, (kind, everywhere) in enumerate(forms["building"][2]):
        sent[f"form-{n}-type"] = str(kind)
        if everywhere:
            sent[f"form-{n}-everywhere"] = "on"
    assert client.post(address, sent).status_code == 302
    line = line_for(COMMUNITY, "party")
    assert line is not None
    assert line.community == COMMUNITY
    found = [(s.type_id, s.everywhere, s.level) for s in steps_of(line)]
    assert found[0] == ("party_household", False, "household")
    assert [kind for kind, _, _ in found] == [str(k) for k, _ in forms["building"][2]]
    # The shipped line, and with it every other community's, is as it was.
    plain = Line.objects.get(code="party", community="")
    assert LineStep.objects.filter(line=plain, ends__isnull=True).count() == 4
    assert client.get(reverse("network:overview") + "?line=party").status_code == 200


# -- demands -----------------------------------------------------------------------------------


def demand_form(**changes):
    return {
        "community": COMMUNITY,
        "asked_by": "区某局",
        "title": "月报表",
        "what": "form",
        "since": in_days(0),
        "often": "monthly",
        "hours": "1.5",
        "money": "1,200.50",
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [{"money": "1.234"}, {"money": "很多"}, {"since": "x"}, {"hours": "-1"}, {"what": "gift"}],
)
def test_what_is_mistyped_is_shown_again_and_nothing_is_kept(desk, demo, changes):
    answer = desk("worker").post(reverse("demands:new"), demand_form(**changes))
    assert answer.status_code == 422
    assert "月报表" in answer.content.decode()
    assert not Demand.objects.exists()


def test_a_demand_through_the_pages(desk, demo):
    client = desk("worker")
    assert client.post(reverse("demands:new"), demand_form()).status_code == 302
    row = Demand.objects.get()
    assert (row.money, row.minutes) == (120_050, 90)

    def act(verb, client=client, **sent):
        row.refresh_from_db()
        sent.setdefault("seen", str(row.version))
        return client.post(reverse("demands:act", args=[row.pk, verb]), sent)

    assert act("accept", words="好").status_code == 403
    client = desk("secretary")
    no_article = act("decline", client, words="清单外", on_duty_list="no")
    assert no_article.status_code == 422
    assert "清单外" in no_article.content.decode()
    assert act("ask-back", client, words="依据呢").status_code == 302
    assert act("answer", client, words="某通知").status_code == 302
    assert act("accept", client, words="好", seen="1").status_code == 409
    assert act("accept", client, words="好").status_code == 302
    there = reverse("demands:arrived", args=[row.pk])
    came = {"kind": "money", "amount": "200.5", "on": in_days(0)}
    assert client.post(there, {**came, "amount": "两百"}).status_code == 422
    assert client.post(there, {**came, "on": in_days(2)}).status_code == 422
    assert client.post(there, came).status_code == 302
    assert row.arrivals.get().amount == 20_050
    sheet = client.get(reverse("demands:sheet"), {"state": "owed"})
    cells = openpyxl.load_workbook(io.BytesIO(sheet.content)).active
    values = [cell.value for cell in cells[2]]
    assert "月报表" in values
    assert 1200.5 in values
    assert 200.5 in values
    page = desk("officer").get(reverse("demands:overview")).content.decode()
    assert "¥1,200.50" in page
    assert demo.community.name in page


@pytest.mark.parametrize("query", ["state=gone", "what=gift", "state=' OR 1=1"])
def test_unknown_filters_are_not_found(desk, demo, query):
    assert desk("worker").get(f"/office/demands/?{query}").status_code == 404


def test_a_form_from_above_leads_to_the_access_check(desk):
    client = desk("worker")
    file = SimpleUploadedFile("养犬月报.xlsx", empty_form())
    client.post(reverse("forms:new"), {"file": file, "source": "matters"})
    page = client.get(reverse("forms:overview")).content.decode()
    key = str(Form.objects.get().key)
    assert f"/office/demands/new/?form={key}" in page
    shown = client.get(reverse("demands:new"), {"form": key, "title": "养犬月报"})
    assert "养犬月报" in shown.content.decode()


# -- orders ------------------------------------------------------------------------------------


def test_an_order_from_the_matters_page_to_its_answer(desk, demo, need):
    matter = need()
    client = desk("secretary")
    page = client.get(reverse("matters_office:matter", args=[matter.pk])).content.decode()
    address = reverse("demands:order_new") + f"?matter={matter.pk}"
    assert address in page
    sent = {"to_post": str(demo.posts["unit"].pk), "text": "三日内答复", "due": in_days(3)}
    assert client.post(address, {**sent, "due": in_days(-3)}).status_code == 422
    assert client.post(address, sent).status_code == 302
    order = Order.objects.get()
    client = desk("unit")
    here = reverse("demands:order", args=[order.pk])
    assert "三日内答复" in client.get(here).content.decode()
    assert client.get(reverse("demands:order_print", args=[order.pk])).content.startswith(b"%PDF")
    answer = reverse("demands:order_act", args=[order.pk, "answer"])
    assert client.post(answer, {"words": "", "seen": "1"}).status_code == 422
    assert client.post(answer, {"words": "好了", "seen": "1"}).status_code == 302
    assert client.post(answer, {"words": "好了", "seen": "1"}).status_code == 409
    client = desk("secretary")
    back = reverse("demands:order_act", args=[order.pk, "send-back"])
    assert client.post(back, {"words": "还差", "seen": "2", "due": "x"}).status_code == 422
    assert client.post(back, {"words": "还差", "seen": "2", "due": in_days(4)}).status_code == 302
    assert desk("building").get(here).status_code == 404


@pytest.mark.parametrize("query", ["at=%00", "at=%C2%B2", "at=x"])
@pytest.mark.parametrize("page", ["", "sheet/"])
def test_a_community_that_is_no_code_is_not_found(desk, demo, query, page):
    assert desk("worker").get(f"/office/demands/{page}?{query}").status_code == 404


def test_a_sheet_of_an_unknown_state_is_not_found_and_a_long_year_no_fault(desk, demo):
    client = desk("worker")
    assert client.get("/office/demands/sheet/?state=%00").status_code == 404
    assert client.get("/office/demands/?year=" + "1" * 5000).status_code == 200
    there = "/office/orders/new/?at=" + COMMUNITY[:-1] + "%00"
    assert desk("officer").get(there).status_code == 422
