"""The leaders' face: today, one matter, writing down, being away."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.matters import actions, links
from liren.matters.actions import Report
from liren.matters.models import Matter
from liren.organisation.models import Absence, Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(demo, actor):
    def make(text="三楼楼道灯不亮", **extra):
        by = actor("resident")
        return actions.report(
            by=by, need=Report(place=demo.unit, text=text, reporter=by.person, **extra)
        ).matter

    return make


@pytest.fixture
def signed_in(client, demo):
    def make(role):
        client.force_login(demo.accounts[role])
        return client

    return make


def test_home_shows_what_waits_and_at_most_three_cards(signed_in, report):
    report()
    page = signed_in("unit").get("/field/").content.decode()
    assert "三楼楼道灯不亮" in page
    assert page.count("l-door ") + page.count('l-door"') <= 3


def test_an_empty_home_says_so(signed_in):
    assert "没有" in signed_in("unit").get("/field/").content.decode()


@pytest.mark.parametrize("address", ["/field/", "/field/today/", "/field/places/"])
@pytest.mark.parametrize("count", [1, 3])
def test_pages_need_the_same_statements_for_one_and_three(
    signed_in, report, django_assert_max_num_queries, address, count
):
    for number in range(count):
        report(f"第{number}件事")
    client = signed_in("unit")
    with django_assert_max_num_queries(18):
        assert client.get(address).status_code == 200


def test_accept_pass_up_and_handle_on_the_phone(signed_in, report, demo):
    matter = report()
    client = signed_in("unit")
    base = f"/field/matters/{matter.pk}/"
    assert client.get(base).status_code == 200
    assert client.post(f"{base}accept/", {"seen": 1}).status_code == 302
    missing = client.post(f"{base}pass_up/", {"seen": 2, "words": " "})
    assert missing.status_code == 422
    assert "缺什么？</a>: 请选一条原因，或者写一句话。" in missing.text
    assert client.post(f"{base}pass_up/", {"seen": 2, "reason": "要花钱"}).status_code == 302
    matter.refresh_from_db()
    assert matter.holder_id == demo.posts["building"].pk
    client = signed_in("building")
    asked = client.get(f"{base}handle/").text
    assert "可不填" not in asked
    empty = client.post(f"{base}handle/", {"seen": 3, "words": " "})
    assert empty.status_code == 422
    assert "请简单写写怎么办好的" in empty.text
    assert "原因" not in empty.text
    assert client.post(f"{base}handle/", {"seen": 3, "words": "换好了"}).status_code == 302
    matter.refresh_from_db()
    assert matter.status == "answering"


def test_the_neighbour_is_told_only_where_somebody_reads_it(signed_in, demo, actor):
    for reporter, said in ((actor("resident").person, "已告诉邻居"), (None, "由社区告知")):
        matter = actions.report(
            by=actor("worker", home=""),
            need=Report(place=demo.unit, text="楼道灯不亮", reporter=reporter, origin="phone"),
        ).matter
        told = signed_in("unit").post(
            f"/field/matters/{matter.pk}/handle/", {"words": "换好了"}, follow=True
        )
        assert said in told.text


def test_a_second_writer_sees_both_versions_and_keeps_the_words(signed_in, report):
    matter = report()
    client = signed_in("unit")
    base = f"/field/matters/{matter.pk}/"
    client.post(f"{base}accept/", {"seen": 1})
    late = client.post(f"{base}handle/", {"seen": 1, "words": "我写的这些字"})
    assert late.status_code == 409
    assert "我写的这些字" in late.content.decode()


def test_a_one_tap_link_works_without_signing_in_and_opens_one_matter(client, report, demo):
    first, second = report("灯坏了"), report("门坏了")
    term = Term.objects.get(post=demo.posts["unit"])
    path = links.path_to(first.pk, term.pk)
    assert "灯坏了" in client.get(path).content.decode()
    assert client.post(f"{path}accept/", {"seen": 1}).status_code == 200
    assert Matter.objects.get(pk=first.pk).status == "handling"
    assert client.get(f"/field/matters/{second.pk}/").status_code in (302, 403)
    client.post(f"{path}pass_up/", {"seen": 2, "words": "不会修"})
    gone = client.get(path)
    assert gone.status_code == 410
    assert "楼栋长" in gone.content.decode()


def test_a_leader_whose_term_ended_is_out_at_once_also_in_an_open_session(signed_in, report, demo):
    matter = report()
    client = signed_in("unit")
    assert client.get(f"/field/matters/{matter.pk}/").status_code == 200
    Term.objects.filter(post=demo.posts["unit"]).update(
        starts=clock.today() - timedelta(days=9), ends=clock.today() - timedelta(days=1)
    )
    assert client.get(f"/field/matters/{matter.pk}/").status_code == 403
    assert client.post(f"/field/matters/{matter.pk}/accept/", {"seen": 1}).status_code == 403


def test_writing_a_need_down_has_equal_rights(signed_in, demo):
    client = signed_in("unit")
    data = {
        "place": demo.unit.code,
        "text": "张大娘家水管漏了",
        "origin": "door",
        "once": "abc",
        "contact_name": "张大娘",
        "contact_phone": "13800000000",
    }
    page = client.post("/field/record/", data)
    assert page.status_code == 200
    matter = Matter.objects.get()
    assert (matter.origin, matter.contact_phone) == ("door", "13800000000")
    assert matter.recorded_by_id == demo.posts["unit"].pk
    client.post("/field/record/", data)
    assert Matter.objects.count() == 1
    elsewhere = client.post("/field/record/", {**data, "once": "x", "place": "220103008003001"})
    assert elsewhere.status_code == 422


def test_away_sends_new_needs_to_the_cover_or_upward(signed_in, report, demo):
    client = signed_in("unit")
    term = Term.objects.get(post=demo.posts["unit"])
    day = clock.today().isoformat()
    wrong = client.post("/field/away/", {"term": term.pk, "starts": day, "ends": "2020-01-01"})
    assert wrong.status_code == 422
    assert (
        client.post("/field/away/", {"term": term.pk, "starts": day, "ends": day}).status_code
        == 302
    )
    assert report().holder_id == demo.posts["building"].pk
    absence = Absence.objects.get()
    assert client.post(f"/field/away/{absence.pk}/back/").status_code == 302
    assert report().holder_id == demo.posts["unit"].pk


def test_somebody_elses_absence_is_not_mine_to_end(signed_in, demo):
    client = signed_in("unit")
    term = Term.objects.get(post=demo.posts["unit"])
    day = clock.today().isoformat()
    client.post("/field/away/", {"term": term.pk, "starts": day, "ends": day})
    absence = Absence.objects.get()
    assert signed_in("building").post(f"/field/away/{absence.pk}/back/").status_code == 403


def test_a_department_acknowledges_reports_in_and_disputes(signed_in, report, demo, actor):
    matter = report()
    actions.whistle(
        by=actor("worker"), matter=matter.pk, called=demo.posts["department"].pk, words="请修路灯"
    )
    client = signed_in("department")
    base = f"/field/matters/{matter.pk}/"
    page = client.get(base).content.decode()
    assert "请修路灯" in page
    assert client.post(f"{base}acknowledge/", {}).status_code == 302
    assert client.post(f"{base}arrive/", {"words": ""}).status_code == 302
    assert client.post(f"{base}dispute/", {"words": "归电力公司"}).status_code == 302
    actions.decide_dispute(by=actor("officer"), matter=matter.pk, uphold=False, words="归你们")
    told = client.post(f"{base}handle/", {"words": "修好了"}, follow=True)
    assert "已交社区核实" in told.text
    assert "已告诉邻居" not in told.text
    matter.refresh_from_db()
    assert matter.status == "checking"
    # Who did it is named, not who has it.
    assert f"{demo.posts['department'].title}说办好了" in client.get(base).text


@pytest.mark.parametrize(
    ("role", "page"),
    [("unit", "/field/"), ("worker", "/office/"), ("resident", "/c/220103008003/")],
)
def test_every_face_has_a_way_out_and_the_other_language(demo, client, role, page):
    client.force_login(demo.accounts[role])
    text = client.get(page).text
    assert "/accounts/logout/" in text
    assert 'value="en"' in text


def test_a_second_tap_on_i_have_it_is_answered_kindly(signed_in, report):
    matter = report()
    client = signed_in("unit")
    seen = {"seen": str(matter.version)}
    for _tap in range(2):
        page = client.post(f"/field/matters/{matter.pk}/accept/", seen, follow=True)
        assert page.status_code == 200
    assert "您已经在办了" in page.text
    assert matter.entries.filter(verb="accept").count() == 1


def test_a_second_tap_through_a_link_is_answered_kindly(client, report, demo):
    matter = report()
    path = links.path_to(matter.pk, Term.objects.get(post=demo.posts["unit"]).pk)
    for _tap in range(2):
        page = client.post(f"{path}accept/", {"seen": str(matter.version)})
        assert page.status_code == 200
    assert "您已经在办了" in page.text


def test_whoever_was_not_the_one_who_took_it_still_sees_both_versions(signed_in, report, actor):
    matter = report()
    actions.accept(by=actor("worker"), matter=matter.pk)
    page = signed_in("unit").post(
        f"/field/matters/{matter.pk}/accept/", {"seen": str(matter.version)}
    )
    assert "您已经在办了" not in page.text
    assert page.status_code in (403, 404, 409)


def test_passing_up_says_to_whom_on_the_button(signed_in, report, demo):
    matter = report()
    page = signed_in("unit").get(f"/field/matters/{matter.pk}/pass_up/").text
    assert f"转给{demo.posts['building'].title}" in page


def test_the_title_of_a_matter_is_words(signed_in, report):
    matter = report(category=None)
    title = signed_in("unit").get(f"/field/matters/{matter.pk}/").text.split("</title>")[0]
    assert "1号楼" in title


def test_a_department_has_a_title_of_its_own(signed_in):
    assert "里仁 · 承办" in signed_in("department").get("/field/").text
    assert "里仁 · 三长" in signed_in("unit").get("/field/").text
