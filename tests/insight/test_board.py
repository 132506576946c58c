"""The core's board: every figure is the length of its list, nobody is ranked, few statements."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.base import clock
from liren.council import actions
from liren.demo.community import COMMUNITY, TRACK
from liren.insight.views.board import _convene
from liren.matters import actions as matters
from liren.matters import desk as board_desk
from liren.matters.forms.office import HiddenListForm, ListForm
from liren.matters.models import Matter
from liren.matters.views.office import list as listing
from liren.organisation import actions as organisations
from liren.organisation.models import Post
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
BOARD = "insight:board"


@pytest.fixture
def busy(demo, actor, need):
    """Matters in several states, promises in several states, gaps in the network."""
    need()
    need("没说是什么", key="")
    late = need("垃圾没人清", key="cleaning.rubbish")
    Matter.objects.filter(pk=late.pk).update(due=clock.now() - timedelta(days=1))
    held = need("屋面漏", key="upkeep.leak")
    matters.accept(by=actor("worker"), matter=held.pk)
    matters.suspend(by=actor("worker"), matter=held.pk, cause="season", words="等开春")
    called = need("占道", key="order.parking")
    matters.whistle(
        by=actor("worker"), matter=called.pk, called=demo.posts["department"].pk, words="请到场"
    )
    matters.dispute(by=actor("department"), matter=called.pk, words="不归我们")
    need("投诉楼栋长", shielded=True, about_posts=(demo.posts["building"].pk,))
    promise(demo, actor, "一")
    return demo


def promise(demo, actor, what):
    name = f"单位{what}"
    body = organisations.register_organisation(
        by=actor("worker"), community=COMMUNITY, kind="institution", name=name
    )
    organisations.open_liaison(by=actor("worker"), organisation=body.pk, type="institution")
    return actions.promise(
        by=actor("worker"),
        giver=body.pk,
        receiver=demo.committee.pk,
        what=what,
        due=clock.today(),
        place=COMMUNITY + "001",
    )


def behind(actor, url):
    """How many matters the list shows under an address."""
    query = {key: found[0] for key, found in parse_qs(urlsplit(url).query).items()}
    hidden = HiddenListForm(query)
    criteria, _sort, _marks = listing.read(ListForm(query, kinds=listing.kinds(actor)), hidden)
    return board_desk.narrowed(actor, criteria).count()


@pytest.mark.parametrize("role", ["secretary", "officer"])
def test_every_figure_is_the_length_of_its_list(busy, desk, actor, role):
    page = desk(role).get(reverse(BOARD))
    assert page.status_code == 200
    who = actor(role, home="")
    seen = 0
    lines = [page.context["whole"], *page.context["kinds"], *page.context["parts"]]
    for line in lines:
        for name in ("asked", "open", "overdue"):
            assert behind(who, line[f"{name}_url"]) == line[name], (line, name)
            seen += line[name]
    for _label, count, url in page.context["waiting"]:
        assert behind(who, url) == count
        seen += count
    assert seen > 10
    none = [line for line in page.context["kinds"] if "category=none" in line["asked_url"]]
    assert none[0]["asked"] == 1


@pytest.mark.parametrize("role", ["secretary", "officer"])
def test_gaps_and_promises_open_their_lists(busy, desk, role):
    client = desk(role)
    board = client.get(reverse(BOARD))
    for row in board.context["lacking"]:
        there = client.get(row["url"])
        assert len(there.context["gaps"]) == min(row["gaps"], 50), row
    for line in board.context["parts"]:
        there = client.get(line["gaps_url"])
        assert sum(step["gaps"] for step in there.context["steps"]) == line["gaps"]
        assert client.get(line["promised_url"]).context["count"] == line["promised"]
    counted = [one for one in board.context["promises"] if one[2]]
    assert counted
    for _tone, _label, count, url in counted:
        assert client.get(url).context["count"] == count


def test_communities_side_by_side_in_the_order_of_codes(busy, desk):
    street = Place.objects.get(code="220103008")
    for code, name in (("220103008001", "甲"), ("220103008009", "乙")):
        Place.objects.create(
            community=code, code=code, level="community", name=name, parent=street, **TRACK
        )
    page = desk("officer").get(reverse(BOARD))
    names = [line["name"] for line in page.context["parts"]]
    assert names[0] == "甲"
    assert names[-1] == "乙"


def test_no_person_is_named_or_counted(busy, desk, demo):
    """G2: the board knows posts and places."""
    text = desk("secretary").get(reverse(BOARD)).text
    shown = re.sub(r"<[^>]+>", " ", text)
    for name in Post.objects.exclude(terms=None).values_list("terms__person__name", flat=True):
        assert name not in shown
    for word in ("排名", "第一名", "得分", "最差", "最好"):
        assert word not in shown


def test_supervised_from_the_board(busy, desk):
    client = desk("secretary")
    row = next(one for one in client.get(reverse(BOARD)).context["stuck"] if one["supervise"])
    sent = {"words": "请今天说明", "seen": str(row["version"]), "back": reverse(BOARD)}
    answer = client.post(row["supervise"], sent)
    assert answer.status_code == 302
    assert answer["Location"] == reverse(BOARD)


def test_who_can_unstick_it_is_said(busy, desk):
    found = desk("officer").get(reverse(BOARD)).context["stuck"]
    assert len(found) == 3
    assert all(one["who"] and one["why"] for one in found)


def test_an_empty_community_has_a_quiet_board(demo, desk):
    page = desk("secretary").get(reverse(BOARD))
    assert page.status_code == 200
    assert page.context["whole"]["asked"] == 0
    assert page.context["stuck"] == []


@pytest.mark.parametrize("role", ["unit", "worker"])
def test_the_board_is_the_cores(demo, desk, role):
    assert desk(role).get(reverse(BOARD)).status_code == 403


@pytest.mark.parametrize("role", ["secretary", "officer"])
def test_statements_are_few_and_constant(busy, desk, demo, actor, need, role):
    client = desk(role)
    client.get(reverse(BOARD))

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(BOARD)).status_code == 200
        # What opens and ends the transaction is no question asked of the data.
        frame = ("SAVEPOINT", "RELEASE", "SET LOCAL", "SELECT current_setting")
        return [query["sql"] for query in captured if not query["sql"].startswith(frame)]

    one = statements()
    for n in range(3):
        late = need(f"又一件{n}")
        Matter.objects.filter(pk=late.pk).update(due=clock.now() - timedelta(days=2))
        promise(demo, actor, f"再{n}")
    three = statements()
    assert len(three) == len(one), three
    assert len(one) <= 15, "\n".join(s[:150] for s in one)


def test_the_title_of_a_meeting_tells_nothing_of_a_complaint(demo, actor, need):
    told = need("楼道灯不亮")
    hidden = need("投诉楼栋长", shielded=True, about_posts=(demo.posts["building"].pk,))
    assert parse_qs(urlsplit(_convene(actor("secretary"), told)).query)["title"] == [
        f"{told.number} 楼道灯不亮"
    ]
    (title,) = parse_qs(urlsplit(_convene(actor("secretary"), hidden)).query)["title"]
    assert hidden.number in title
    assert "投诉" not in title
