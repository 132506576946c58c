"""Demands from above: who decides, on what ground, what came; supervision orders with a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.access.actor import Permission
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.demands import actions, queries, rules, tasks
from liren.demands.enums import Came, DemandState, OrderState
from liren.demands.models import Arrival, Demand, Order
from liren.demo.community import COMMUNITY
from liren.matters.models import Entry
from liren.notifications.models import Notice
from liren.organisation.models import Post, Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand(demo, actor):
    def make(**changes):
        named = {
            "asked_by": "区某局",
            "title": "养犬情况月报表",
            "since": clock.today(),
            **changes,
        }
        return actions.enter(by=actor("worker"), community=COMMUNITY, asked=actions.Asked(**named))

    return make


@pytest.fixture
def order(demo, actor, need):
    def make(**changes):
        named = {
            "by": actor("secretary"),
            "to_post": demo.posts["unit"].pk,
            "text": "三日内答复居民",
            "due": clock.today() + timedelta(days=3),
            "matter": need().pk if "matter" not in changes else None,
            **changes,
        }
        return actions.give_order(**named)

    return make


def test_the_secretary_is_told_and_decides_by_name(demand, actor, demo):
    row = demand()
    by = actor("secretary")
    assert Notice.objects.filter(person=by.person, kind="demand").count() == 1
    with pytest.raises(NotAllowed):
        actions.accept(by=actor("worker"), demand=row.pk, words="好", seen=1)
    with pytest.raises(NotAllowed):
        actions.accept(by=actor("officer"), demand=row.pk, words="好", seen=1)
    row = actions.decline(
        by=by,
        demand=row.pk,
        words="不在职责清单内",
        seen=1,
        on_duty_list=False,
        duty_article="第三章第12条",
    )
    assert (row.state, row.decided_by_id) == (DemandState.DECLINED, demo.posts["secretary"].pk)
    assert queries.decider(row).startswith(demo.posts["secretary"].title)
    name = Term.objects.get(post=demo.posts["secretary"]).person.name
    assert name in queries.decider(row)
    officer = actor("officer").person
    assert Notice.objects.filter(person=officer, kind="demand").count() == 1


def test_a_decision_needs_its_reason_and_its_article(demand, actor):
    row, by = demand(), actor("secretary")
    with pytest.raises(Invalid):
        actions.decline(by=by, demand=row.pk, words=" ", seen=1)
    with pytest.raises(Invalid) as refused:
        actions.decline(by=by, demand=row.pk, words="不该我们做", seen=1, on_duty_list=False)
    assert list(refused.value.fields) == ["duty_article"]
    row.refresh_from_db()
    assert (row.state, row.version) == (DemandState.WAITING, 1)


def test_asked_back_answered_accepted_ended(demand, actor):
    row, by = demand(), actor("secretary")
    row = actions.ask_back(by=by, demand=row.pk, words="依据是哪个文件", seen=1)
    with pytest.raises(Changed):
        actions.ask_back(by=by, demand=row.pk, words="再问", seen=2)
    row = actions.answer(by=actor("worker"), demand=row.pk, words="某某通知", seen=2)
    row = actions.accept(by=by, demand=row.pk, words="只报一次", seen=3, on_duty_list=True)
    with pytest.raises(Changed) as refused:
        actions.decline(by=by, demand=row.pk, words="算了", seen=3)
    assert "只报一次" in refused.value.theirs.values()
    row = actions.end(by=by, demand=row.pk, words="已报完", seen=4)
    assert [s.verb for s in row.steps.all()] == ["end", "accept", "answer", "ask_back", "enter"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"asked_by": ""}, "asked_by"),
        ({"title": "x" * 121}, "title"),
        ({"what": "gift"}, "what"),
        ({"often": "hourly"}, "often"),
        ({"minutes": -1}, "minutes"),
        ({"people": 5000}, "people"),
        ({"money": -1}, "money"),
        ({"money": 10**15}, "money"),
    ],
)
def test_bad_demands_are_refused(demand, changes, field):
    with pytest.raises(Invalid) as refused:
        demand(**changes)
    assert list(refused.value.fields) == [field]
    assert not Demand.objects.exists()


def test_what_was_promised_arrives_in_parts(demand, actor):
    row, by = demand(money=500_000, people=2, powers="执法协助"), actor("secretary")
    today = clock.today()
    named = {"by": by, "demand": row.pk, "on": today}
    with pytest.raises(Invalid):  # not accepted yet
        actions.arrived(**named, kind=Came.MONEY, amount=100)
    actions.accept(by=by, demand=row.pk, words="好", seen=1)
    first = actions.arrived(**named, kind=Came.MONEY, amount=200_000, note="第一笔")
    actions.arrived(**named, kind=Came.PEOPLE, amount=2)
    found = queries.balances(row)
    assert found[Came.MONEY] == rules.Balance(500_000, 200_000)
    assert found[Came.PEOPLE].whole
    assert not found[Came.POWERS].whole
    assert list(queries.filtered(queries.visible(by), owed=True)) == [row]
    for bad in (
        {"kind": Came.MONEY, "amount": 0},
        {"kind": Came.PEOPLE, "amount": -1},
        {"kind": Came.POWERS, "note": ""},
        {"kind": "gift", "amount": 1},
        {"kind": Came.MONEY, "amount": 1, "on": today + timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            actions.arrived(**{**named, **bad})
    actions.arrived(**named, kind=Came.MONEY, amount=300_000)
    actions.arrived(**named, kind=Came.POWERS, note="委托书")
    assert all(b.whole for b in queries.balances(row).values())
    assert list(queries.filtered(queries.visible(by), owed=True)) == []
    actions.not_arrived(by=by, arrival=first.pk)
    assert Arrival.objects.count() == 3
    assert queries.balances(row)[Came.MONEY].missing == 200_000


@given(st.integers(0, 10**14), st.integers(0, 10**14))
def test_missing_is_never_negative(promised, arrived):
    one = rules.Balance(promised, arrived)
    assert one.missing == max(0, promised - arrived)
    assert one.whole == (arrived >= promised)


def test_the_subdistrict_sees_figures_of_its_communities(demand, actor):
    row = demand(money=100_000)
    actions.accept(by=actor("secretary"), demand=row.pk, words="好", seen=1)
    demand(title="另一张表")
    (total,) = queries.totals(actor("officer"))
    assert (total.waiting, total.accepted, total.money, total.arrived) == (1, 1, 100_000, 0)
    for role in ("resident", "unit", "building"):
        assert not queries.visible(actor(role)).exists()


def test_who_decides_needs_a_post_of_their_own(demand, actor):
    row = demand()
    secretary = actor("secretary")
    Term.objects.filter(person=secretary.person).update(ends=date(2025, 12, 31))
    gone = actor("secretary")
    assert not gone.has(Permission.DEMAND_DECIDE)
    with pytest.raises(NotFound):
        actions.accept(by=gone, demand=row.pk, words="好", seen=1)


# -- supervision orders ------------------------------------------------------------------------


def test_an_order_stands_on_the_matters_timeline_and_has_a_number(order, demo):
    row = order()
    assert (row.number, row.year) == (1, clock.today().year)
    assert Entry.objects.filter(matter=row.matter, verb="supervise").count() == 1
    person = Term.objects.get(post=demo.posts["unit"]).person_id
    assert Notice.objects.filter(person=person, kind="order").count() == 1
    assert order().number == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due": clock.today() - timedelta(days=1)}, "due"),
        ({"due": clock.today() + timedelta(days=500)}, "due"),
        ({"text": " "}, "text"),
        ({"text": "x" * 501}, "text"),
    ],
)
def test_bad_orders_are_refused_and_nothing_is_written(order, changes, field):
    with pytest.raises(Invalid) as refused:
        order(**changes)
    assert list(refused.value.fields) == [field]
    assert not Order.objects.exists()
    assert not Entry.objects.filter(verb="supervise").exists()


def test_an_order_goes_to_who_has_the_matter_and_never_to_oneself(order, demo, actor):
    with pytest.raises(Invalid):
        order(to_post=demo.posts["grid"].pk)
    with pytest.raises(Invalid):
        order(matter=None, community=COMMUNITY, to_post=demo.posts["secretary"].pk)
    with pytest.raises(NotAllowed):
        order(by=actor("worker"))


def test_answered_sent_back_answered_closed(order, actor):
    row, above, holder = order(), actor("secretary"), actor("unit")
    with pytest.raises(NotAllowed):
        actions.answer_order(by=above, order=row.pk, words="好了", seen=1)
    with pytest.raises(Invalid):
        actions.answer_order(by=holder, order=row.pk, words=" ", seen=1)
    row = actions.answer_order(by=holder, order=row.pk, words="约了电工", seen=1)
    with pytest.raises(NotAllowed):
        actions.close_order(by=holder, order=row.pk, seen=2)
    later = clock.today() + timedelta(days=5)
    row = actions.send_order_back(by=above, order=row.pk, words="灯还没亮", due=later, seen=2)
    assert (row.state, row.due) == (OrderState.OPEN, later)
    row = actions.answer_order(by=holder, order=row.pk, words="亮了", seen=3)
    row = actions.close_order(by=above, order=row.pk, seen=4)
    assert row.closed_on == clock.today()
    with pytest.raises(Changed):
        actions.withdraw_order(by=above, order=row.pk, words="x", seen=5)


def test_who_may_read_an_order(order, actor):
    row = order()
    for role in ("secretary", "officer", "unit"):
        assert queries.order(actor(role), row.pk)
    for role in ("resident", "building", "worker", "department"):
        with pytest.raises(NotFound):
            queries.order(actor(role), row.pk)


def test_whoever_is_complained_of_sees_no_order_about_it(actor, need, demo):
    """G7: the complained-of is routed around; an order cannot lead them to the matter either."""
    unit = demo.posts["unit"]
    matter = need("单元长不管事", key="", shielded=True, about_posts=(unit.pk,))
    with pytest.raises(Invalid):
        actions.give_order(
            by=actor("secretary"),
            to_post=unit.pk,
            text="请查明",
            due=clock.today() + timedelta(days=3),
            matter=matter.pk,
        )
    assert not Order.objects.exists()


def test_reminded_once_before_and_once_after(order, actor):
    row = order(due=clock.today() + timedelta(days=2))

    def told():
        return Notice.objects.filter(kind="order", key__contains=row.pk.hex).count()

    before = told()
    tasks.orders(0)
    assert told() == before
    with clock.freeze(clock.now() + timedelta(days=1)):
        tasks.orders(0)
        tasks.orders(0)
    assert told() == before + 1
    with clock.freeze(clock.now() + timedelta(days=3)):
        tasks.orders(0)
        tasks.orders(0)
        assert list(queries.late(queries.orders(actor("secretary")))) == [row]
    holders = Post.objects.filter(pk__in=[row.to_post_id, row.from_post_id])
    assert told() == before + 1 + holders.count()


def test_many_late_ones_leave_room_for_the_next(order, demo, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 1)
    order(due=clock.today(), matter=None, community=COMMUNITY)
    with clock.freeze(clock.now() + timedelta(days=2)):
        tasks.orders(0)
        later = order(due=clock.today() + timedelta(days=1), matter=None, community=COMMUNITY)
        tasks.orders(0)
        later.refresh_from_db()
        assert later.reminded_on == later.due


def test_no_order_goes_to_a_post_that_is_complained_of(need, demo):
    unit = demo.posts["unit"]
    matter = need()
    assert queries.receivers(matter).filter(pk=unit.pk).exists()
    matter.about_posts = [unit.pk]
    assert not queries.receivers(matter).filter(pk=unit.pk).exists()
