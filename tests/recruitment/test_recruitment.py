"""Calls for leaders: who may stand and support, what is told, and that nothing of it is left."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.demo.community import COMMUNITY, TRACK
from liren.notifications.models import Notice
from liren.organisation.models import Term
from liren.organisation.queries import actor_for
from liren.people.models import Account, Person, Residence
from liren.recruitment import actions, queries, rules
from liren.recruitment.models import Nomination, Opening, Support, Thanks

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(actor):
    return actor("secretary")


@pytest.fixture
def day():
    return clock.today()


@pytest.fixture
def opening(demo, secretary, day):
    Term.objects.filter(post=demo.posts["unit"]).delete()
    return actions.open_call(
        by=secretary,
        place=demo.unit.pk,
        type="unit_leader",
        until=day + timedelta(days=14),
        text="一起把单元照看好",
    )


@pytest.fixture
def neighbour(demo):
    """Make a person who lives at the opening's entrance, with an account."""
    count = iter(range(100))

    def make(home=None):
        n = next(count)
        person = Person.objects.create(
            community=COMMUNITY, name=f"测试邻居{n}", synthetic=True, **TRACK
        )
        place = home or demo.household
        Residence.objects.create(
            community=COMMUNITY,
            person=person,
            place=place,
            place_code=place.code,
            tenure="owner",
            **TRACK,
        )
        Account.objects.create_user(f"neighbour-{n}", person=person)
        return actor_for(person.pk, home=COMMUNITY)

    return make


def test_a_call_is_told_to_who_lives_there_and_only_once(demo, opening, secretary, day):
    told = Notice.objects.filter(kind="recruitment.called")
    assert [n.person_id for n in told] == [demo.accounts["resident"].person_id]
    with pytest.raises(Invalid):
        actions.open_call(by=secretary, place=demo.unit.pk, type="unit_leader", until=day)
    assert Opening.objects.count() == 1


def test_what_a_call_refuses(demo, secretary, actor, day):
    say = {"by": secretary, "place": demo.unit.pk, "type": "unit_leader", "until": day}
    for wrong in (
        {"until": day - timedelta(days=1)},
        {"until": day + timedelta(days=91)},
        {"type": "grid_leader"},
        {"type": "nobody"},
    ):
        with pytest.raises(Invalid):
            actions.open_call(**{**say, **wrong})
    with pytest.raises(NotAllowed):
        actions.open_call(**{**say, "by": actor("worker")})
    with pytest.raises(NotFound):
        actions.open_call(**{**say, "place": demo.committee.pk})
    assert not Opening.objects.exists()


def test_only_who_lives_there_stands_and_supports(opening, actor, neighbour, demo):
    stands = actions.nominate(by=neighbour(), opening=opening.pk, words="在家时间多")
    for outsider in (actor("grid"), actor("worker")):
        with pytest.raises(NotAllowed):
            actions.nominate(by=outsider, opening=opening.pk)
        with pytest.raises(NotAllowed):
            actions.support(by=outsider, nomination=stands.pk)
    with pytest.raises(NotAllowed):
        actions.support(by=actor_for(stands.person_id), nomination=stands.pk)
    assert Support.objects.count() == 0


def test_support_is_once_taken_back_and_shown_from_three(opening, neighbour):
    first = actions.nominate(by=neighbour(), opening=opening.pk)
    second = actions.nominate(by=neighbour(), opening=opening.pk)
    helpers = [neighbour() for _ in range(3)]
    for helper in helpers:
        actions.support(by=helper, nomination=first.pk)
        actions.support(by=helper, nomination=second.pk)
    assert Support.objects.count() == 3
    listed = queries.nominees(opening, helpers[0].person)
    # In the order of entry, whoever has how much support.
    assert [one.nomination.pk for one in listed] == [first.pk, second.pk]
    assert [one.support for one in listed] == [None, 3]
    assert [one.supported for one in listed] == [False, True]
    actions.unsupport(by=helpers[0], opening=opening.pk)
    actions.unsupport(by=helpers[0], opening=opening.pk)
    assert [one.support for one in queries.nominees(opening)] == [None, None]
    assert rules.shown_support(2) is None


