"""Tickets of other systems: taken in once from real files and text, answered, sent back."""

import io
import re
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.demo.community import COMMUNITY
from liren.matters import actions, deadlines, replies
from liren.matters.actions import Ticket
from liren.matters.models import Entry, Matter, Reply
from liren.people.models import Person

pytestmark = pytest.mark.django_db

HEAD = ["工单编号", "诉求人", "联系电话", "事发地址", "诉求内容", "办理时限"]
NEW = "matters_office:hotline_new"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=clock.SHANGHAI)


def workbook(*rows, head=HEAD):
    book = openpyxl.Workbook()
    book.active.append(["12345热线转办单"])
    book.active.append(head)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client, data=None, name="工单.xlsx", **more):
    sent = {"system": "12345", **more}
    if data is not None:
        sent["file"] = SimpleUploadedFile(name, data)
    return client.post(reverse(NEW), sent)


def answers(page, **changes):
    """Return what the preview's form would send as it stands, changed as asked."""
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text).group(1)
    sent = {"sealed": sealed}
    for draft in page.context["drafts"]:
        n = draft.n
        if draft.open:
            sent[f"place-{n}"] = draft.place
            sent[f"number-{n}"] = draft.number
            sent[f"category-{n}"] = draft.category
            if draft.take:
                sent[f"take-{n}"] = "1"
    return {**sent, "confirm": "1", **changes}


def confirm(client, page, **changes):
    return client.post(reverse("matters_office:hotline_take"), answers(page, **changes))


def row(
    number="CC1", address="长山花园 1号楼 1单元 201", text="楼道灯不亮", due="2026-11-25 17:00"
):
    return [number, "赵安宁", "13812345678", address, text, due]


def ticket(place, number="CC1", **more):
    return Ticket(number=number, text="楼道灯不亮", place=place, **more)


@pytest.fixture
def taken(demo, actor):
    """A ticket taken in, with the worker who took it."""

    def make(**more):
        by = actor("worker", home="")
        found = actions.take_tickets(
            by=by, community=COMMUNITY, system="12345", tickets=[ticket(demo.unit, **more)]
        )
        return found.new[0]

    return make


def test_a_sheet_becomes_matters_with_their_own_number_and_limit(desk, demo):
    client = desk("worker")
    rows = row(address=str(demo.unit)), row("CC2", "说不清", "垃圾没人清")
    page = send(client, workbook(*rows))
    assert page.status_code == 200
    first, second = page.context["drafts"]
    assert first.place == demo.unit.code
    assert second.place == ""
    assert "138****5678" in page.text
    assert "13812345678" not in page.text
    assert not Matter.objects.filter(origin="hotline").exists()
    refused = confirm(client, page)
    assert refused.status_code == 422
    assert not Matter.objects.filter(origin="hotline").exists()
    assert confirm(client, page, **{"place-1": COMMUNITY}).status_code == 302
    matter = Matter.objects.get(external_number="CC1")
    assert (matter.origin, matter.external_system) == ("hotline", "12345")
    assert matter.external_due == datetime(2026, 11, 25, 17, tzinfo=clock.SHANGHAI)
    assert matter.place == demo.unit
    assert (matter.contact_name, matter.contact_phone) == ("赵安宁", "13812345678")
    assert matter.category is None  # suggested, never applied by itself (G11)
    assert Matter.objects.get(external_number="CC2").place_code == COMMUNITY


def test_the_number_at_rest_is_encrypted(taken):
    matter = taken(contact_phone="13812345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_phone FROM matters_matter WHERE id = %s", [matter.pk])
        assert b"13812345678" not in bytes(cursor.fetchone()[0])


def test_a_category_is_suggested_with_its_reason_and_taken_up_by_a_person(desk, demo):
    client = desk("worker")
    page = send(client, workbook(row(address=str(demo.unit))))
    draft = page.context["drafts"][0]
    assert draft.category == ""
    assert draft.suggested
    sent = answers(page)
    sent.pop("confirm")
    page = client.post(reverse("matters_office:hotline_take"), {**sent, "adopt": "1"})
    assert page.context["drafts"][0].category == str(draft.understood.kinds[0][0].pk)
    assert not Matter.objects.filter(origin="hotline").exists()
    confirm(client, page)
    assert Matter.objects.get(origin="hotline").category == draft.understood.kinds[0][0]


