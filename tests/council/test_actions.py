"""The three lists, promises, leaving, and matters institutions take on."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from tests.council.conftest import liaison_post, line

from liren.base import clock
from liren.base.commitments import commitments
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.council import actions, queries
from liren.council.models import Claim, Item, Kind, Opening, Pledge
from liren.demo.community import COMMUNITY
from liren.matters import queries as matters
from liren.matters.models import Whistle
from liren.notifications.models import Notice
from liren.organisation.models import Post

pytestmark = pytest.mark.django_db


def add(by, body, listed="resource", **more):
    return actions.add_item(by=by, organisation=body.pk, listed=listed, line=line(**more))


# -- lists ---------------------------------------------------------------------------------------


def test_the_liaison_and_the_office_keep_the_lists(school, hospital, actor):
    body, liaison = school
    row = add(liaison, body)
    assert row.post == liaison_post(body)
    add(actor("worker"), body, listed="need", kind="talk")
    with pytest.raises(NotAllowed):
        add(hospital[1], body, title="别人的")
    with pytest.raises(NotAllowed):
        add(actor("officer"), body, title="街道代写")
    actions.change_item(by=liaison, item=row.pk, line=line(title="大报告厅"))
    with pytest.raises(NotFound):
        actions.change_item(by=hospital[1], item=row.pk, line=line())
    actions.close_item(by=liaison, item=row.pk)
    assert [one.listed for one in queries.items(liaison)] == ["need"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": -3}, "capacity"),
        ({"kind": "nothing"}, "kind"),
        ({"place": "220103008004"}, "place"),
        ({"place": "220103008003999"}, "place"),
        ({"place": "nowhere"}, "place"),
        ({"ends": clock.today() - timedelta(days=1), "starts": clock.today()}, "ends"),
        (
            {
                "starts": clock.today() - timedelta(days=9),
                "ends": clock.today() - timedelta(days=1),
            },
            "ends",
        ),
        ({"opens": time(10), "closes": time(9)}, "closes"),
        ({"opens": time(10)}, "closes"),
        ({"weekdays": (0, 8)}, "weekdays"),
        ({"title": "   "}, ""),
    ],
)
def test_bad_lines_say_what_is_wrong(school, wrong, field):
    body, liaison = school
    with pytest.raises(Invalid) as refused:
        add(liaison, body, **wrong)
    assert not field or field in refused.value.fields
    assert not Item.objects.exists()


def test_the_same_line_twice_for_overlapping_days(school):
    body, liaison = school
    add(liaison, body)
    with pytest.raises(Invalid) as refused:
        add(liaison, body, starts=clock.today() + timedelta(days=30))
    assert "title" in refused.value.fields
    later = clock.today() + timedelta(days=61)
    add(liaison, body, starts=later, ends=later + timedelta(days=5))


def test_a_line_needs_somebody_who_answers(actor, institution):
    body, _liaison = institution("无人小学")
    Post.objects.filter(organisation=body).update(closed_on=clock.today())
    with pytest.raises(Invalid) as refused:
        add(actor("worker"), body)
    assert "post" in refused.value.fields


def test_kinds_are_the_communitys_own(actor):
    row = actions.keep_kind(by=actor("worker"), community=COMMUNITY, name="理发", unit="人")
    actions.keep_kind(by=actor("worker"), community=COMMUNITY, code="talk", name="课堂")
    names = {kind.code: kind.name for kind in queries.kinds(COMMUNITY)}
    assert names["talk"] == "课堂"
    assert names[row.code] == "理发"
    assert Kind.objects.get(community="", code="talk").name == "讲座"
    with pytest.raises(Invalid):
        actions.keep_kind(by=actor("worker"), community=COMMUNITY, name="课堂")
    actions.keep_kind(
        by=actor("worker"), community=COMMUNITY, code=row.code, name="理发", active=False
    )
    assert row.code not in {kind.code for kind in queries.kinds(COMMUNITY)}


# -- what fits -----------------------------------------------------------------------------------


def test_suggestions_say_why_and_a_person_decides(school, hospital, demo):
    hall = add(school[1], school[0], weekdays=(6, 7), opens=time(9), closes=time(17))
    wish = add(
        hospital[1],
        hospital[0],
        listed="need",
        title="急救培训要一间教室",
        capacity=40,
        weekdays=(6,),
    )
    add(hospital[1], hospital[0], listed="need", title="车位", kind="parking")
    (found,) = queries.suggestions(hospital[1], COMMUNITY)
    assert (found.need, found.resource) == (wish, hall)
    assert found.match.enough
    assert found.match.weekdays == (6,)
    assert not Pledge.objects.exists()  # nothing happens by itself (G11)
    due = clock.today()
    while due.isoweekday() != 6:
        due += timedelta(days=1)
    actions.promise(
        by=school[1],
        giver=school[0].pk,
        receiver=hospital[0].pk,
        what="周六借教室",
        due=due,
        need=wish.pk,
        resource=hall.pk,
        amount=40,
    )
    assert queries.suggestions(hospital[1], COMMUNITY) == []


# -- promises ------------------------------------------------------------------------------------


def test_from_promise_to_confirmation(promised, school, hospital):
    actions.start(by=school[1], pledge=promised.pk)
    with pytest.raises(NotAllowed):
        actions.deliver(by=hospital[1], pledge=promised.pk, words="收到")
    with pytest.raises(Invalid):
        actions.deliver(by=school[1], pledge=promised.pk, words=" ")
    actions.deliver(by=school[1], pledge=promised.pk, words="周三下午借用了三小时")
    with pytest.raises(NotAllowed):
        actions.confirm(by=school[1], pledge=promised.pk)
    actions.reopen(by=hospital[1], pledge=promised.pk, words="投影没有")
    actions.deliver(by=school[1], pledge=promised.pk, words="投影也有了")
    done = actions.confirm(by=hospital[1], pledge=promised.pk)
    assert (done.state, done.reopened) == ("confirmed", 1)
    assert done.confirmed_on == clock.today()
    verbs = [step.verb for step in done.steps.all()]
    assert verbs == ["promise", "start", "deliver", "reopen", "deliver", "confirm"]
    with pytest.raises(Changed):
        actions.withdraw(by=school[1], pledge=promised.pk, words="算了")


def test_the_other_side_is_told(promised, school, hospital):
    actions.withdraw(by=school[1], pledge=promised.pk, words="那天要考试")
    told = Notice.objects.filter(person=hospital[1].person, kind="council.withdraw").get()
    assert told.body == "那天要考试"
    assert told.link == f"/field/council/promises/{promised.pk}/"
    assert not Notice.objects.filter(person=school[1].person, kind="council.withdraw").exists()


def test_whoever_wrote_down_the_delivery_does_not_confirm_it(school, demo, actor):
    row = actions.promise(
        by=actor("worker"),
        giver=school[0].pk,
        receiver=demo.committee.pk,
        what="操场晚上开放",
        due=clock.today(),
    )
    actions.deliver(by=actor("worker"), pledge=row.pk, words="学校来电话说已开放")
    with pytest.raises(NotAllowed):
        actions.confirm(by=actor("worker"), pledge=row.pk)
    with pytest.raises(NotAllowed):
        actions.confirm(by=school[1], pledge=row.pk)
    assert actions.confirm(by=actor("secretary"), pledge=row.pk).state == "confirmed"


def test_a_stranger_finds_no_promise(promised, actor, institution):
    other = institution("第三家")[1]
    with pytest.raises(NotFound):
        actions.confirm(by=other, pledge=promised.pk)
    with pytest.raises(NotFound):
        actions.start(by=actor("unit"), pledge=promised.pk)
    with pytest.raises(NotFound):
        actions.start(by=actor("worker"), pledge=uuid4())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due": clock.today() - timedelta(days=1)}, "due"),
        ({"due": clock.today() + timedelta(days=999)}, "due"),
        ({"amount": 0}, "amount"),
        ({"place": "220103008004001"}, "place"),
        ({"receiver": uuid4()}, "receiver"),
        ({"need": uuid4()}, "need"),
        ({"resource": uuid4()}, "resource"),
        ({"project": uuid4()}, "project"),
    ],
)
def test_bad_promises(school, hospital, wrong, field):
    given = {
        "giver": school[0].pk,
        "receiver": hospital[0].pk,
        "what": "一场讲座",
        "due": clock.today(),
        **wrong,
    }
    with pytest.raises(Invalid) as refused:
        actions.promise(by=school[1], **given)
    assert field in refused.value.fields
    assert not Pledge.objects.exists()


def test_more_than_is_left_is_not_promised(school, hospital, demo):
    hall = add(school[1], school[0], capacity=100)
    given = {"by": school[1], "giver": school[0].pk, "due": clock.today(), "resource": hall.pk}
    actions.promise(receiver=hospital[0].pk, what="一", amount=60, **given)
    with pytest.raises(Invalid) as refused:
        actions.promise(receiver=demo.committee.pk, what="二", amount=41, **given)
    assert "amount" in refused.value.fields
    with pytest.raises(Invalid):
        actions.promise(receiver=hospital[0].pk, what="一", amount=1, **given)
    actions.promise(receiver=demo.committee.pk, what="二", amount=40, **given)
    with pytest.raises(Invalid) as refused:
        actions.promise(
            **{**given, "due": clock.today() + timedelta(days=300)},
            receiver=hospital[0].pk,
            what="太晚",
        )
    assert "due" in refused.value.fields


def test_an_institution_with_open_promises_does_not_leave(promised, school, hospital, actor):
    with pytest.raises(Invalid) as refused:
        actions.leave(by=actor("worker"), organisation=school[0].pk, words="搬走了")
    assert "借报告厅办急救培训" in str(refused.value)
    other = school_of(actor, "接手小学")
    actions.hand_over(
        by=actor("worker"), pledge=promised.pk, organisation=other.pk, words="两校已说好"
    )
    actions.leave(by=actor("worker"), organisation=school[0].pk, words="搬走了")
    assert Post.objects.get(organisation=school[0]).closed_on is not None
    assert Pledge.objects.get().giver == other
    with pytest.raises(Invalid):
        actions.promise(
            by=actor("worker"),
            giver=school[0].pk,
            receiver=hospital[0].pk,
            what="再来",
            due=clock.today(),
        )


def school_of(actor, name):
    from liren.organisation import actions as organisations

    body = organisations.register_organisation(
        by=actor("worker"), community=COMMUNITY, kind="institution", name=name
    )
    organisations.open_liaison(by=actor("worker"), organisation=body.pk, type="institution")
    return body


def test_promises_are_told_at_their_place(promised, actor):
    (one,) = commitments(actor("resident"), COMMUNITY)
    assert (one.who, one.state, one.url) == ("测试小学", "promised", "")
    assert commitments(actor("resident"), COMMUNITY + "001") == []
    assert commitments(actor("worker"), COMMUNITY)[0].url


def test_the_year_is_by_name_and_counts_its_lists(promised, school, hospital, actor):
    worker = actor("worker")
    lines = queries.year(worker, COMMUNITY, clock.today().year)
    names = [one.organisation.name for one in lines]
    assert names[1:] == sorted(names[1:])
    gave = next(one for one in lines if one.organisation == school[0])
    assert (gave.given, gave.received) == (1, 0)
    rows = queries.in_year(queries.pledges(worker), clock.today().year)
    assert rows.filter(giver=school[0]).count() == gave.given


# -- matters -------------------------------------------------------------------------------------


@pytest.fixture
def opened(need, actor):
    matter = need("三楼楼道灯不亮，找李师傅 13812345678")
    actions.open_to_institutions(by=actor("worker"), matter=matter.pk, words="一处楼道灯需要更换")
    return matter


def test_an_institution_takes_on_a_matter(opened, school, actor):
    (opening,) = queries.openings(COMMUNITY)
    row = actions.claim(
        by=school[1], opening=opening.pk, organisation=school[0].pk, words="明天派电工"
    )
    assert not matters.visible(school[1]).filter(pk=opened.pk).exists()
    actions.decide_claim(by=actor("worker"), claim=row.pk, accept=True)
    heard = Whistle.objects.get(matter=opened)
    assert heard.called == liaison_post(school[0])
    assert matters.visible(school[1]).filter(pk=opened.pk).exists()
    assert list(queries.openings(COMMUNITY)) == []
    opened.refresh_from_db()
    assert opened.status == "whistled"


def test_declined_with_words_and_open_again(opened, school, hospital, actor):
    opening = Opening.objects.get()
    row = actions.claim(
        by=school[1], opening=opening.pk, organisation=school[0].pk, words="明天派电工"
    )
    with pytest.raises(Changed) as refused:
        actions.claim(by=hospital[1], opening=opening.pk, organisation=hospital[0].pk, words="我们")
    assert "测试小学" in str(refused.value)
    with pytest.raises(Invalid):
        actions.decide_claim(by=actor("worker"), claim=row.pk, accept=False)
    actions.decide_claim(by=actor("worker"), claim=row.pk, accept=False, words="要有电工证")
    actions.claim(by=hospital[1], opening=opening.pk, organisation=hospital[0].pk, words="我们有证")
    assert Claim.objects.filter(state="declined").count() == 1
    with pytest.raises(NotFound):
        actions.withdraw_claim(by=school[1], claim=Claim.objects.get(state="claimed").pk)


def test_only_things_and_places_are_opened(need, actor, demo):
    """G7: nothing about people, nothing reported unknown, no words that point to somebody."""
    worker = actor("worker")
    shielded = need(shielded=True, about_posts=(demo.posts["building"].pk,))
    people = need("邻居吵架", key="neighbours.care")
    for matter in (shielded, people):
        with pytest.raises(Invalid):
            actions.open_to_institutions(by=worker, matter=matter.pk, words="请帮忙")
    plain = need()
    for words in ("请打 13800001111", "2单元301室门口", "联系人：某某"):
        with pytest.raises(Invalid) as refused:
            actions.open_to_institutions(by=worker, matter=plain.pk, words=words)
        assert "words" in refused.value.fields
    with pytest.raises((NotAllowed, NotFound)):
        actions.open_to_institutions(by=actor("unit"), matter=plain.pk, words="请帮忙")
    assert not Opening.objects.exists()


def test_taken_back_by_the_office(opened, school, actor):
    opening = Opening.objects.get()
    actions.claim(by=school[1], opening=opening.pk, organisation=school[0].pk, words="我们来")
    actions.close_to_institutions(by=actor("worker"), matter=opened.pk)
    assert Claim.objects.get().state == "declined"
    with pytest.raises(Changed):
        actions.claim(by=school[1], opening=opening.pk, organisation=school[0].pk, words="我们来")
