"""The desk's list and board: filters, pages, and a constant number of statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.territory.models import PlaceSet

pytestmark = pytest.mark.django_db


def statements(client, url):
    """Return the statements of a page, without those the test's own transaction adds."""
    client.get(url)  # what is loaded once is loaded
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in caught if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("name", ["office:board", "matters_office:list"])
def test_as_many_statements_for_three_matters_as_for_one(desk, need, name):
    client = desk("worker")
    url = reverse(name)
    need()
    one = statements(client, url)
    need()
    need("水管漏水", key=None)
    three = statements(client, url)
    assert len(one) == len(three)
    assert len(three) <= 12, three


def test_the_list_says_when_nothing_fits(desk, need):
    need()
    page = desk().get(reverse("matters_office:list"), {"status": "closed"})
    assert page.status_code == 200
    assert "没有" in page.text or "Nothing fits" in page.text


def listed(client, **filters):
    page = client.get(reverse("matters_office:list"), filters)
    assert page.status_code == 200
    return {row.matter.pk for row in page.context["rows"]}


def test_every_filter_narrows_and_stays_in_the_address(desk, need, demo, actor):
    from liren.matters import actions

    light = need("三楼楼道灯不亮")
    door = need("单元门关不上", key="upkeep.door")
    other = need("垃圾没人清", key="cleaning.rubbish", shielded=True)
    client = desk("worker")
    actions.accept(by=actor("worker"), matter=door.pk)
    assert listed(client) == {light.pk, door.pk, other.pk}
    assert listed(client, status="handling") == {door.pk}
    assert listed(client, category="upkeep") == {light.pk, door.pk}
    assert listed(client, category="upkeep.door") == {door.pk}
    assert listed(client, shielded="on") == {other.pk}
    assert listed(client, holder=str(demo.posts["worker"].pk)) == {door.pk}
    assert listed(client, place=demo.unit.code) == {light.pk, door.pk, other.pk}
    assert listed(client, place="220103008003002") == set()
    assert listed(client, origin="phone") == set()
    assert listed(client, q="关不上") == {door.pk}
    assert listed(client, q="灯") == {light.pk}
    assert listed(client, q="道灯 三楼") == {light.pk}
    assert listed(client, q="灯门") == set()
    assert listed(client, q=light.number) == {light.pk}
    assert listed(client, view="overdue") == set()
    assert listed(client, since="2020-01-01", until="2020-01-02") == set()
    compound = demo.unit.parent.sets.get()
    assert listed(client, compound=str(compound.pk)) == {light.pk, door.pk, other.pk}


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense"},
        {"place": "' OR 1=1"},
        {"holder": "1"},
        {"since": "yesterday"},
        {"after": "x_y"},
        {"after": "1e400_" + "0" * 32},
        {"q": "<script>" * 20},
        {"sort": "-text"},
        {"view": "secret"},
        {"q": "\x00\u202e"},
    ],
)
def test_an_address_somebody_played_with_breaks_nothing(desk, need, query):
    need()
    assert desk("worker").get(reverse("matters_office:list"), query).status_code == 200


@pytest.mark.parametrize("sort", ["-reported", "reported", "due", "-due"])
def test_pages_follow_each_other_without_gap_or_repeat(desk, need, monkeypatch, sort):
    from liren.matters import desk as reads

    monkeypatch.setattr(reads, "PAGE", 3)
    made = [need().pk for _ in range(8)]
    client = desk("worker")
    seen, after, before = [], "", ""
    for _ in range(4):
        page = client.get(
            reverse("matters_office:list"), {"sort": sort, **({"after": after} if after else {})}
        ).context["page"]
        seen += [m.pk for m in page.rows]
        before, after = page.newer, page.older
        if not after:
            break
    assert sorted(seen) == sorted(made)
    back = client.get(reverse("matters_office:list"), {"sort": sort, "before": before})
    assert [m.pk for m in back.context["page"].rows] == seen[3:6]


def test_several_are_accepted_at_once_and_who_was_faster_is_respected(desk, need, actor):
    from liren.matters import actions
    from liren.matters.models import Matter

    one, two, gone = need(), need(), need()
    picks = [f"{m.pk}:{m.version}" for m in (one, two, gone)] + ["nonsense", f"{one.pk}"]
    actions.pass_up(by=actor("unit"), matter=gone.pk, words="修不了")
    client = desk("worker")
    answer = client.post(
        reverse("matters_office:accept_many"),
        {"pick": picks, "back": "/office/matters/?view=inbox"},
    )
    assert answer["Location"] == "/office/matters/?view=inbox"
    assert Matter.objects.filter(status="handling").count() == 2
    away = client.post(
        reverse("matters_office:accept_many"), {"pick": [], "back": "https://evil.example/"}
    )
    assert away["Location"] == reverse("matters_office:list")