def test_gbk_csv_with_other_names(desk, demo):
    text = "受理编号,来电人,来电号码,地址,来电内容,截止时间\r\n"
    text += f"007,甲某,13800000001,{demo.unit},门坏了,2026/11/26\r\n"
    page = send(desk("worker"), text.encode("gb18030"), "今日.csv")
    read = page.context["drafts"][0].understood.read
    assert (read.number, read.name, read.text) == ("007", "甲某", "门坏了")
    assert page.context["drafts"][0].place == demo.unit.code


def test_pasted_text_and_pasted_rows(desk, demo):
    client = desk("worker")
    pasted = f"工单编号：P1\n诉求内容：灯坏了\n地址：{demo.unit}\n\n工单编号:P2\n诉求内容：门坏了"
    page = send(client, pasted=pasted)
    assert [d.number for d in page.context["drafts"]] == ["P1", "P2"]
    page = send(client, pasted=f"工单编号\t诉求内容\t地址\nQ1\t灯坏了\t{demo.unit}")
    assert page.context["drafts"][0].place == demo.unit.code


def test_what_is_here_already_is_shown_and_not_taken_twice(desk, demo, taken):
    matter = taken(number="CC1")
    client = desk("worker")
    page = send(client, workbook(row(address=str(demo.unit)), row("CC2", str(demo.unit))))
    first = page.context["drafts"][0]
    assert first.understood.here == matter
    assert matter.number in page.text
    assert not first.open
    assert confirm(client, page, **{"take-0": "1", "place-0": demo.unit.code}).status_code == 302
    assert Matter.objects.filter(external_number="CC1").count() == 1
    assert Matter.objects.filter(external_number="CC2").count() == 1
    again = confirm(client, page)  # the same preview sent twice
    assert again.status_code == 422 or again.status_code == 302
    assert Matter.objects.filter(origin="hotline").count() == 2


def test_the_same_number_twice_in_one_sheet(desk, demo):
    client = desk("worker")
    page = send(client, workbook(row(address=str(demo.unit)), row(address=str(demo.unit))))
    first, second = page.context["drafts"]
    assert first.take
    assert not second.take
    both = confirm(client, page, **{"take-1": "1"})
    assert both.status_code == 422
    assert not Matter.objects.filter(origin="hotline").exists()


def test_the_same_number_of_another_system_is_another_ticket(demo, actor):
    by = actor("worker", home="")
    for system in ("12345", "city"):
        actions.take_tickets(by=by, community=COMMUNITY, system=system, tickets=[ticket(demo.unit)])
    assert Matter.objects.filter(external_number="CC1").count() == 2


def test_a_missing_number_is_asked_for(desk, demo):
    client = desk("worker")
    page = send(client, workbook(row("", str(demo.unit))))
    assert "number" in page.context["drafts"][0].understood.read.wrong
    assert confirm(client, page).status_code == 422
    assert confirm(client, page, **{"number-0": "NEU 1"}).status_code == 302
    assert Matter.objects.get(origin="hotline").external_number == "NEU 1"


def test_a_limit_nobody_understands_is_asked_for(desk, demo):
    client = desk("worker")
    page = send(client, workbook(row(address=str(demo.unit), due="尽快")))
    assert "due" in page.context["drafts"][0].understood.read.wrong
    confirm(client, page, **{"due-0": "2026-12-01T12:00"})
    due = Matter.objects.get(origin="hotline").external_due
    assert due == datetime(2026, 12, 1, 12, tzinfo=clock.SHANGHAI)


