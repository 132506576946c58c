"""One matter on the desk: what is shown, what may be done, and what happens when it is refused."""

import pytest
from django.urls import reverse

from liren.matters import actions
from liren.matters.enums import Status
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db


def post(client, matter, verb, **data):
    data.setdefault("seen", Matter.objects.get(pk=matter.pk).version)
    return client.post(reverse("matters_office:do", args=[matter.pk, verb]), data)


def test_the_desk_accepts_handles_verifies_and_the_resident_answers(desk, need, actor):
    matter = need("电梯门坏了", key="upkeep.lift")  # a kind that is looked at on the spot
    client = desk("worker")
    page = client.get(reverse("matters_office:matter", args=[matter.pk]))
    assert page.status_code == 200
    assert "电梯门坏了" in page.text

    assert post(client, matter, "accept").status_code == 302
    assert post(client, matter, "handle", words="换了闭门器").status_code == 302
    matter.refresh_from_db()
    assert matter.status == Status.CHECKING
    assert post(client, matter, "verify").status_code == 302
    matter.refresh_from_db()
    assert matter.status == Status.ANSWERING
    actions.answer(by=actor("resident"), matter=matter.pk, solved=True)
    page = client.get(reverse("matters_office:matter", args=[matter.pk]))
    assert "换了闭门器" in page.text


def test_words_that_are_missing_are_asked_for_beside_the_field(desk, need):
    matter = need()
    client = desk("worker")
    post(client, matter, "accept")
    answer = post(client, matter, "handle", words=" ")
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    matter.refresh_from_db()
    assert matter.status == Status.HANDLING


def test_somebody_was_faster_both_versions_are_shown_and_nothing_is_lost(desk, need, actor):
    matter = need()
    seen = matter.version
    actions.accept(by=actor("unit"), matter=matter.pk)
    client = desk("worker")
    answer = post(client, matter, "handle", words="灯泡换好了", seen=seen)
    assert answer.status_code == 409
    assert answer.text.count("灯泡换好了") >= 2  # beside theirs, and still in the form
    matter.refresh_from_db()
    assert f'name="seen" value="{matter.version}"' in answer.text
    assert matter.status == Status.HANDLING
    again = post(client, matter, "handle", words="灯泡换好了", seen=matter.version)
    assert again.status_code == 302


def url(matter, name="matter", *args):
    return reverse(f"matters_office:{name}", args=[matter.pk, *args])


def fresh(matter):
    matter.refresh_from_db()
    return matter


def test_send_whistle_dispute_decide_and_call_back(desk, need, demo, actor):
    matter = need()
    client = desk("worker")
    assert post(client, matter, "assign", to=demo.posts["building"].pk).status_code == 302
    assert fresh(matter).holder_id == demo.posts["building"].pk
    called = demo.posts["department"].pk
    assert post(client, matter, "whistle", called=called, words="请来换路灯").status_code == 302
    assert fresh(matter).status == Status.WHISTLED
    assert "区城市管理局" in client.get(url(matter)).text
    actions.dispute(by=actor("department"), matter=matter.pk, words="不归我们管")
    # Whoever whistled does not decide about it.
    assert post(client, matter, "uphold", words="同意").status_code == 403
    officer = desk("officer")
    page = officer.get(url(matter)).text
    assert "不归我们管" in page
    assert post(officer, matter, "reject_dispute", words="路灯归你们").status_code == 302
    assert fresh(matter).status == Status.WHISTLED
    worker = desk("worker")
    assert post(worker, matter, "recall", words="我们自己换").status_code == 302
    assert fresh(matter).status == Status.HANDLING


def test_more_time_is_asked_for_by_one_and_granted_by_another(desk, need):
    matter = need()
    client = desk("worker")
    post(client, matter, "accept")
    assert post(client, matter, "ask_extension", days=31, words="等").status_code == 422
    assert post(client, matter, "ask_extension", days=5, words="等配件").status_code == 302
    due = fresh(matter).due
    secretary = desk("secretary")
    assert "等配件" in secretary.get(url(matter)).text
    assert post(secretary, matter, "grant_extension").status_code == 302
    assert fresh(matter).due > due


