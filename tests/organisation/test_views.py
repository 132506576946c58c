"""The desk's pages of the network."""

import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.organisation import queries
from liren.organisation.models import Arrangement, Post, Term, Workplace
from liren.people.models import Person

pytestmark = pytest.mark.django_db
OVERVIEW = reverse("network:overview")


def gap_of(place, kind="unit_leader"):
    return reverse("network:gap", args=[place.pk, kind])


@pytest.fixture
def vacant(demo):
    """The demonstration's entrance without its leader."""
    Term.objects.filter(post=demo.posts["unit"]).delete()
    return demo.unit


def test_the_desk_sees_what_is_missing_and_where_needs_go_meanwhile(desk, vacant, demo):
    page = desk("worker").get(OVERVIEW)
    assert page.status_code == 200
    assert str(vacant) in page.text
    assert demo.posts["building"].title in page.text
    assert gap_of(vacant) not in page.text  # who may not give posts is shown no button
    assert gap_of(vacant) in desk("secretary").get(OVERVIEW).text


def test_both_lines_are_there_and_a_wrong_address_is_not(desk, demo):
    client = desk("secretary")
    party = client.get(OVERVIEW, {"line": "party"})
    assert "单元党员中心户" in party.text
    assert client.get(OVERVIEW, {"line": "nothing"}).status_code == 404
    assert client.get(OVERVIEW, {"at": "1"}).status_code == 404
    assert client.get(OVERVIEW, {"at": "<x>", "after": "x.y", "step": "²"}).status_code == 404
    assert client.get(OVERVIEW, {"after": "x.y", "step": "²"}).status_code == 200
    assert client.get(OVERVIEW, {"at": COMMUNITY[:9]}).status_code == 403
    assert desk("resident").get(OVERVIEW).status_code == 403


def test_a_gap_is_filled_by_somebody_who_lives_there(desk, vacant):
    client = desk("secretary")
    person = Person.objects.filter(place_code__startswith=vacant.code).first()
    page = client.get(gap_of(vacant))
    assert person.name in page.text
    sent = client.post(gap_of(vacant), {"do": "fill", "person": str(person.pk)})
    assert sent.status_code == 302
    assert Term.objects.get(post__place=vacant, post__type="unit_leader").person == person
    assert str(vacant) not in client.get(OVERVIEW, {"step": "0"}).text.split("</table>")[-2]


def test_a_post_that_did_not_exist_is_opened_with_it(desk, vacant):
    Post.objects.filter(place=vacant, type="unit_leader").update(closed_on=clock.today())
    client = desk("secretary")
    person = Person.objects.filter(place_code__startswith=vacant.code).first()
    client.post(gap_of(vacant), {"do": "fill", "person": str(person.pk)})
    assert Post.objects.filter(place=vacant, type="unit_leader", closed_on=None).count() == 1


def test_somebody_stands_in_and_it_is_taken_back(desk, vacant, demo):
    client = desk("secretary")
    wrong = client.post(gap_of(vacant), {"do": "stand_in", "post": "", "until": "", "reason": ""})
    assert wrong.status_code == 422
    until = clock.today() + timedelta(days=30)
    sent = {
        "do": "stand_in",
        "post": str(demo.posts["building"].pk),
        "until": until.isoformat(),
        "reason": "楼长先兼着",
    }
    past = client.post(gap_of(vacant), {**sent, "until": "2020-01-01"})
    assert past.status_code == 422
    assert "这一天已经过去了" in past.text
    assert "楼长先兼着" in past.text
    assert client.post(gap_of(vacant), sent).status_code == 302
    arranged = Arrangement.objects.get()
    assert "楼长先兼着" in client.get(gap_of(vacant)).text
    client.post(reverse("network:take_back", args=[arranged.pk]))
    assert not Arrangement.objects.exists()


def test_a_place_can_need_nobody(desk, vacant):
    client = desk("secretary")
    sent = {"do": "not_needed", "reason": "整栋待拆"}
    assert client.post(gap_of(vacant), sent).status_code == 302
    assert Arrangement.objects.get().kind == "not_needed"
    assert client.post(gap_of(vacant), {"do": "else"}).status_code == 404
    assert client.get(gap_of(vacant, "grid_leader")).status_code == 404


# -- map, places of work, sheet ------------------------------------------------------------------

MAP = reverse("network:map")
WORKPLACES = reverse("network:workplaces")
SHEET = reverse("network:sheet")
TAKE_IN = reverse("network:sheet_take_in")