def test_finding_another_place_without_script(desk, demo):
    client = desk("worker")
    page = send(client, workbook(row(address="说不清")))
    sent = answers(page, **{"at-0": demo.unit.full_name})
    sent.pop("confirm")
    page = client.post(reverse("matters_office:hotline_take"), {**sent, "find": "0"})
    assert page.status_code == 200
    assert page.context["drafts"][0].place.startswith(demo.unit.code)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "leer.xlsx"),
        (b"PK\x03\x04 broken", "kaputt.xlsx"),
        (b"\x89PNG\r\n\x1a\n", "bild.xlsx"),
        (workbook(head=["a", "b", "c"]), "fremd.xlsx"),
        (workbook(), "ohne.xlsx"),
        (workbook(*[row(str(n)) for n in range(151)]), "viel.xlsx"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_refused_in_words(desk, data, name):
    page = send(desk("worker"), data, name)
    assert page.status_code == 422
    assert page.context["form"].errors["file"]
    assert not Matter.objects.exists()


@pytest.mark.parametrize("more", [{}, {"pasted": "灯坏了"}, {"pasted": "x" * 100_001}])
def test_text_that_is_no_ticket_is_refused_in_words(desk, more):
    page = send(desk("worker"), **more)
    assert page.status_code == 422
    assert page.context["form"].errors


def test_a_formula_and_markup_stay_text(desk, demo):
    client = desk("worker")
    text = "<script>alert(1)</script>"
    page = send(client, workbook(row(address=str(demo.unit), text=text)))
    assert text not in page.text
    confirm(client, page)
    assert Matter.objects.get(origin="hotline").text == text
    page = send(client, workbook(row("CC9", str(demo.unit), "=HYPERLINK(1)")))
    assert not page.context["drafts"][0].open


def test_the_preview_belongs_to_whoever_made_it(desk, demo):
    page = send(desk("worker"), workbook(row(address=str(demo.unit))))
    sent = answers(page)
    assert desk("secretary").post(reverse("matters_office:hotline_take"), sent).status_code == 410
    sent["sealed"] = "AA" + sent["sealed"][2:]
    assert desk("worker").post(reverse("matters_office:hotline_take"), sent).status_code == 410


def test_a_preview_ends_after_a_day(desk, demo):
    with clock.freeze(MONDAY):
        page = send(desk("worker"), workbook(row(address=str(demo.unit))))
        sent = answers(page)
    with clock.freeze(MONDAY + timedelta(hours=25)):
        answer = desk("worker").post(reverse("matters_office:hotline_take"), sent)
    assert answer.status_code == 410


@pytest.mark.parametrize("key", ["place-0", "at-0", "number-0", "category-0", "due-0"])
@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "9" * 5000, "٣", "0001-01-01T00:00"])
def test_what_no_page_sends_is_no_error_of_ours(desk, demo, key, typed):
    client = desk("worker")
    sent = answers(send(client, workbook(row(address=str(demo.unit)))))
    for more in ({}, {"find": "0"}):
        answer = client.post(reverse("matters_office:hotline_take"), {**sent, key: typed, **more})
        assert answer.status_code in (200, 302, 422), more


def test_a_place_of_another_community_is_refused(desk, demo, actor):
    from liren.demo.community import TRACK
    from liren.territory.models import Place

    other = Place.objects.create(
        community="220103008004",
        code="220103008004",
        level="community",
        name="邻社区",
        parent=Place.objects.get(code="220103008"),
        **TRACK,
    )
    client = desk("worker")
    page = send(client, workbook(row(address=str(demo.unit))))
    assert confirm(client, page, **{"place-0": other.code}).status_code == 422
    with pytest.raises(Invalid):
        actions.take_tickets(
            by=actor("worker", home=""),
            community=COMMUNITY,
            system="12345",
            tickets=[ticket(demo.unit), ticket(other, "CC2")],
        )
    with pytest.raises(NotAllowed):
        actions.take_tickets(
            by=actor("worker", home=""), community=other.code, system="12345", tickets=[]
        )
    assert not Matter.objects.filter(origin="hotline").exists()


def test_the_caller_is_recognised_by_name_and_number_together(desk, demo):
    known = Person.objects.get(pk=demo.accounts["resident"].person_id)
    known.phone, known.changed_why = "13812345678", "test"
    known.phone_hash = key_hash("13812345678", "phone")
    known.save()
    client = desk("worker")
    rows = row(address=str(demo.unit))
    rows[1] = known.name
    confirm(client, send(client, workbook(rows)))
    matter = Matter.objects.get(origin="hotline")
    assert (matter.reporter, matter.contact_name, matter.contact_phone) == (known, "", None)


# -- the clock ---------------------------------------------------------------------------------