def test_suspended_with_a_cause_and_taken_back_from_the_toast(desk, need):
    matter = need()
    client = desk("worker")
    post(client, matter, "accept")
    refused = post(client, matter, "suspend", cause="weather", until="2020-01-01", words="等天气")
    assert refused.status_code == 422
    answer = client.post(
        url(matter, "do", "suspend"),
        {"seen": fresh(matter).version, "cause": "weather", "words": "等雪停"},
        follow=True,
    )
    assert fresh(matter).status == Status.SUSPENDED
    token = answer.text.split("/office/matters/undo/")[1].split("/")[0]
    assert client.post(reverse("matters_office:undo", args=[token])).status_code == 302
    assert fresh(matter).status == Status.HANDLING
    # A second press finds that the matter has moved on; nothing breaks.
    assert client.post(reverse("matters_office:undo", args=[token])).status_code == 302
    assert client.post(reverse("matters_office:undo", args=["forged"])).status_code == 302
    assert fresh(matter).status == Status.HANDLING


def test_merged_by_number_and_unmerged_as_it_was(desk, need, demo):
    first, second = need("楼道灯不亮了"), need("楼道灯不亮")
    client = desk("worker")
    near = client.get(url(second, "similar"))
    assert first.number in near.text
    assert second.number not in near.text
    assert post(client, second, "merge").status_code == 422
    assert post(client, second, "merge", into="999").status_code == 422
    holder = second.holder_id
    assert post(client, second, "merge", pick=first.number).status_code == 302
    assert fresh(second).ending == "merged"
    assert first.number in client.get(url(second)).text
    assert post(client, second, "unmerge").status_code == 302
    second = fresh(second)
    assert (second.status, second.ending, second.holder_id) == ("submitted", "", holder)


def test_a_part_has_its_own_number_and_handler(desk, need, demo):
    matter = need("楼道灯不亮，门也坏了")
    client = desk("worker")
    answer = post(client, matter, "split", text="单元门坏了", to=demo.posts["building"].pk)
    assert answer.status_code == 302
    part = Matter.objects.exclude(pk=matter.pk).get()
    assert part.holder_id == demo.posts["building"].pk
    assert part.due == fresh(matter).due
    assert part.number in client.get(url(matter)).text


def test_sent_anew_with_another_category_and_history_kept(desk, need, demo):
    from liren.matters import queries

    matter = need()
    door = queries.categories(demo.community.code).get(key="upkeep.door")
    client = desk("worker")
    post(client, matter, "accept")
    assert post(client, matter, "categorise", category=door.pk, resend="on").status_code == 302
    assert (fresh(matter).category, matter.status) == (door, Status.SUBMITTED)
    assert matter.entries.filter(verb="categorise").get().data["to"] == door.name


def test_outside_our_authority_names_who_is_responsible(desk, need):
    matter = need(key=None)
    client = desk("worker")
    assert post(client, matter, "refer_outside", words="请找他们").status_code == 422
    done = post(client, matter, "refer_outside", words="请打 12345", authority="区房产局")
    assert done.status_code == 302
    assert "区房产局" in client.get(url(matter)).text


def test_supervised_noted_passed_up_and_explained(desk, need, demo):
    matter = need()
    secretary = desk("secretary")
    assert post(secretary, matter, "supervise", words="今天内答复").status_code == 302
    worker = desk("worker")
    assert post(worker, matter, "supervise", words="不该我做").status_code == 403
    assert post(worker, matter, "comment", words="电工明天来").status_code == 302
    assert post(worker, matter, "comment", words="明天来修", to_reporter="on").status_code == 302
    internal = dict(matter.entries.filter(verb="comment").values_list("text", "internal"))
    assert internal == {"电工明天来": True, "明天来修": False}
    post(worker, matter, "assign", to=demo.posts["worker"].pk)
    post(worker, matter, "accept")
    assert post(worker, matter, "explain", words="要等供电公司改造").status_code == 302
    assert fresh(matter).status == Status.ANSWERING


def test_not_reached_closes_after_three_different_days_only(desk, need):
    from datetime import timedelta

    from liren.base import clock

    matter = need()
    client = desk("worker")
    post(client, matter, "handle", words="修好了")
    post(client, matter, "verify")
    for day in range(3):
        with clock.freeze(clock.now() + timedelta(days=day)):
            client.logout()
            client = desk("worker")  # nobody's sign-in lasts over night
            refused = post(client, matter, "close_unreachable")
            assert refused.status_code == 409
            assert post(client, matter, "try_reach", words="无人接听").status_code == 302
    client.logout()
    with clock.freeze(clock.now() + timedelta(days=2, hours=1)):
        client = desk("worker")
        assert post(client, matter, "close_unreachable").status_code == 302
    assert fresh(matter).ending == "unreachable"