def test_a_neighbour_is_asked_first_and_the_answer_tells_nothing(opening, neighbour, actor):
    proposer, named = neighbour(), neighbour()
    account = Account.objects.get(person=named.person)
    from liren.base.crypto import key_hash

    account.phone_hash = key_hash("13800000009", "phone")
    account.save()
    with pytest.raises(Invalid):
        actions.propose(by=proposer, opening=opening.pk, phone="12")
    assert actions.propose(by=proposer, opening=opening.pk, phone="13800000008") is None
    assert actions.propose(by=proposer, opening=opening.pk, phone="138 0000 0009") is None
    assert actions.propose(by=proposer, opening=opening.pk, phone="13800000009") is None
    asked = Nomination.objects.get()
    assert asked.person_id == named.person
    assert queries.nominees(opening) == []
    with pytest.raises(Changed):
        actions.support(by=proposer, nomination=asked.pk)
    assert Notice.objects.filter(kind="recruitment.asked", person=named.person).count() == 1
    actions.nominate(by=named, opening=opening.pk)
    assert [one.nomination.pk for one in queries.nominees(opening)] == [asked.pk]
    actions.withdraw(by=named, opening=opening.pk)
    assert not Nomination.objects.exists()


def test_appointing_leaves_nothing_of_the_others(opening, secretary, neighbour, day):
    chosen = actions.nominate(by=neighbour(), opening=opening.pk)
    other = actions.nominate(by=neighbour(), opening=opening.pk, words="我也愿意")
    actions.support(by=neighbour(), nomination=other.pk)
    term = actions.appoint(by=secretary, nomination=chosen.pk, starts=day)
    assert Term.objects.get(pk=term.pk).person_id == chosen.person_id
    assert not Nomination.objects.exists()
    assert not Support.objects.exists()
    opening.refresh_from_db()
    assert opening.state == "filled"
    thanks = Notice.objects.get(kind="recruitment.thanked")
    assert thanks.person_id == other.person_id
    assert "邻居" in thanks.body
    assert Notice.objects.get(kind="recruitment.appointed").link == "/field/welcome/"
    with pytest.raises(Changed):
        actions.appoint(by=secretary, nomination=other.pk, starts=day)
    with pytest.raises(Changed):
        actions.nominate(by=neighbour(), opening=opening.pk)
    with pytest.raises(Changed):
        actions.close_call(by=secretary, opening=opening.pk)


def test_a_call_that_ended_or_ran_out_takes_nobody(opening, secretary, neighbour):
    actions.nominate(by=neighbour(), opening=opening.pk)
    with clock.freeze(clock.now() + timedelta(days=15)):
        with pytest.raises(Changed):
            actions.nominate(by=neighbour(), opening=opening.pk)
        # The office still decides.
        actions.close_call(by=secretary, opening=opening.pk, words="谢谢大家")
    assert not Nomination.objects.exists()
    assert Notice.objects.get(kind="recruitment.thanked").body == "谢谢大家"


def test_what_nobody_closed_goes_by_itself(opening, neighbour):
    from liren.people.retention import purge

    stands = actions.nominate(by=neighbour(), opening=opening.pk)
    actions.support(by=neighbour(), nomination=stands.pk)
    purge(clock.now() + timedelta(days=40))
    assert Nomination.objects.exists()
    purge(clock.now() + timedelta(days=60))
    assert not Nomination.objects.exists()
    assert not Support.objects.exists()


def test_deleting_ones_data_takes_nomination_and_support_along(opening, neighbour):
    from liren.people import actions as people

    stands = actions.nominate(by=neighbour(), opening=opening.pk)
    helper = neighbour()
    actions.support(by=helper, nomination=stands.pk)
    people.erase(by=helper, person=helper.person)
    assert not Support.objects.exists()
    people.erase(by=actor_for(stands.person_id, home=COMMUNITY), person=stands.person_id)
    assert not Nomination.objects.exists()


# -- pages -------------------------------------------------------------------------------------


def test_the_neighbours_page(client, desk, opening, demo, neighbour):
    page = reverse("recruitment:call", args=[COMMUNITY, opening.pk])
    nobody = client.get(page)
    assert nobody.status_code == 200
    assert "登录" in nobody.text
    assert client.post(page, {"do": "nominate"}).status_code == 302
    stands = actions.nominate(by=neighbour(), opening=opening.pk)
    assert stands.person.name not in client.get(page).text
    away = desk("grid")
    assert stands.person.name not in away.get(page).text
    assert away.post(page, {"do": "nominate"}).status_code == 403
    home = desk("resident")
    assert stands.person.name in home.get(page).text
    assert home.post(page, {"do": "support", "nomination": "x"}).status_code == 404
    assert home.post(page, {"do": "support", "nomination": str(opening.pk)}).status_code == 409
    assert home.post(page, {"do": "else"}).status_code == 404
    sent = home.post(page, {"do": "support", "nomination": str(stands.pk)})
    assert sent.status_code == 302
    assert "撤回" in home.get(page).text
    assert home.post(page, {"do": "propose", "phone": "1"}).status_code == 422
    leaders = home.get(f"/c/{COMMUNITY}/leaders/?place={demo.unit.code}")
    assert page in leaders.text