def test_the_earlier_limit_is_the_promise(taken):
    with clock.freeze(MONDAY):
        ours = deadlines.promise(COMMUNITY, None, MONDAY).due
        soon = taken(number="1", due=MONDAY + timedelta(days=1))
        late = taken(number="2", due=MONDAY + timedelta(days=90))
    assert soon.due == soon.first_due == soon.external_due
    assert soon.accept_by <= soon.due
    assert late.due == late.first_due == ours
    assert late.external_due == MONDAY + timedelta(days=90)


def test_another_category_does_not_move_the_tickets_limit(taken, actor):
    from liren.matters import queries

    with clock.freeze(MONDAY):
        matter = taken(due=MONDAY + timedelta(hours=3))
        kind = queries.categories(COMMUNITY).get(key="upkeep.light")
        after = actions.categorise(by=actor("worker"), matter=matter.pk, category=kind.pk)
    assert after.due == MONDAY + timedelta(hours=3)


# -- the reply ---------------------------------------------------------------------------------


def handled(matter, actor, words="换了灯泡，赵安宁家门口已亮，电话 13812345678"):
    actions.accept(by=actor("worker"), matter=matter.pk)
    actions.handle(by=actor("worker"), matter=matter.pk, words=words)
    if Matter.objects.get(pk=matter.pk).status == "checking":
        actions.verify(by=actor("worker"), matter=matter.pk)
    return Matter.objects.select_related("holder", "reporter").get(pk=matter.pk)


def reply_of(matter):
    return replies.texts([matter], {COMMUNITY: "长山花园社区"})[matter.pk]


def test_the_reply_is_built_from_the_timeline_in_official_words(taken, actor):
    matter = handled(taken(contact_name="赵安宁", place_note="201室门口"), actor)
    actions.heard(
        by=actor("worker"),
        matter=matter.pk,
        solved=True,
        how="phone",
        satisfied="yes",
        words="好了",
    )
    text = reply_of(Matter.objects.select_related("holder", "reporter").get(pk=matter.pk))
    assert "CC1" in text
    assert "长山花园社区" in text
    assert "社区为民服务站" in text
    assert "换了灯泡" in text
    assert "满意" in text
    assert "赵安宁" not in text
    assert "13812345678" not in text


def test_the_reply_says_only_what_is_on_record_of_the_call_back(desk, taken, actor):
    """Nobody rang: it says so; somebody rang in vain: on which day; nothing is made up."""
    matter = handled(taken(contact_name="赵安宁", contact_phone="13812345678"), actor)
    assert "三、回访情况。尚未回访诉求人。" in reply_of(matter)
    sheet = desk("worker").post(reverse("matters_office:hotline_sheet"), {"pick": str(matter.pk)})
    line = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.values)[1]
    assert "尚未回访诉求人。" in line
    actions.try_reach(by=actor("worker"), matter=matter.pk, words="没人接")
    today = clock.today()
    assert f"{today.month}月{today.day}日联系诉求人，未能接通" in reply_of(matter)
    assert "没人接" not in reply_of(matter)


def test_a_caller_with_an_account_reads_the_result_there(taken, actor, demo):
    matter = handled(taken(reporter=demo.accounts["resident"].person_id), actor)
    assert "个人页面" in reply_of(matter)
    assert "尚未回访" not in reply_of(matter)


def test_marking_without_a_call_back_asks_first(desk, taken, actor):
    silent = handled(taken(number="CC1"), actor)
    heard = handled(taken(number="CC2"), actor)
    actions.heard(
        by=actor("worker"), matter=heard.pk, solved=True, how="phone", satisfied="yes", words="好"
    )
    client = desk("worker")
    address = reverse("matters_office:hotline_sent")
    both = {"pick": [str(silent.pk), str(heard.pk)]}
    page = client.post(address, both)
    assert page.status_code == 200
    assert "CC1" in page.text
    assert [number for _row, number in page.context["rows"]] == ["CC1"]
    assert not Reply.objects.exists()
    assert client.post(address, {"pick": [str(heard.pk)]}).status_code == 302
    assert client.post(address, {**both, "anyway": "1"}).status_code == 302
    assert Reply.objects.filter(sent_at__isnull=False).count() == 2
    # What is marked already is not asked about again.
    assert client.post(address, both).status_code == 302