def test_the_map_shows_the_gap_and_leads_to_its_next_step(desk, vacant):
    client = desk("secretary")
    page = client.get(MAP)
    assert str(vacant) in page.text
    assert gap_of(vacant) + "?from=map" in page.text
    shapes = page.context["places"]
    building = next(one for one in shapes if one["url"].endswith(vacant.code[:18]))
    assert building["count"] >= 1
    assert sum(one["count"] for one in shapes) <= page.context["total"]
    below = client.get(building["url"])
    assert str(vacant) in below.text
    sent = client.post(
        gap_of(vacant) + "?from=map",
        {"do": "not_needed", "reason": "空着", "until": ""},
    )
    assert sent["Location"].startswith(MAP)
    assert str(vacant) not in [
        row["name"] for branch in client.get(MAP).context["branches"] for row in branch["rows"]
    ]


def test_the_map_of_a_subdistrict_counts_by_community(desk, demo, vacant):
    page = desk("officer").get(MAP)
    assert page.status_code == 200
    rows = [row for branch in page.context["branches"] for row in branch["rows"]]
    assert [row["name"] for row in rows] == [demo.community.name]
    assert rows[0]["count"] == page.context["total"]


def test_statements_of_map_register_and_gaps_do_not_grow(desk, demo):
    client = desk("secretary")
    taken = []
    for many in (1, 4):
        Term.objects.filter(post__in=Post.objects.filter(type="unit_leader")[:many]).delete()
        for n in range(many):
            client.post(
                reverse("network:workplace_new"),
                {"name": f"店{n}", "kind": "shop", "place": str(demo.community.pk), "post": ""},
            )
        seen = {}
        for address in (MAP, WORKPLACES, OVERVIEW):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            seen[address] = len(captured)
        taken.append(seen)
    assert taken[0] == taken[1]
    assert max(taken[0].values()) <= 15, taken


def test_a_place_of_work_is_registered_given_and_taken_off(desk, demo):
    client = desk("secretary")
    assert "还没有登记" in client.get(WORKPLACES).text
    new = reverse("network:workplace_new")
    wrong = client.post(new, {"name": "", "kind": "x", "place": "", "credit_code": "1"})
    assert wrong.status_code == 422
    bad_code = client.post(
        new,
        {"name": "店", "kind": "shop", "place": str(demo.community.pk), "credit_code": "123"},
    )
    assert bad_code.status_code == 422
    sent = client.post(
        new, {"name": "长山超市", "kind": "shop", "place": str(demo.community.pk), "post": ""}
    )
    assert sent.status_code == 302
    assert "长山超市" in client.get(WORKPLACES, {"gaps": "1"}).text
    assert "长山超市" not in client.get(WORKPLACES, {"kind": "courier"}).text
    row = Workplace.objects.get()
    one = reverse("network:workplace", args=[row.pk])
    assert client.post(one, {"post": "x"}).status_code == 422
    assert client.post(one, {"post": str(demo.posts["grid"].pk)}).status_code == 302
    assert demo.posts["grid"].title in client.get(WORKPLACES).text
    assert "长山超市" not in client.get(WORKPLACES, {"gaps": "1"}).text
    # Whose holder has gone answers no more: the place of work is a gap again.
    Term.objects.filter(post=demo.posts["grid"]).delete()
    assert "长山超市" in client.get(WORKPLACES, {"gaps": "1"}).text
    assert client.post(reverse("network:workplace_close", args=[row.pk])).status_code == 302
    assert client.get(one).status_code == 404
    assert client.get(WORKPLACES, {"after": "²³.x"}).status_code == 200
    assert desk("worker").get(new).status_code == 403


def sheet(rows, header=("岗位所在", "岗位", "任职人", "手机号", "任期起", "任期止")):
    return SimpleUploadedFile("岗位.xlsx", write_rows(header, rows))


def write_rows(header, rows):
    book_bytes = io.BytesIO()
    book = xlsxwriter.Workbook(book_bytes)
    page = book.add_worksheet()
    for n, row in enumerate([header, *rows]):
        for m, value in enumerate(row):
            page.write(n, m, value)
    book.close()
    return book_bytes.getvalue()


def test_a_sheet_of_posts_is_looked_through_and_then_taken_in(desk, demo, vacant):
    client = desk("secretary")
    somebody = Person.objects.get(pk=demo.accounts["resident"].person_id)
    place = str(vacant)
    rows = [(place, "单元长", somebody.name, "", "", "2031-12-31")]
    looked = client.post(SHEET, {"file": sheet(rows)})
    assert looked.status_code == 200, looked.context["form"].errors
    assert not Term.objects.filter(post__place=vacant, post__type="unit_leader").exists()
    assert [given.name for given in looked.context["plan"].given] == [somebody.name]
    token = looked.context["token"]
    assert desk("secretary").post(TAKE_IN, {"token": token}).status_code == 302
    term = Term.objects.get(post__place=vacant, post__type="unit_leader")
    assert (term.person, str(term.ends)) == (somebody, "2031-12-31")
    again = client.post(SHEET, {"file": sheet(rows)})
    assert (again.context["plan"].same, again.context["plan"].given) == (1, ())
    late = client.post(TAKE_IN, {"token": token})
    assert late.status_code == 409
    assert "第2行" in late.text
    assert client.post(TAKE_IN, {"token": "x"}).status_code == 409
    assert client.get(reverse("network:sheet_template")).status_code == 200