def test_the_desk_calls_from_a_gap_and_appoints(desk, demo, day, neighbour):
    Term.objects.filter(post=demo.posts["unit"]).delete()
    client = desk("secretary")
    gap = reverse("network:gap", args=[demo.unit.pk, "unit_leader"])
    new = reverse("recruitment:new", args=[demo.unit.pk, "unit_leader"])
    assert new in client.get(gap).text
    assert client.get(new).status_code == 200
    assert client.post(new, {"until": "x"}).status_code == 422
    assert client.post(new, {"until": "2020-01-01"}).status_code == 422
    client.post(new, {"until": (day + timedelta(days=9)).isoformat(), "text": "来吧"})
    opening = Opening.objects.get()
    stands = actions.nominate(by=neighbour(), opening=opening.pk)
    page = reverse("recruitment:one", args=[opening.pk])
    assert stands.person.name in client.get(page).text
    assert client.post(page, {"do": "else"}).status_code == 404
    wrong = {"do": "appoint", "nomination": str(opening.pk), "starts": day.isoformat()}
    assert client.post(page, wrong).status_code == 422
    sent = client.post(page, {**wrong, "nomination": str(stands.pk)})
    assert sent.status_code == 302
    assert Term.objects.filter(person=stands.person_id).exists()
    assert client.post(page, {"do": "close", "words": ""}).status_code == 409
    assert client.get(reverse("recruitment:overview")).status_code == 200
    assert desk("worker").get(page).status_code == 403


def test_statements_do_not_grow_with_the_nominees(desk, opening, neighbour):
    client = desk("secretary")
    page = reverse("recruitment:one", args=[opening.pk])
    taken = []
    for more in (1, 4):
        for _ in range(more):
            stands = actions.nominate(by=neighbour(), opening=opening.pk)
            actions.support(by=neighbour(), nomination=stands.pk)
        client.get(page)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        taken.append(len(seen))
    assert taken[0] == taken[1] <= 14, taken


def test_thanks_are_words_and_a_letter_for_one_person(desk, actor, demo):
    term = Term.objects.get(post=demo.posts["unit"])
    client = desk("secretary")
    page = reverse("recruitment:thank", args=[term.pk])
    assert client.post(page, {"words": " "}).status_code == 422
    assert client.post(page, {"words": "三年如一日，谢谢您。"}).status_code == 302
    assert client.post(page, {"words": "三年如一日，衷心感谢您。"}).status_code == 302
    thanks = Thanks.objects.get()
    assert Notice.objects.filter(kind="post.thanks").count() == 1
    letter = reverse("recruitment:thanks", args=[COMMUNITY, thanks.pk])
    for role, status in (("secretary", 200), ("unit", 200), ("resident", 404), ("worker", 404)):
        answer = desk(role).get(letter)
        assert answer.status_code == status, role
        assert status != 200 or answer.content.startswith(b"%PDF")
    with pytest.raises(NotAllowed):
        actions.thank(by=actor("worker"), term=term.pk, words="谢谢")


# -- the leader's own pages ----------------------------------------------------------------------


def test_the_first_day_is_greeted_until_read(desk, actor, demo, day):
    from liren.organisation import actions as organisation

    old = Term.objects.get(post=demo.posts["unit"])
    organisation.write_hand_over(by=actor("unit"), term=old.pk, note="二楼水表坏过")
    organisation.hand_over(
        by=actor("secretary"), term=old.pk, person=demo.accounts["resident"].person_id, on=day
    )
    client = desk("resident")
    assert reverse("recruitment:welcome") in client.get("/field/").text
    page = client.get(reverse("recruitment:welcome"))
    assert page.status_code == 200
    assert "二楼水表坏过" in page.text
    assert demo.posts["building"].title in page.text
    assert "遇到急事险情" in page.text
    names = Person.objects.filter(residences__place_code__startswith=demo.unit.code)
    assert all(
        person.name not in page.text
        for person in names.exclude(pk=demo.accounts["resident"].person_id)
    )
    assert client.post(reverse("recruitment:welcome")).status_code == 302
    assert reverse("recruitment:welcome") not in client.get("/field/").text
    assert client.get(reverse("recruitment:welcome")).status_code == 200


def test_long_serving_leaders_are_not_greeted_as_new(desk):
    assert reverse("recruitment:welcome") not in desk("unit").get("/field/").text