def test_what_a_reporter_without_an_account_said_is_written_down(desk, need, demo, actor):
    from liren.matters.actions import Report
    from liren.matters.enums import Origin

    client = desk("worker")
    own = need()
    post(client, own, "handle", words="好了")
    post(client, own, "verify")
    # The resident of the demonstration has an account and answers alone.
    assert post(client, own, "heard_solved", how="phone", words="好了").status_code == 422
    matter = actions.report(
        by=actor("worker"),
        need=Report(place=demo.unit, text="灯坏", origin=Origin.PHONE, contact_phone="13800138000"),
    ).matter
    post(client, matter, "handle", words="换了")
    post(client, matter, "verify")
    assert post(client, matter, "heard_solved", how="pigeon", words="好了").status_code == 422
    said = post(client, matter, "heard_not_solved", how="phone", words="还是暗")
    assert said.status_code == 302
    assert fresh(matter).status == Status.HANDLING
    post(client, matter, "handle", words="又换了")
    post(client, matter, "verify")
    assert post(client, matter, "heard_solved", how="door", words="亮了").status_code == 302
    assert fresh(matter).ending == "solved"


def test_g3_the_number_is_masked_until_a_reason_the_reporter_can_read(desk, need, demo, actor):
    from liren.matters.actions import Report
    from liren.matters.enums import Origin

    matter = actions.report(
        by=actor("worker"),
        need=Report(place=demo.unit, text="灯坏", origin=Origin.PHONE, contact_phone="13800138000"),
    ).matter
    client = desk("worker")
    page = client.get(url(matter)).text
    assert "138****8000" in page
    assert "13800138000" not in page
    assert client.post(url(matter, "reveal"), {"reason": ""}).status_code == 302
    shown = client.post(url(matter, "reveal"), {"reason": "回电确认位置"})
    assert "13800138000" in shown.text
    assert "no-store" in shown["Cache-Control"]
    line = matter.entries.get(verb="reveal")
    assert (line.text, line.internal) == ("回电确认位置", False)
    assert "13800138000" not in client.get(url(matter)).text
    officer = desk("officer")
    assert officer.post(url(matter, "reveal"), {"reason": "看看"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [("resident", 403), ("unit", 403), ("department", 403), ("officer", 200)]
)
def test_the_desk_is_open_to_those_who_dispatch(desk, need, role, status):
    matter = need()
    client = desk(role)
    for address in (url(matter), reverse("matters_office:list"), reverse("office:board")):
        assert client.get(address).status_code == status


def test_who_has_not_signed_in_is_sent_to_sign_in(client, need):
    matter = need()
    answer = client.get(url(matter))
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
    assert client.post(url(matter, "do", "accept")).status_code == 403


def test_another_communitys_matter_is_not_there(desk, demo, need, actor):
    from liren.territory.models import Place

    other = Place.objects.create(
        code="220103008004",
        community="220103008004",
        level="community",
        name="邻社区",
        changed_by="test",
        changed_why="test",
    )
    matter = Matter.objects.create(
        community=other.code,
        number="1",
        place=other,
        place_code=other.code,
        text="别处的事",
        holder=demo.posts["officer"],
        changed_by="test",
        changed_why="test",
    )
    assert desk("worker").get(url(matter)).status_code == 404
    assert post(desk("worker"), matter, "accept").status_code == 404
    assert desk("officer").get(url(matter)).status_code == 200


def test_exactly_the_verbs_of_the_table_are_offered(desk, need, actor):
    from liren.matters import queries, rules
    from liren.matters.views.office.verbs import DOINGS

    matter = need()
    for role in ("worker", "secretary", "officer"):
        page = desk(role).get(url(matter)).text
        allowed = set(rules.verbs_for(matter.status, queries.roles(actor(role, ""), matter)))
        for verb in DOINGS:
            there = reverse("matters_office:do", args=[matter.pk, verb]) in page
            assert there is (verb in allowed), (role, verb)