def test_the_board_counts_what_its_lists_show(desk, need, demo, actor):
    from datetime import timedelta

    from liren.base import clock
    from liren.matters import actions

    need()
    mine = need("水管漏水")
    actions.assign(by=actor("worker"), matter=mine.pk, to=demo.posts["worker"].pk)
    checked = need("单元门坏了", key="upkeep.door")
    actions.handle(by=actor("worker"), matter=checked.pk, words="好了")
    client = desk("worker")
    with clock.freeze(clock.now() + timedelta(days=9)):
        columns = client.get(reverse("office:board")).context["columns"]
        for column in columns:
            page = client.get(column["url"])
            assert page.context["page"].count == int(column["count"]), column["title"]
    by_title = {str(c["title"]): int(c["count"]) for c in columns}
    assert sorted(by_title.values()) == [0, 0, 1, 1, 1, 3]


def test_g7_whoever_it_is_about_sees_it_on_no_list_and_no_board(desk, need, demo, actor):
    secret = need("书记占用车位", key=None, about_posts=(demo.posts["worker"].pk,), shielded=True)
    client = desk("worker")
    assert listed(client) == set()
    assert all(c["count"] == "0" for c in client.get(reverse("office:board")).context["columns"])
    assert client.get(reverse("matters_office:matter", args=[secret.pk])).status_code == 404


def test_places_are_offered_by_pinyin_and_lead_to_the_list(desk, demo):
    client = desk("worker")
    page = client.get(
        reverse("matters_office:places"),
        {"at": "1号楼"},
        headers={"hx-current-url": "http://testserver/office/matters/?status=open"},
    )
    assert "status=open&amp;place=" in page.text
    assert client.get(reverse("matters_office:places")).status_code == 200
    listing = client.get(reverse("matters_office:list"), {"at": "1号楼"})
    assert "place=" in listing.text


def test_a_place_that_was_typed_never_leaves_the_list_as_it_is(desk, need, demo):
    """Without script: one place narrows, several are offered, none is said; nothing unfiltered."""
    matter = need()
    client = desk("worker")
    address = reverse("matters_office:list")
    one = client.get(address, {"at": str(demo.unit), "status": "open", "place": "2201"})
    assert one.status_code == 302
    assert one["Location"] == f"{address}?status=open&place={demo.unit.code}"
    page = client.get(one["Location"])
    assert {row.matter.pk for row in page.context["rows"]} == {matter.pk}
    assert [chip["label"] for chip in page.context["chips"]] == [str(demo.unit)]
    compound = PlaceSet.objects.filter(kind="compound").first()
    named = client.get(address, {"at": compound.name})
    assert named["Location"] == f"{address}?compound={compound.pk}"
    several = client.get(address, {"at": "1号楼"})
    assert several.status_code == 200
    assert "请选一个地方" in several.text
    assert several.context["rows"] == []
    assert "place=" in several.text
    assert matter.number not in several.text
    for words in ("没有这样的地方", "\x00", "'; --"):
        none = client.get(address, {"at": words})
        assert none.status_code == 200
        if words.strip("\x00"):
            assert none.context["rows"] == []
            assert "没有这个地方" in none.text
            assert matter.number not in none.text


def test_a_tickets_own_number_is_found_also_with_letters(desk, demo, actor, need):
    from liren.matters import actions

    need("电梯 CC20261120A 坏了")
    taken = actions.take_tickets(
        by=actor("worker", home=""),
        community=demo.community.code,
        system="12345",
        tickets=[
            actions.Ticket(number="CC20261120A", text="楼道灯不亮", place=demo.unit),
            actions.Ticket(number="20261120001", text="门不关", place=demo.unit),
        ],
    )
    by_number = {matter.external_number: matter for matter in taken.new}
    first, second = by_number["CC20261120A"], by_number["20261120001"]
    client = desk("worker")
    assert listed(client, q="CC20261120A") == listed(client, q="cc20261120a") == {first.pk}
    assert listed(client, q="20261120001") == {second.pk}