def test_a_leader_writes_a_note_and_resigns(desk, actor, demo, day):
    term = Term.objects.get(post=demo.posts["unit"])
    client = desk("unit")
    page = reverse("recruitment:post")
    assert client.get(page).status_code == 200
    assert client.post(page, {"do": "else"}).status_code == 404
    assert client.post(page, {"do": "note", "term": str(term.pk), "note": ""}).status_code == 422
    note = {"do": "note", "term": str(term.pk), "note": "周三给五楼送药"}
    assert client.post(page, note).status_code == 302
    other = Term.objects.get(post=demo.posts["building"])
    foreign = client.post(page, {**note, "term": str(other.pk)})
    assert foreign.status_code in (403, 404)
    past = {"do": "resign", "term": str(term.pk), "ends": "2020-01-01"}
    assert client.post(page, past).status_code == 422
    last = day + timedelta(days=3)
    assert client.post(page, {**past, "ends": last.isoformat()}).status_code == 302
    term.refresh_from_db()
    assert term.ends == last
    told = Notice.objects.get(kind="post.resigned")
    assert told.person_id == demo.accounts["secretary"].person_id
    longer = client.post(page, {**past, "ends": (last + timedelta(days=9)).isoformat()})
    assert longer.status_code == 409
    with clock.freeze(clock.now() + timedelta(days=4)):
        assert client.get(page).status_code in (302, 403)
    with pytest.raises(NotFound):
        actions.resign(by=actor("grid"), term=term.pk, ends=day)


def test_duties_are_edited_and_what_was_stays(desk, demo):
    client = desk("secretary")
    page = reverse("recruitment:duties", args=["unit_leader"])
    shown = client.get(page)
    assert shown.text.count("\n") > 4
    seen = shown.context["form"].initial["seen"]
    assert client.post(page, {"texts": " \n ", "seen": seen}).status_code == 422
    assert client.post(page, {"texts": "看门\n看门", "seen": seen}).status_code == 422
    assert client.post(page, {"texts": "看门\n报事", "seen": seen}).status_code == 302
    assert client.post(page, {"texts": "另一版", "seen": seen}).status_code == 409
    public = client.get(f"/c/{COMMUNITY}/leaders/?place={demo.unit.code}")
    assert "报事" in public.text
    assert "遇到急事险情" not in public.text
    with clock.freeze(clock.now() + timedelta(days=2)):
        client = desk("secretary")
        again = client.get(page)
        answer = client.post(
            page, {"texts": "第三版", "seen": again.context["form"].initial["seen"]}
        )
        assert answer.status_code == 302
        assert "报事" in client.get(page).text
    assert client.get(reverse("recruitment:duties", args=["nobody"])).status_code == 404


# -- who is responsible, what was not answered ----------------------------------------------------


def test_one_search_answers_who_is_responsible(desk, demo, client):
    page = reverse("recruitment:responsible")
    worker = desk("worker")
    found = worker.get(page, {"q": "长山花园 1号楼 1单元", "kind": "upkeep.light"})
    assert found.status_code == 200
    assert demo.posts["unit"].title in found.text
    assert "工作日" in found.text
    many = worker.get(page, {"q": "长山花园"})
    assert f"place={demo.unit.code}" in many.text
    one = worker.get(page, {"place": demo.unit.code})
    assert demo.posts["building"].title in one.text
    assert "没有找到" in worker.get(page, {"q": "月亮"}).text
    assert worker.get(page, {"place": "220103008004"}).status_code == 404
    for term in Term.objects.select_related("person"):
        assert not term.person.phone or term.person.phone not in one.text
    public = client.get(f"/c/{COMMUNITY}/leaders/", {"q": "1号楼 1单元", "kind": "supply.heating"})
    assert public.status_code == 200
    assert client.get(f"/c/{COMMUNITY}/leaders/", {"q": "月亮"}).status_code == 200
    kind = client.get(
        f"/c/{COMMUNITY}/leaders/", {"place": demo.unit.code, "kind": "supply.heating"}
    )
    assert "供热单位" in kind.text


def test_what_was_not_answered_stands_by_place_and_says_who_knows(desk, need, demo):
    from liren.matters import tasks

    matter = need()
    page = reverse("recruitment:unanswered")
    worker = desk("worker")
    assert "都按时" in worker.get(page).text
    with clock.freeze(clock.now() + timedelta(days=10)):
        worker = desk("worker")
        before = worker.get(page)
        assert f"/office/matters/{matter.pk}/" in before.text
        # Nobody is promised to be told within a quarter of an hour who should have been days ago.
        assert "一刻钟" not in before.text
        tasks.late(0)
        once = Notice.objects.filter(kind="matter.late").count()
        tasks.late(0)
        after = desk("worker").get(page).text
        assert demo.posts["unit"].title in after
        assert demo.posts["building"].title in after
        told = Notice.objects.filter(kind="matter.late")
        # Who has it and the next in line, once for taking on and once for the promise.
        assert told.count() == once > 0
        holder = Term.objects.get(post=demo.posts["unit"]).person.name
        assert holder not in after
    Notice.objects.filter(kind="matter.late").delete()
    with clock.freeze(matter.accept_by + timedelta(minutes=5)):
        assert "一刻钟" in desk("worker").get(page).text


