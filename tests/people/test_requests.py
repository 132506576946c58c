"""The desk's page for what residents ask about their data and households, through real requests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.access import rls
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Invalid
from liren.demo.community import COMMUNITY, TRACK
from liren.notifications.models import Notice
from liren.organisation.models import Post, Term
from liren.people import actions
from liren.people.models import (
    Account,
    Person,
    Residence,
    ResidenceClaim,
    RightsRequest,
    Unmasking,
)
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
PAGE = "/office/requests/"
ME = f"/c/{COMMUNITY}/me/"
OTHER = "220103008004"


@pytest.fixture
def asked(make_person, as_person):
    """Somebody with a sign-in asks; returns the request."""

    def make(kind="correct", detail="姓名应为韩梅", name="韩梅梅", phone="13700000001"):
        person = Person.objects.filter(phone_hash=key_hash(phone, "phone")).first()
        person = person or make_person(name, phone=phone)
        return actions.ask(by=as_person(person), kind=kind, detail=detail)

    return make


@pytest.fixture
def claimed(make_person, demo):
    """Somebody says they live in a household; returns the claim."""

    def make(name="李雷雷", phone="13700000002"):
        person = make_person(name, phone=phone)
        return ResidenceClaim.objects.create(
            community=COMMUNITY,
            person=person,
            place=demo.household,
            place_code=demo.household.code,
            tenure="tenant",
            **TRACK,
        )

    return make


@pytest.fixture
def stranger(demo):
    """A worker of the community next door, signed in."""
    place = Place.objects.create(
        community=OTHER,
        code=OTHER,
        level="community",
        name="邻社区",
        parent=Place.objects.get(code="220103008"),
        **TRACK,
    )
    person = Person.objects.create(community=OTHER, name="测试员", synthetic=True, **TRACK)
    post = Post.objects.create(
        community=OTHER, place=place, place_code=OTHER, type_id="worker", title="邻站", **TRACK
    )
    Term.objects.create(community=OTHER, post=post, person=person, **TRACK)
    client = Client()
    client.force_login(Account.objects.create_user("stranger", person=person))
    return client


def browser_of(person):
    client = Client()
    client.force_login(person.account)
    return client


def to_request(row):
    return f"{PAGE}{row.pk}/answer/"


def to_claim(row):
    return f"{PAGE}claims/{row.pk}/answer/"


def test_nothing_waits(desk):
    page = desk("worker").get(PAGE).content.decode()
    assert "没有待答复的申请" in page
    assert f'href="{PAGE}"' in page  # in the navigation
    assert "件居民申请待答复" not in desk("worker").get("/office/").content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("worker", 200),
        ("secretary", 200),
        ("officer", 403),
        ("grid", 403),
        ("unit", 403),
        ("resident", 403),
        ("department", 403),
    ],
)
def test_only_posts_that_answer_see_the_page(desk, asked, role, status):
    row = asked()
    client = desk(role)
    assert client.get(PAGE).status_code == status
    if status == 403:
        answer = client.post(to_request(row), {"decision": "grant", "words": "已经更正"})
        assert answer.status_code == 403
        row.refresh_from_db()
        assert row.state == "open"
        assert PAGE not in client.get("/office/").content.decode()


def test_the_one_due_first_is_on_top_and_nobody_is_named(desk, asked, claimed):
    later = asked(name="韩梅梅", phone="13700000001")
    first = asked("object", "不要再用我的电话", name="王小二", phone="13700000003")
    claimed()
    RightsRequest.objects.filter(pk=first.pk).update(due=clock.now() - timedelta(days=1))
    answer = desk("worker").get(PAGE)
    page = answer.content.decode()
    assert [one["row"].pk for one in answer.context["requests"]] == [first.pk, later.pk]
    assert page.count("已超期") == 1
    for said in ("姓名应为韩梅", "不要再用我的电话", "韩**", "王**", "李**", "137****0001"):
        assert said in page, said
    for hidden in ("韩梅梅", "王小二", "李雷雷", "13700000001"):
        assert hidden not in page, hidden
    board = desk("worker").get("/office/").content.decode()
    assert "3 件居民申请待答复" in board
    assert "件居民申请待答复" not in desk("officer").get("/office/").content.decode()


def test_a_correction_is_made_with_its_answer_and_the_resident_reads_it(desk, asked):
    row = asked()
    entry = {"decision": "grant", "field": "name", "value": "韩梅", "words": ""}
    answer = desk("worker").post(to_request(row), entry)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answer, row.person.name) == ("done", "已更正：姓名", "韩梅")
    assert Notice.objects.filter(person=row.person, kind="people.answered").count() == 1
    page = browser_of(row.person).get(f"{ME}data/").content.decode()
    assert "已更正：姓名" in page
    assert desk("worker").get(PAGE).context["requests"] == []


@pytest.mark.parametrize(
    ("entry", "beside"),
    [
        ({"decision": "grant"}, "words"),  # says neither what was corrected nor how
        ({"decision": "refuse", "words": "  "}, "words"),
        ({"decision": "grant", "field": "name"}, "value"),
        ({"decision": "grant", "field": "birth_year", "value": "1000"}, "value"),
        ({"decision": "grant", "field": "left_on", "value": "2020-01-01"}, "field"),
        ({"words": "好的，已经处理"}, None),
        ({"decision": "refuse", "words": "很" * 1001}, "words"),
    ],
)
def test_an_answer_that_says_nothing_is_refused_beside_the_field(desk, asked, entry, beside):
    row = asked()
    answer = desk("worker").post(to_request(row), entry)
    assert answer.status_code == 422
    form = answer.context["requests"][0]["form"]
    assert list(form.errors) == [beside or "__all__"]
    if entry.get("words", "").strip():
        assert entry["words"] in answer.content.decode()  # nothing typed is lost
    row.refresh_from_db()
    assert (row.state, row.person.name) == ("open", "韩梅梅")


def test_a_refusal_says_why(desk, asked):
    row = asked("object", "")
    data = {"decision": "refuse", "words": "物业费票据依法保留三年。不服可向街道申诉。"}
    assert desk("worker").post(to_request(row), data).status_code == 302
    row.refresh_from_db()
    assert row.state == "refused"
    assert data["words"] in browser_of(row.person).get(f"{ME}data/").content.decode()
    assert Notice.objects.filter(person=row.person, body=data["words"]).exists()


def test_stopping_use_says_what_is_no_longer_used(actor, asked):
    row = asked("object", "")
    with pytest.raises(Invalid) as refused:
        actions.answer_request(by=actor("worker"), request=row.pk, grant=True)
    assert list(refused.value.fields) == ["words"]


def test_a_deletion_needs_the_tick_and_deletes(desk, asked):
    row = asked("erase", "")
    client = desk("worker")
    assert client.post(to_request(row), {"decision": "grant"}).status_code == 422
    assert Person.objects.get(pk=row.person_id).name == "韩梅梅"
    answer = client.post(to_request(row), {"decision": "grant", "sure": "on"})
    assert answer.status_code == 302
    with rls.everywhere():
        left = Person.objects.get(pk=row.person_id)
    assert (left.name, left.phone, left.erased_at is None) == ("", None, False)
    assert not Account.objects.filter(person=left).exists()


def test_a_deletion_that_must_wait_says_why_and_changes_nothing(desk, demo, as_person):
    leader = Term.objects.get(post=demo.posts["unit"]).person
    row = actions.ask(by=as_person(leader), kind="erase")
    answer = desk("worker").post(to_request(row), {"decision": "grant", "sure": "on"})
    assert answer.status_code == 409
    assert answer.context["said"]
    assert answer.context["requests"][0]["row"].pk == row.pk  # it still waits
    row.refresh_from_db()
    assert row.state == "open"
    assert Person.objects.get(pk=leader.pk).name == leader.name


def test_both_answers_to_a_claim(desk, claimed, demo):
    yes, no = claimed(), claimed("赵四四", "13700000004")
    client = desk("worker")
    assert client.post(to_claim(no), {"decision": "refuse"}).status_code == 422
    reason = "户主说不认识，请带租房合同来窗口。"
    assert client.post(to_claim(no), {"decision": "refuse", "words": reason}).status_code == 302
    assert client.post(to_claim(yes), {"decision": "grant"}).status_code == 302
    assert Residence.objects.filter(person=yes.person, place=demo.household).exists()
    assert not Residence.objects.filter(person=no.person).exists()
    assert demo.household.full_name in browser_of(yes.person).get(f"{ME}household/").text
    assert reason in browser_of(no.person).get(f"{ME}household/").text
    assert Notice.objects.filter(kind="people.household").count() == 2


def test_the_second_answer_is_told_of_the_first_and_loses_no_words(desk, asked, claimed, actor):
    row, claim = asked(), claimed()
    other = actor("secretary")
    actions.answer_request(by=other, request=row.pk, grant=False, words="请先来窗口核对身份证")
    actions.answer_claim(by=other, claim=claim.pk, confirm=False, words="请带合同来窗口")
    client = desk("worker")
    for address in (to_request(row), to_claim(claim)):
        answer = client.post(address, {"decision": "grant", "words": "我写了很久的答复"})
        assert answer.status_code == 409, address
        assert "已经答复" in answer.text
        assert "我写了很久的答复" in answer.text
    row.refresh_from_db()
    claim.refresh_from_db()
    assert (row.state, claim.state) == ("refused", "refused")
    assert Notice.objects.filter(kind="people.answered").count() == 1


def test_what_was_taken_back_needs_no_answer(desk, asked, as_person):
    row = asked()
    actions.take_back_request(by=as_person(row.person), request=row.pk)
    answer = desk("worker").post(to_request(row), {"decision": "grant", "words": "已经更正了"})
    assert answer.status_code == 409
    assert "撤回" in answer.text


def test_another_community_neither_sees_nor_answers(stranger, asked, claimed):
    row, claim = asked(), claimed()
    page = stranger.get(PAGE)
    assert page.context["requests"] == page.context["claims"] == []
    data = {"decision": "grant", "words": "不是我们社区的"}
    assert stranger.post(to_request(row), data).status_code == 404
    assert stranger.post(to_claim(claim), data).status_code == 404
    show = f"{PAGE}{row.person_id}/show/phone/"
    assert stranger.post(show, {"reason": "想打个电话问问"}).status_code == 404
    row.refresh_from_db()
    claim.refresh_from_db()
    assert (row.state, claim.state) == ("open", "open")
    assert not Unmasking.objects.exists()


def test_a_number_is_shown_once_after_a_reason_the_resident_reads(desk, asked, make_person):
    row = asked()
    client = desk("worker")
    show = f"{PAGE}{row.person_id}/show/phone/"
    assert client.post(show, {"reason": " "}).status_code == 422
    assert not Unmasking.objects.exists()
    shown = client.post(show, {"reason": "电话核实要更正的姓名"})
    assert "13700000001" in shown.text
    assert "13700000001" not in client.get(PAGE).text
    assert "电话核实要更正的姓名" in browser_of(row.person).get(f"{ME}log/").text
    # Nobody who asked for nothing, and nothing the answer does not need.
    idle = make_person("赵六", phone="13700000009")
    assert client.post(f"{PAGE}{idle.pk}/show/phone/", {"reason": "想看一看"}).status_code == 404
    other = f"{PAGE}{row.person_id}/show/identity/"
    assert client.post(other, {"reason": "想看一看吧"}).status_code == 404


def statements(client, address):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [q["sql"] for q in caught if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("address", [PAGE, "/office/"])
def test_as_many_statements_for_three_as_for_one(desk, asked, claimed, address):
    client = desk("worker")
    client.get(address)  # a new sign-in writes its session once
    asked()
    claimed()
    one = statements(client, address)
    for number in (3, 5):
        asked(name="王小二", phone=f"1370000000{number}")
        claimed("李雷雷", f"1370000000{number + 1}")
    three = statements(client, address)
    assert len(one) == len(three)
    assert len(three) <= 12, three