def test_the_list_says_whose_limit_it_is_and_claims_nothing_without_tickets(desk, taken):
    client = desk("worker")
    address = reverse("matters_office:hotline")
    assert "所有工单都已回复" not in client.get(address).text
    assert "还没有收过工单" in client.get(address).text
    soon = clock.now() + timedelta(hours=5)
    theirs = taken(number="CC1", due=soon)
    ours = taken(number="CC2", due=clock.now() + timedelta(days=300))
    without = taken(number="CC3")
    lines = {line.row.matter.pk: line for line in client.get(address).context["lines"]}
    assert (lines[theirs.pk].limit, lines[theirs.pk].whose) == (soon, "工单时限")
    assert (lines[ours.pk].limit, lines[ours.pk].whose) == (ours.due, "社区时限")
    assert (lines[without.pk].limit, lines[without.pk].whose) == (without.due, "社区时限")


def test_g7_the_reply_says_nothing_of_a_shielded_caller(taken, actor):
    matter = taken(shielded=True, contact_name="赵安宁", place_note="2单元501")
    matter = handled(matter, actor, "已到2单元501核实")
    text = reply_of(matter)
    for secret in ("赵安宁", "2单元501", "楼道灯不亮", "回访"):
        assert secret not in text


def test_g7_the_reply_tells_nothing_of_a_joined_matter_about_one_of_us(taken, need, actor, demo):
    target = need("网格长把杂物堆在楼道")
    ours = taken()
    actions.merge(by=actor("worker"), matter=ours.pk, into=target.pk)
    handled(target, actor, "已请网格长搬走")
    ours = Matter.objects.select_related("holder", "reporter").get(pk=ours.pk)
    assert "已请网格长搬走" in reply_of(ours)
    post = actor("grid").posts
    for about in ({"about_posts": list(post)}, {"about_persons": [actor("worker").person]}):
        Matter.objects.filter(pk=target.pk).update(about_posts=[], about_persons=[])
        Matter.objects.filter(pk=target.pk).update(**about)
        assert "网格长搬走" not in reply_of(ours)
        assert "相同原因" not in reply_of(ours)


def test_replies_leave_only_from_where_the_actor_exports(desk, taken, demo, monkeypatch):
    matter = taken()
    client = desk("worker")
    send_sheet = reverse("matters_office:hotline_sheet")
    assert client.post(send_sheet, {"pick": str(matter.pk)}).status_code == 200
    may = Actor.may
    monkeypatch.setattr(
        Actor, "may", lambda self, p, c: p != Permission.SHEET_EXPORT and may(self, p, c)
    )
    # Permission somewhere else lets the page open; nothing of here goes out with it.
    assert client.post(send_sheet, {"pick": str(matter.pk)}).status_code == 302


def test_the_reply_can_be_changed_and_goes_back_to_the_generated_one(desk, taken, actor):
    matter = handled(taken(), actor)
    address = reverse("matters_office:hotline_reply", args=[matter.pk])
    client = desk("worker")
    page = client.get(address)
    assert reply_of(matter) in page.context["form"]["text"].value()
    assert client.post(address, {"text": "我们的话", "seen": ""}).status_code == 302
    page = client.get(address)
    assert page.context["form"]["text"].value() == "我们的话"
    late = client.post(address, {"text": "别人的话", "seen": ""})
    assert late.status_code == 409
    assert "我们的话" in late.text
    assert "别人的话" in late.text
    seen = page.context["form"]["seen"].value()
    client.post(address, {"text": "", "seen": seen, "generated": "1"})
    assert Reply.objects.get(matter=matter).text == ""
    assert client.post(address, {"text": "x" * 3000, "seen": ""}).status_code == 422
    assert client.post(address, {"text": "x", "seen": "kein Datum"}).status_code == 404


def test_the_sheet_to_send_back(desk, taken, actor):
    first = handled(taken(number="CC1"), actor)
    second = taken(number="=1+1")
    answer = desk("worker").post(
        reverse("matters_office:hotline_sheet"), {"pick": [str(first.pk), str(second.pk)]}
    )
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("工单编号", "办理结果", "答复内容")
    assert {r[0] for r in rows[1:]} == {"CC1", "=1+1"}
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert "换了灯泡" in next(r[2] for r in rows if r[0] == "CC1")