def test_statements_of_the_unanswered_do_not_grow(desk, need):
    taken = []
    for n in range(5):
        need(f"第{n}件")
        if n not in (0, 4):
            continue
        with clock.freeze(clock.now() + timedelta(days=10)):
            client = desk("worker")
            client.get(reverse("recruitment:unanswered"))
            with CaptureQueriesContext(connection) as seen:
                page = client.get(reverse("recruitment:unanswered"))
            assert len(page.context["rows"]) == n + 1
        taken.append(len(seen))
    assert taken[0] == taken[1] <= 14, taken


def test_the_card_at_the_entrance_bears_the_duties(desk, demo):
    for code in (demo.unit.code, demo.community.code):
        page = desk("secretary").get(reverse("network:cards", args=[code]))
        assert page.status_code == 200
        assert page.content.startswith(b"%PDF")


def test_running_calls_are_listed_however_many_have_ended(desk, opening, demo, monkeypatch):
    from liren.recruitment.views import office

    monkeypatch.setattr(office, "SHOWN", 2)
    for n in range(3):
        Opening.objects.create(
            community=COMMUNITY,
            place=demo.unit,
            place_code=demo.unit.code,
            type_id="unit_leader",
            until=clock.today(),
            state="closed",
            closed_at=clock.now() - timedelta(days=n),
            **TRACK,
        )
    page = desk("secretary").get(reverse("recruitment:overview"))
    assert page.context["openings"][0] == opening


def test_whoever_begins_later_is_led_to_a_page_that_opens(desk, opening, actor, secretary, day):
    chosen = actions.nominate(by=actor("resident"), opening=opening.pk)
    actions.appoint(by=secretary, nomination=chosen.pk, starts=day + timedelta(days=5))
    link = Notice.objects.get(kind="recruitment.appointed").link
    assert desk("resident").get(link).status_code == 200
    assert desk("resident").get("/field/welcome/").status_code == 403


def test_a_note_waits_for_who_follows_through_the_gap(desk, actor, demo, day):
    from liren.organisation import actions as organisation
    from liren.organisation.models import HandOver

    old = Term.objects.get(post=demo.posts["unit"])
    organisation.write_hand_over(by=actor("unit"), term=old.pk, note="二楼水表坏过")
    actions.resign(by=actor("unit"), term=old.pk, ends=day)
    person = demo.accounts["resident"].person_id
    with clock.freeze(clock.now() + timedelta(days=3)):
        organisation.fill(
            by=actor("secretary"),
            place=demo.unit.pk,
            type="unit_leader",
            person=person,
            starts=clock.today(),
        )
        assert HandOver.objects.get(outgoing=old).incoming.person_id == person
        assert "二楼水表坏过" in desk("resident").get(reverse("recruitment:welcome")).text


def test_only_the_first_page_that_was_shown_is_read(desk, actor, demo, day):
    from liren.organisation import actions as organisation

    person = demo.accounts["resident"].person_id
    for role, since in (("unit", day - timedelta(days=1)), ("building", day)):
        term = Term.objects.get(post=demo.posts[role])
        Term.objects.filter(pk=term.pk).update(starts=day - timedelta(days=99))
        organisation.hand_over(by=actor("secretary"), term=term.pk, person=person, on=since)
    client = desk("resident")
    page = client.get(reverse("recruitment:welcome"))
    shown = page.context["term"]
    assert shown.post == demo.posts["building"]
    client.post(reverse("recruitment:welcome"), {"term": str(shown.pk)})
    unread = Term.objects.filter(person=person, welcomed_at=None)
    assert [term.post for term in unread] == [demo.posts["unit"]]
    assert client.get(reverse("recruitment:welcome")).context["post"] == demo.posts["unit"]


@pytest.mark.parametrize("typed", ["\x00", "1\x00 2", "²", "9" * 5000])
def test_odd_words_find_nobody_responsible(desk, typed):
    page = reverse("recruitment:responsible")
    assert desk("worker").get(page, {"q": typed, "kind": typed}).status_code == 200
    assert desk("worker").get(page, {"q": "1", "place": f"{typed}x"}).status_code == 404