def test_every_wrong_row_of_a_sheet_is_told_with_its_number(desk, demo, vacant):
    client = desk("secretary")
    somebody = Person.objects.get(pk=demo.accounts["resident"].person_id)
    Person.objects.create(
        community=COMMUNITY, name="重名人", synthetic=True, changed_by="t", changed_why="t"
    )
    Person.objects.create(
        community=COMMUNITY, name="重名人", synthetic=True, changed_by="t", changed_why="t"
    )
    place, held = str(vacant), Post.objects.get(pk=demo.posts["building"].pk)
    rows = [
        ("天上人间 9号楼", "单元长", somebody.name),
        (place, "大总管", somebody.name),
        (place, "楼栋长", somebody.name),
        (place, "单元长", "查无此人"),
        (place, "单元长", "重名人"),
        (place, "单元长", somebody.name, "", "2030-01-02", "2030-01-01"),
        (place, "单元长", somebody.name, "", "", "2020-01-01"),
        (str(held.place), "楼栋长", somebody.name),
        (place, "单元长", somebody.name),
        (place, "单元长", somebody.name),
        ("", "单元长", somebody.name),
    ]
    plan = client.post(SHEET, {"file": sheet(rows)}).context["plan"]
    assert [number for number, _said in plan.wrong] == [2, 3, 4, 5, 6, 7, 8, 9, 11, 12]
    assert [given.row for given in plan.given] == [10]
    assert all(said for _number, said in plan.wrong)


def test_what_is_no_sheet_of_posts_is_refused_in_words(desk):
    client = desk("secretary")
    for file in (
        SimpleUploadedFile("a.xlsx", b"no sheet"),
        SimpleUploadedFile("a.xlsx", b""),
        sheet([("a", "b")], header=("甲", "乙")),
    ):
        refused = client.post(SHEET, {"file": file})
        assert refused.status_code in (400, 413, 415, 422)
        assert refused.context["form"].errors
    assert client.post(SHEET).status_code == 422
    assert desk("worker").get(SHEET).status_code == 403


def test_a_list_that_ends_does_not_hide_gaps_from_the_map(desk, demo, monkeypatch):
    from liren.organisation.views import map as page

    monkeypatch.setattr(page, "LISTED", 1)
    Term.objects.filter(post__type="unit_leader").delete()
    units = Post.objects.filter(type="unit_leader").count()
    assert units > 2
    shown = desk("secretary").get(MAP)
    assert shown.context["more"]
    assert shown.context["total"] == units
    assert sum(one["count"] for one in shown.context["places"]) == units


def test_the_number_tells_two_of_one_name_apart(desk, demo, vacant):
    from liren.base.crypto import key_hash

    track = {"community": COMMUNITY, "synthetic": True, "changed_by": "t", "changed_why": "t"}
    Person.objects.create(name="重名人", **track)
    right = Person.objects.create(
        name="重名人", phone_hash=key_hash("13800000009", "phone"), **track
    )
    rows = [(str(vacant), "单元长", "重名人", "13800000009")]
    plan = desk("secretary").post(SHEET, {"file": sheet(rows)}).context["plan"]
    assert [given.person for given in plan.given] == [right.pk]


def test_a_line_somebody_else_edited_meanwhile_is_not_overwritten(desk, demo):
    address = reverse("network:line", args=["three_leaders"])
    first, second = desk("secretary"), desk("secretary")
    page = first.get(address)
    sent = {
        "name": "三长线",
        "most_posts": "2",
        "seen": str(page.context["form"]["seen"].value()),
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-type": "unit_leader",
        "form-0-everywhere": "on",
        "form-1-type": "grid_leader",
    }
    assert f'name="seen" value="{sent["seen"]}"' in page.text
    assert first.post(address, sent).status_code == 302
    assert second.post(address, {**sent, "form-1-type": "worker"}).status_code == 409
    line = queries.line_for(COMMUNITY, "three_leaders")
    assert [step.type_id for step in queries.steps_of(line)] == ["unit_leader", "grid_leader"]


def test_odd_addresses_and_words_are_no_fault(desk, vacant):
    client = desk("secretary")
    assert client.get("/office/network/line/%00/").status_code == 404
    assert client.get(f"/office/network/gap/{vacant.pk}/%00/").status_code == 404
    assert client.get(gap_of(vacant), {"q": "\x00"}).status_code == 200