def test_sent_back_is_marked_filtered_and_taken_back(desk, taken, actor):
    ready = handled(taken(number="CC1"), actor)
    waiting = taken(number="CC2", due=clock.now() + timedelta(hours=5))
    client = desk("worker")

    def listed(**query):
        page = client.get(reverse("matters_office:hotline"), query)
        assert page.status_code == 200
        return {line.row.matter.external_number for line in page.context["lines"]}

    assert listed() == listed(reply="todo") == {"CC1", "CC2"}
    assert listed(reply="soon") == {"CC2"}
    assert listed(reply="sent") == set()
    both = {"pick": [str(ready.pk), str(waiting.pk)]}
    both["anyway"] = "1"
    assert client.post(reverse("matters_office:hotline_sent"), both).status_code == 302
    assert listed(reply="sent") == {"CC1"}
    assert listed(reply="todo") == {"CC2"}
    assert listed(reply="all") == listed(reply="all", q="") == {"CC1", "CC2"}
    assert listed(reply="all", q="CC2") == {"CC2"}
    reply = Reply.objects.get(matter=ready)
    assert reply.sent_by_post.title
    assert Entry.objects.filter(matter=ready, verb="send_back", internal=True).count() == 1
    client.post(reverse("matters_office:hotline_sent"), both)
    assert Entry.objects.filter(matter=ready, verb="send_back").count() == 1
    client.post(reverse("matters_office:hotline_unsend", args=[ready.pk]))
    assert listed(reply="sent") == set()


def test_handled_again_after_it_was_sent_back_it_waits_for_an_answer_again(taken, actor, desk):
    by = actor("worker")
    matter = handled(taken(), actor)
    actions.send_back(by=by, matters=[matter.pk])
    actions.heard(by=by, matter=matter.pk, solved=False, how="phone", words="还是不亮")
    page = desk("worker").get(reverse("matters_office:hotline"))
    assert len(page.context["lines"]) == 1
    actions.handle(by=by, matter=matter.pk, words="换了线路")
    page = desk("worker").get(reverse("matters_office:hotline"))
    assert len(page.context["lines"]) == 1
    assert actions.send_back(by=by, matters=[matter.pk]) == 1


def test_what_is_not_handled_cannot_be_marked(taken, actor):
    with pytest.raises(Changed):
        actions.send_back(by=actor("worker"), matters=[taken().pk])


def test_what_is_no_ticket_has_no_reply(need, actor, desk):
    matter = need()
    with pytest.raises(NotFound):
        actions.write_reply(by=actor("worker"), matter=matter.pk, text="x")
    with pytest.raises(NotFound):
        actions.send_back(by=actor("worker"), matters=[matter.pk])
    address = reverse("matters_office:hotline_reply", args=[matter.pk])
    assert desk("worker").get(address).status_code == 404


def test_a_leader_of_the_place_does_not_answer_the_hotline(taken, actor):
    with pytest.raises((NotAllowed, NotFound)):
        actions.write_reply(by=actor("unit"), matter=taken().pk, text="x")


def statements(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in caught if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def test_as_many_statements_for_three_tickets_as_for_one(desk, taken):
    client, url = desk("worker"), reverse("matters_office:hotline") + "?reply=all"
    taken(number="1")
    one = statements(client, url)
    taken(number="2")
    taken(number="3")
    three = statements(client, url)
    assert len(one) == len(three)
    assert len(three) <= 12, three


def test_as_many_statements_for_a_preview_of_three_as_of_one(desk, demo):
    client = desk("worker")

    def count(*rows):
        with CaptureQueriesContext(connection) as caught:
            assert send(client, workbook(*rows)).status_code == 200
        return len(caught)

    count(row())
    assert count(row()) == count(row("1"), row("2"), row("3"))


def test_as_many_statements_for_a_reply_sheet_of_three_as_of_one(desk, taken, actor):
    client = desk("worker")
    made = [handled(taken(number=str(n)), actor) for n in range(3)]

    def count(matters):
        with CaptureQueriesContext(connection) as caught:
            client.post(
                reverse("matters_office:hotline_sheet"), {"pick": [str(m.pk) for m in matters]}
            )
        return len(caught)

    count(made)
    assert count(made[:1]) == count(made)
