"""One matter as the resident sees it: the promise, the timeline, and every button."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.matters import actions, words
from liren.matters.enums import Status
from liren.matters.models import Attachment, Follower, Matter
from liren.people.models import Mandate

pytestmark = pytest.mark.django_db
HOME = f"/c/{COMMUNITY}/"


def url(matter, verb=""):
    return f"{HOME}matters/{matter.pk}/{verb}{'/' if verb else ''}"


def handled(matter, actor, words="换好了"):
    actions.accept(by=actor("unit"), matter=matter.pk)
    return actions.handle(by=actor("unit"), matter=matter.pk, words=words)


def test_it_always_says_who_has_it_and_until_when(resident, need, actor, demo):
    matter = need()
    page = resident.get(url(matter))
    assert page.status_code == 200
    assert f"{demo.posts['unit'].title}在" in page.text
    assert "接手" in page.text
    actions.accept(by=actor("unit"), matter=matter.pk)
    actions.pass_up(by=actor("unit"), matter=matter.pk, words="要换线路")
    page = resident.get(url(matter))
    assert demo.posts["building"].title in page.text
    assert "要换线路" in page.text
    assert "自己解决不了" in page.text


def test_names_of_posts_never_of_persons(resident, need, actor, demo):
    matter = handled(need(), actor)
    page = resident.get(url(matter)).text
    for role in ("unit", "building", "worker"):
        assert demo.accounts[role].person.name not in page


def test_it_names_the_post_that_did_it_not_the_one_that_has_it(resident, need, actor, demo):
    matter = need()
    called = demo.posts["department"]
    actions.whistle(by=actor("worker"), matter=matter.pk, called=called.pk, words="请修路灯")
    actions.handle(by=actor("department"), matter=matter.pk, words="修好了")
    page = resident.get(url(matter)).text
    assert f"{called.title}说办好了，社区正在现场核实" in page
    actions.verify(by=actor("worker"), matter=matter.pk, done=True)
    page = resident.get(url(matter)).text
    assert f"{called.title}说办好了，解决了吗" in page
    matter.refresh_from_db()
    assert f"{matter.holder.title}说办好了" not in page


def test_what_is_internal_stays_inside(resident, need, actor):
    matter = need()
    actions.accept(by=actor("unit"), matter=matter.pk)
    actions.comment(by=actor("worker"), matter=matter.pk, words="内部备注", internal=True)
    actions.comment(by=actor("worker"), matter=matter.pk, words="明天师傅上门", internal=False)
    page = resident.get(url(matter)).text
    assert "内部备注" not in page
    assert "明天师傅上门" in page


def test_late_is_said_and_not_hidden(resident, need):
    matter = need()
    Matter.objects.filter(pk=matter.pk).update(due=clock.now() - timedelta(days=3))
    assert "超过了答应的时间" in resident.get(url(matter)).text
    assert (
        "超期" in resident.get(f"{HOME}matters/").text
        or "逾期" in resident.get(f"{HOME}matters/").text
    )


def test_a_year_without_announced_holidays_says_so(resident, need):
    matter = need()
    Matter.objects.filter(pk=matter.pk).update(due_provisional=True)
    assert "放假安排还没有公布" in resident.get(url(matter)).text


def test_reminding_once_a_day(resident, need):
    matter = need()
    assert url(matter, "remind") in resident.get(url(matter)).text
    assert resident.post(url(matter, "remind")).status_code == 302
    page = resident.get(url(matter))
    assert "提醒过，他们知道了" in page.text
    assert url(matter, "remind") not in page.text
    again = resident.post(url(matter, "remind"), follow=True)
    assert again.status_code == 200
    matter.refresh_from_db()
    assert matter.reminders == 1


def test_adding_words_and_refusing_nothing_at_all(resident, need):
    matter = need()
    empty = resident.post(url(matter, "add"), {"words": " "})
    assert empty.status_code == 422
    answer = resident.post(url(matter, "add"), {"words": "二楼也不亮"}, follow=True)
    assert "二楼也不亮" in answer.text
    assert f'data-draft-clear="add-{matter.pk}"' in answer.text
    long = resident.post(url(matter, "add"), {"words": "长" * 5000})
    assert long.status_code == 422
    assert "长" * 5000 in long.text


def test_answering_not_solved_then_solved_then_rated_and_reopened(resident, need, actor):
    matter = handled(need(), actor)
    page = resident.get(url(matter))
    assert "解决了吗" in page.text
    assert "换好了" in page.text
    # "Not solved" asks for a word: without it the person does not know what to do again.
    bare = resident.post(url(matter, "answer"), {"solved": "no"})
    assert bare.status_code == 422
    resident.post(url(matter, "answer"), {"solved": "no", "words": "还是不亮"})
    matter.refresh_from_db()
    assert matter.status == "handling"
    actions.handle(by=actor("unit"), matter=matter.pk, words="又换了灯座")
    resident.post(url(matter, "answer"), {"solved": "yes", "satisfied": "soso", "words": "慢了点"})
    matter.refresh_from_db()
    assert (matter.ending, matter.satisfied) == ("solved", "soso")
    assert "您说已经解决了" in resident.get(url(matter)).text
    resident.post(url(matter, "rate"), {"satisfied": "yes", "words": ""})
    matter.refresh_from_db()
    assert matter.satisfied == "yes"
    assert resident.post(url(matter, "rate"), {"satisfied": "five stars"}).status_code == 422
    assert resident.post(url(matter, "reopen"), {"words": ""}).status_code == 422
    resident.post(url(matter, "reopen"), {"words": "又坏了"})
    matter.refresh_from_db()
    assert (matter.status, matter.reopened) == ("handling", 2)


def test_after_its_time_it_cannot_be_reopened_and_the_words_come_back(resident, need, actor):
    matter = handled(need(), actor)
    resident.post(url(matter, "answer"), {"solved": "yes"})
    Matter.objects.filter(pk=matter.pk).update(reopen_until=clock.now() - timedelta(days=1))
    assert url(matter, "reopen") not in resident.get(url(matter)).text
    answer = resident.post(url(matter, "reopen"), {"words": "又坏了"})
    assert answer.status_code == 409
    assert "又坏了" in answer.text


def test_withdrawing_asks_first_and_ends_it(resident, need):
    matter = need()
    assert "l-confirm" in resident.get(url(matter)).text
    resident.post(url(matter, "withdraw"), {"seen": matter.version})
    matter.refresh_from_db()
    assert matter.ending == "withdrawn"
    assert "您撤回了" in resident.get(url(matter)).text


def test_somebody_was_faster_both_versions_and_the_words_are_shown(resident, need, actor):
    matter = handled(need(), actor)
    seen = matter.version
    actions.comment(by=actor("unit"), matter=matter.pk, words="灯座也换了", internal=False)
    answer = resident.post(
        url(matter, "answer"), {"solved": "no", "words": "晚上还是黑", "seen": seen}
    )
    assert answer.status_code == 409
    assert answer.text.count("晚上还是黑") >= 2  # beside theirs, and still in the form
    assert "灯座也换了" in answer.text
    matter.refresh_from_db()
    assert f'name="seen" value="{matter.version}"' in answer.text
    assert matter.status == "answering"
    words = {"solved": "no", "words": "晚上还是黑", "seen": matter.version}
    assert resident.post(url(matter, "answer"), words).status_code == 302


def test_what_no_longer_can_be_done_says_so_and_keeps_the_words(resident, need):
    matter = need()
    actions.withdraw(by=actions_actor(matter), matter=matter.pk)
    answer = resident.post(url(matter, "add"), {"words": "还有一句"})
    assert answer.status_code == 409
    assert "还有一句" in answer.text


def actions_actor(matter):
    from liren.organisation.queries import actor_for

    return actor_for(matter.reporter_id, home=COMMUNITY)


def test_strangers_see_and_do_nothing(client, need):
    matter = need()
    assert client.get(url(matter)).status_code == 404
    for verb in ("remind", "add", "withdraw", "answer", "reopen", "rate"):
        data = {"words": "x", "solved": "yes", "satisfied": "yes"}
        assert client.post(url(matter, verb), data).status_code == 404
        assert client.get(url(matter, verb)).status_code == 405
    matter.refresh_from_db()
    assert matter.version == 1


def test_under_another_communitys_address_it_is_not_there(resident, need):
    matter = need()
    other = url(matter).replace(COMMUNITY, "220103008001")
    assert resident.get(other).status_code == 404


# -- neighbours who follow ---------------------------------------------------------------------


def test_a_follower_reads_what_is_done_but_not_the_neighbours_words(client, need, demo, actor):
    matter = need("三楼漏水，我是张三", place=demo.household, place_note="卧室")
    neighbour = Client()
    neighbour.force_login(demo.accounts["department"])  # somebody with no post over this place
    follow = reverse("matters:follow", args=[COMMUNITY, matter.pk])
    assert neighbour.post(follow).status_code == 302
    handled(matter, actor, words="师傅修好了")
    page = neighbour.get(url(matter))
    assert page.status_code == 200
    assert "师傅修好了" in page.text
    for secret in ("张三", "卧室", str(demo.household), matter.number):
        assert secret not in page.text
    assert url(matter, "remind") not in page.text
    assert matter.number not in neighbour.get(f"{HOME}matters/?tab=followed").text
    assert "楼道灯路灯" in neighbour.get(f"{HOME}matters/?tab=followed").text
    neighbour.post(reverse("matters:unfollow", args=[COMMUNITY, matter.pk]))
    assert Follower.objects.count() == 0
    assert neighbour.get(url(matter)).status_code == 404


def test_merged_it_leads_to_the_one_both_go_on_with(resident, client, need, actor):
    target, mine = need(), need("楼道灯又不亮")
    actions.merge(by=actor("worker"), matter=mine.pk, into=target.pk)
    page = resident.get(url(mine))
    assert "合在一起" in page.text
    assert url(target) in page.text


# -- acting for somebody -----------------------------------------------------------------------


@pytest.fixture
def agent(client, demo):
    grantor, person = demo.accounts["resident"].person, demo.accounts["officer"].person
    Mandate.objects.create(
        community=COMMUNITY,
        grantor=grantor,
        agent=person,
        scopes=["matters"],
        until=clock.today() + timedelta(days=30),
        changed_by="test",
        changed_why="test",
    )
    client.force_login(demo.accounts["officer"])
    session = client.session
    session["acting_for"] = str(grantor.pk)
    session.save()
    return client


def test_under_a_mandate_it_counts_as_theirs_and_says_so(agent, demo, form):
    grantor = demo.accounts["resident"].person
    page = agent.get(f"{HOME}report/")
    assert f"您正在替{grantor.name}办事" in page.text
    agent.post(f"{HOME}report/", form(agent))
    matter = Matter.objects.get()
    assert matter.reporter == grantor
    assert matter.agent == demo.accounts["officer"].person
    shown = Client()
    shown.force_login(demo.accounts["resident"])
    assert "受您委托" in shown.get(url(matter)).text


# -- photos (G7) -------------------------------------------------------------------------------


def test_g7_withheld_photos_reach_the_reporter_and_the_office_not_the_holder(
    resident, need, demo, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8")
    matter = need("单元长态度差", shielded=True)
    row = Attachment.objects.create(
        community=COMMUNITY,
        place_code=matter.place_code,
        matter=matter,
        file="a.jpg",
        thumb="a.jpg",
        width=1,
        height=1,
        size=2,
        withheld=True,
    )
    address = f"{url(matter, 'photos')}{row.pk}/full/"
    seen = {}
    for role in ("resident", "worker", "unit", "building", "grid"):
        browser = Client()
        browser.force_login(demo.accounts[role])
        seen[role] = browser.get(address).status_code
    assert seen["resident"] == seen["worker"] == 200
    assert seen["unit"] == seen["building"] == seen["grid"] == 404
    Attachment.objects.update(withheld=False)
    browser = Client()
    browser.force_login(demo.accounts["unit"])
    assert browser.get(address).status_code == 200


def test_a_photo_of_another_matter_or_a_lost_file_is_not_there(resident, need, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first, second = need(), need("另一件")
    row = Attachment.objects.create(
        community=COMMUNITY,
        place_code=first.place_code,
        matter=first,
        file="gone.jpg",
        thumb="gone.jpg",
        width=1,
        height=1,
        size=2,
    )
    assert resident.get(f"{url(first, 'photos')}{row.pk}/full/").status_code == 404
    assert resident.get(f"{url(second, 'photos')}{row.pk}/full/").status_code == 404


# -- what it costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("tab", ["", "?tab=followed"])
def test_as_many_statements_for_three_matters_as_for_one(
    tab, client, need, demo, actor, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    who = "resident" if not tab else "unit"
    client.force_login(demo.accounts[who])
    counts = []
    for more in (1, 2):
        for number in range(more):
            matter = need(f"灯不亮 {more} {number}")
            if tab:
                actions.follow(by=actor("unit"), matter=matter.pk)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{HOME}matters/{tab}").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_only_who_reported_it_is_asked_to_confirm(resident, need, actor):
    matter = handled(need(), actor)
    matter.refresh_from_db()
    assert words.state_of(matter).word == ""
    assert words.state_of(matter, own=False).word == Status.ANSWERING.label


def test_words_that_came_too_late_name_a_way_on(resident, need):
    matter = need()
    resident.post(url(matter, "withdraw"), {"seen": matter.version})
    page = resident.post(url(matter, "add"), {"words": "灯泡碎了"})
    assert page.status_code == 409
    assert "灯泡碎了" in page.text
    assert "请重新反映" in page.text
    assert "再发一次" not in page.text


def test_the_printed_receipt_says_where_and_when(resident, need):
    page = resident.get(url(need(), "receipt"))
    assert f"testserver{HOME}lookup/" in page.text
    assert "三楼" in page.text
