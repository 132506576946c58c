"""The pages: everybody's, the liaison's, the receiver's, the desk's."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.base import clock
from liren.demo.community import COMMUNITY, TRACK
from liren.partners import actions
from liren.partners.models import (
    Agreement,
    Application,
    Contribution,
    Letter,
    OpenCall,
    Partner,
    Project,
)
from liren.people.models import Account, Person

pytestmark = pytest.mark.django_db
HOME = f"/c/{COMMUNITY}/partners/"


def office(name, *args):
    return reverse(f"partners_office:{name}", args=args)


def body(**changes):
    return {
        "kind": "unit",
        "organisation_name": "明朗家电维修部（演示）",
        "contact_name": "周安宁",
        "contact_phone": "13800000011",
        "offer": "每月上门修小件。",
        **changes,
    }


def sign_in(person):
    client = Client()
    client.force_login(Account.objects.create_user(f"p{person.pk}", person=person))
    return client


def test_everybody_reads_calls_and_partners(world, client):
    assert client.get(HOME).status_code == 200
    call = world.call()
    agreement = world.agreement()
    world.gift(world.project(agreement), kind="money", amount="300", what="购置配件")
    page = client.get(HOME)
    assert call.title in page.text
    assert agreement.partner.name in page.text
    assert client.get(f"{HOME}calls/{call.pk}/").status_code == 200
    partner = client.get(f"{HOME}partner/{agreement.partner_id}/")
    assert "冬季上门检修" in partner.text
    assert "¥300.00" in partner.text


def test_a_person_as_partner_is_masked_for_everybody(world, client):
    agreement = world.agreement(kind="person", organisation_name="", contact_name="周安宁")
    page = client.get(f"{HOME}partner/{agreement.partner_id}/")
    assert "周**" in page.text
    assert "周安宁" not in page.text + client.get(HOME).text


def test_somebody_without_an_account_applies_and_follows_by_code(world, client):
    call = world.call()
    address = f"{HOME}calls/{call.pk}/apply/"
    assert client.get(address).status_code == 200
    bad = client.post(address, body(contact_phone="12", organisation_name=""))
    assert bad.status_code == 422
    assert "每月上门修小件" in bad.text  # nothing typed is lost
    sent = client.post(address, body())
    assert sent.status_code == 200
    code = re.search(r'id="code">([A-Z0-9]+)<', sent.text).group(1)
    row = Application.objects.get()
    assert row.person is None
    assert bytes(row.code_hash) != code.encode()
    twice = client.post(address, body())
    assert twice.status_code == 422
    assert "已经申请过" in twice.text
    other = Client()
    mine = f"{HOME}application/{row.pk}/"
    assert other.get(mine).status_code == 404
    assert other.post(f"{HOME}application/", {"code": "WRONG"}).status_code == 404
    opened = other.post(f"{HOME}application/", {"code": code.lower()}, follow=True)
    assert opened.status_code == 200
    assert "审核中" in opened.text
    assert other.post(mine, follow=True).status_code == 200
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert other.post(mine).status_code == 409


def test_a_call_that_closes_while_somebody_writes_keeps_the_words(world, client):
    call = world.call()
    actions.close_call(by=world.worker, call=call.pk, why="已经找到了")
    sent = client.post(f"{HOME}calls/{call.pk}/apply/", body())
    assert sent.status_code == 422
    assert "招募已关闭" in sent.text
    assert "每月上门修小件" in sent.text
    assert client.get(f"{HOME}calls/{call.pk}/apply/").status_code == 302
    assert "已经找到了" in client.get(f"{HOME}calls/{call.pk}/").text


def test_the_desk_goes_all_the_way(desk, world, demo, client):
    browser = desk("worker")
    assert browser.get(office("overview")).status_code == 200
    today = clock.today()
    form = {
        "title": "招募义诊合伙人",
        "wanted": "每季度一次义诊",
        "place": str(demo.community.pk),
        "area": "old",
        "trade": "health",
        "term": "short",
        "who": ["unit", "organisation"],
        "capacity": "1",
        "opens": today.isoformat(),
        "closes": (today + timedelta(days=10)).isoformat(),
    }
    assert browser.post(office("call_new"), {**form, "capacity": "0"}).status_code == 422
    assert browser.post(office("call_new"), form).status_code == 302
    call = OpenCall.objects.get()
    there = office("call", call.pk)
    assert browser.get(there).status_code == 200
    published = browser.post(there, {"do": "publish", "seen": "1"})
    assert published.status_code == 302
    assert browser.post(there, {"do": "publish", "seen": "1"}).status_code == 409
    stale = browser.post(there, {"do": "write", **form, "seen": "1"})
    assert stale.status_code == 409
    assert browser.get(office("record", call.pk)).status_code == 200
    written = browser.post(office("record", call.pk), body(), follow=True)
    assert "查询码" in written.text
    application = Application.objects.get()
    assert application.recorded
    there = office("application", application.pk)
    page = browser.get(there)
    assert "138****0011" in page.text
    assert "13800000011" not in page.text
    assert browser.post(there, {"do": "accept", "why": "好"}).status_code == 422
    shown = browser.post(office("reveal", application.pk), {"reason": "约时间谈"})
    assert "13800000011" in shown.text
    assert browser.post(office("reveal", application.pk), {"reason": " "}).status_code == 422
    application.refresh_from_db()
    assert [one["why"] for one in application.looks] == ["约时间谈"]
    checks = [one["key"] for one in call.scheme.checks]
    vet = {
        "do": "vet",
        "ticked": checks,
        "conflict_note": "问过，没有",
        "seen": application.version,
    }
    assert browser.post(there, vet).status_code == 302
    seen = Application.objects.get().version
    assert browser.post(there, {"do": "decline", "why": "", "seen": seen}).status_code == 422
    assert browser.post(there, {"do": "accept", "why": "资质齐全", "seen": seen}).status_code == 302
    agreement = Agreement.objects.get()
    there = office("agreement", agreement.pk)
    assert browser.get(there).status_code == 200
    days = {"starts": today.isoformat(), "ends": (today + timedelta(days=90)).isoformat()}
    write = {"do": "write", "promises": "每季度一次", "gives": "活动室", "seen": 1}
    wrong = browser.post(there, {**write, "starts": days["ends"], "ends": days["starts"]})
    assert wrong.status_code == 422
    assert browser.post(there, {**write, **days}).status_code == 302
    paper = browser.get(office("agreement_paper", agreement.pk))
    assert paper.content.startswith(b"%PDF")
    assert browser.post(there, {"do": "sign", "signed_on": today.isoformat()}).status_code == 302
    project = {
        "do": "project",
        "title": "冬季义诊",
        "what": "量血压",
        "place": str(demo.unit.parent_id),
        "receiver": f"post:{demo.posts['grid'].pk}",
        "starts": days["starts"],
        "due": days["ends"],
    }
    assert browser.post(there, {**project, "receiver": "post:x"}).status_code == 422
    assert browser.post(there, project).status_code == 302
    row = Project.objects.get()
    there = office("project", row.pk)
    due = row.due.isoformat()
    assert (
        browser.post(there, {"do": "milestone", "title": "定时间", "due": due}).status_code == 302
    )
    gift = {"do": "gift", "kind": "hours", "what": "义诊", "amount": "6", "due": due}
    assert browser.post(there, {**gift, "amount": "0"}).status_code == 422
    assert browser.post(there, gift).status_code == 302
    assert "6 小时" in browser.get(there).text
    end = {"do": "end", "why": "机构搬走"}
    refused = browser.post(office("agreement", agreement.pk), end)
    assert refused.status_code == 422
    assert "冬季义诊" in refused.text
    for tab in ("now", "calls", "agreements", "projects"):
        assert browser.get(office("overview"), {"tab": tab}).status_code == 200
    partner = Partner.objects.get()
    there = office("partner", partner.pk)
    assert browser.post(there, {"do": "about", "about": "社区医院"}).status_code == 302
    assert browser.post(there, {"do": "leave"}).status_code == 422
    assert browser.get(there, {"q": "不存在"}).status_code == 200
    assert client.get(f"{HOME}partner/{partner.pk}/").status_code == 200


def test_the_liaison_reports_and_a_post_confirms(world, desk, demo):
    agreement = world.agreement()
    project = world.project(agreement)
    gift = world.gift(project)
    person = agreement.partner.post.terms.get().person
    liaison = sign_in(person)
    assert "我的项目" in liaison.get("/field/").text
    assert project.title in liaison.get("/field/partners/").text
    there = f"/field/partners/{project.pk}/"
    assert liaison.get(there).status_code == 200
    assert liaison.post(there, {"do": "deliver", "words": "做完了"}).status_code == 422
    assert liaison.post(there, {"do": "arrived", "thing": str(gift.pk)}).status_code == 403
    assert liaison.post(there, {"do": "give", "thing": str(gift.pk)}).status_code == 302
    sent = liaison.post(there, {"do": "deliver", "words": "做完了", "seen": project.version})
    assert sent.status_code == 302
    grid = desk("grid")
    assert project.title in grid.get("/field/partners/").text
    assert grid.post(there, {"do": "no", "words": ""}).status_code == 422
    assert grid.post(there, {"do": "yes", "words": ""}).status_code == 302
    assert Contribution.objects.get().state == "confirmed"
    assert grid.post(there, {"do": "yes", "words": ""}).status_code == 409
    building = desk("building")
    assert building.get(there).status_code == 404
    assert building.post(there, {"do": "yes"}).status_code == 404


def test_a_resident_confirms_on_their_own_page(world, desk, demo):
    project = world.project(receiver_person=demo.accounts["resident"].person_id)
    actions.deliver(by=world.liaison(project.agreement), project=project.pk, words="修好了")
    browser = desk("resident")
    there = f"{HOME}received/{project.pk}/"
    assert "做到了" in browser.get(there).text
    assert browser.post(there, {"decision": "yes"}).status_code == 302
    project.refresh_from_db()
    assert project.state == "confirmed"
    assert desk("unit").get(there).status_code == 404


def test_the_scheme_page_writes_a_version(desk):
    browser = desk("worker")
    page = browser.get(office("scheme"))
    form = page.context["form"]
    sent = {name: form.initial[name] for name in form.fields}
    sent["trades"] += "\n宠物友好"
    assert browser.post(office("scheme"), sent).status_code == 302
    assert "宠物友好" in browser.get(office("scheme")).text
    assert browser.post(office("scheme"), {**sent, "terms": "很久"}).status_code in (409, 422)


@pytest.mark.parametrize("tab", ["now", "calls", "agreements", "projects"])
def test_lists_cost_the_same_for_one_and_three(desk, world, tab):
    def count(address):
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(address).status_code == 200
        return len(caught)

    world.application(by=world.actor("unit"), contact_phone="13911110000")
    world.project()
    browser = desk("worker")
    addresses = [office("overview") + f"?tab={tab}", HOME]
    assert [count(one) for one in addresses]  # the first look warms what is kept
    first = [count(one) for one in addresses]
    for n in range(2):
        world.application(by=world.actor("unit"), contact_phone=f"1391111000{n + 1}")
        world.project()
    assert [count(one) for one in addresses] == first


@pytest.mark.parametrize(
    "days",
    [
        {"starts": "9999-12-01", "ends": "9999-12-31"},
        {"starts": "1066-10-14", "ends": "1066-10-15"},
    ],
)
def test_days_out_of_this_century_are_mistyped_not_a_fault(world, desk, days):
    row = world.draft()
    sent = {"do": "write", "promises": "上门修小件", "seen": str(row.version), **days}
    assert desk("worker").post(office("agreement", row.pk), sent).status_code == 422


def test_an_answer_is_a_yes_or_a_no(world, desk, demo):
    project = world.project(receiver_person=demo.accounts["resident"].person_id)
    actions.deliver(by=world.liaison(project.agreement), project=project.pk, words="修好了")
    there = f"{HOME}received/{project.pk}/"
    assert "还没有" in desk("resident").get(there).text
    assert desk("resident").post(there, {"words": "回车发出的"}).status_code == 404
    project.refresh_from_db()
    assert project.state == "delivered"


def test_a_search_with_what_no_name_holds_finds_nobody(world, desk):
    row = world.agreement()
    address = office("partner", row.partner_id) + "?q=%00%C2%B2"
    assert desk("worker").get(address).status_code == 200


def test_somebody_of_another_community_applies_and_helps(world, desk, demo):
    other = Person.objects.create(community="220103008004", name="外区人", synthetic=True, **TRACK)
    browser = sign_in(other)
    apply = f"{HOME}calls/{world.call().pk}/apply/"
    assert "外区人" in browser.get(apply).text
    there = f"{HOME}seconded/"
    assert browser.post(there, {"do": "report_in", "home": "区档案馆"}).status_code == 302
    assert browser.post(there, {"do": "letter", "words": "扫过一次雪"}).status_code == 302
    page = desk("worker").get(office("seconded"))
    assert "区档案馆" in page.text
    assert "扫过一次雪" in page.text
    assert "外区人" not in page.text
    letter = Letter.objects.get()
    actions.answer_letter(by=world.worker, letter=letter.pk, issue=True)
    paper = browser.get(f"{there}letter/{letter.pk}/")
    assert paper.content.startswith(b"%PDF")
