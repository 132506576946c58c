"""Calling, answering, widening, ending: what is promised and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liren.base import clock
from liren.base.errors import Changed, Gone, Invalid, NotAllowed, NotFound
from liren.calls import actions, queries, spreading, tasks
from liren.calls.enums import Said, State
from liren.calls.models import Answer, Asked, Call, Ring
from liren.calls.rules import Role
from liren.notifications.models import Notice
from liren.organisation.models import Absence, Term
from liren.people.models import Consent
from liren.territory import actions as territory
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
TRACK = {"changed_by": "test", "changed_why": "test"}


def holders(code: str, *types: str) -> set:
    return set(
        Term.objects.filter(post__place_code__startswith=code, post__type__in=types).values_list(
            "person", flat=True
        )
    )


def test_everybody_chosen_is_told_once_and_nobody_else(demo, actor, draft):
    by = actor("grid")
    call = actions.make(by=by, draft=draft())
    expected = holders(demo.posts["grid"].place_code, "unit_leader", "building_leader")
    expected -= {by.person}
    told = list(Notice.objects.filter(kind="call.made").values_list("person", flat=True))
    assert sorted(told) == sorted(expected)
    ring = Ring.objects.get(call=call)
    assert (ring.reached, ring.told, ring.done) == (len(expected), len(expected), True)
    assert call.needed == 8


def test_who_would_be_reached_is_said_before(demo, actor, draft, snow):
    wish = draft()
    count = actions.would_reach(by=actor("grid"), place=wish.place, keys=wish.audiences)
    assert count == Ring.objects.get(call=snow).reached
    with pytest.raises(NotAllowed):
        actions.would_reach(by=actor("grid"), place=demo.community.code, keys=wish.audiences)


def test_only_residents_who_want_it_are_called(demo, actor, draft, neighbour):
    call = actions.make(by=actor("grid"), draft=draft(audiences=["opted_in"]))
    assert list(Asked.objects.filter(call=call).values_list("person", flat=True)) == [
        neighbour.person
    ]
    # No finer than the building.
    assert {len(code) for code in Asked.objects.values_list("place_code", flat=True)} == {18}
    actions.opt_out(by=neighbour)
    with pytest.raises(Invalid) as refused:
        actions.make(by=actor("grid"), draft=draft(audiences=["opted_in"], title="再来一次"))
    assert "audiences" in refused.value.fields


def test_who_is_away_is_left_in_peace(demo, actor, draft):
    term = Term.objects.get(post=demo.posts["unit"])
    Absence.objects.create(
        community=term.community, term=term, starts=clock.today(), ends=clock.today(), **TRACK
    )
    call = actions.make(by=actor("grid"), draft=draft())
    assert not Asked.objects.filter(call=call, person=term.person_id).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"audiences": []}, "audiences"),
        ({"audiences": ["post:nobody"]}, "audiences"),
        ({"audiences": ["nonsense"]}, "audiences"),
        ({"kind": "nonsense"}, "kind"),
        ({"roles": (), "needed": 0}, "needed"),
        ({"roles": (), "needed": 1_000_000}, "needed"),
        ({"roles": (Role("推雪", 0),)}, "roles"),
        ({"roles": (Role("推雪", 1), Role("推雪", 2))}, "roles"),
        ({"roles": (Role("", 3),)}, "roles"),
        ({"roles": tuple(Role(f"第{n}组", 1) for n in range(6))}, "roles"),
        ({"closes_at": clock.now() - timedelta(minutes=1)}, "closes_at"),
        ({"closes_at": clock.now() + timedelta(days=90)}, "closes_at"),
        ({"at": clock.now() - timedelta(days=1)}, "at"),
        ({"widen_at": clock.now() - timedelta(minutes=1)}, "widen_at"),
        ({"roles": (), "widen_at": clock.now() + timedelta(hours=1)}, "widen_at"),
    ],
)
def test_a_call_that_makes_no_sense_says_where(actor, draft, change, field):
    with pytest.raises(Invalid) as refused:
        actions.make(by=actor("grid"), draft=draft(**change))
    assert list(refused.value.fields) == [field]
    assert not Call.objects.exists()
    assert not Asked.objects.exists()


def test_an_empty_scope_reaches_nobody_and_nothing_is_written(demo, actor, draft):
    with pytest.raises(Invalid):
        actions.make(by=actor("unit"), draft=draft(place=demo.unit.code))
    assert not Call.objects.exists()


def test_beyond_ones_post_or_where_no_place_is(demo, actor, draft):
    with pytest.raises(NotAllowed):
        actions.make(by=actor("grid"), draft=draft(place=demo.community.code))
    with pytest.raises(NotAllowed):
        actions.make(by=actor("resident"), draft=draft())
    with pytest.raises(NotFound):
        actions.make(by=actor("grid"), draft=draft(place=demo.posts["grid"].place_code + "999"))


def test_the_same_call_twice_is_one_call(actor, draft, snow):
    with pytest.raises(actions.Running) as running:
        actions.make(by=actor("grid"), draft=draft(title="扫雪， 能来的来一下"))
    assert running.value.call == snow.pk
    assert Call.objects.count() == 1
    actions.close(by=actor("grid"), call=snow.pk)
    assert actions.make(by=actor("grid"), draft=draft()).pk != snow.pk


def test_a_place_is_not_closed_while_a_call_runs(demo, actor, draft, snow):
    used = territory.tree.followers.in_use(demo.posts["grid"].place_code)
    assert 1 in used.values()
    labels = {str(label) for label in used}
    assert labels & {"进行中的号召", "running calls"}


# -- answering -------------------------------------------------------------------------------------


def test_an_answer_is_changed_and_taken_back(actor, snow):
    by = actor("unit")
    actions.answer(by=by, call=snow.pk, said="coming", role=1)
    actions.answer(by=by, call=snow.pk, said="coming", role=2)
    assert [(a.said, a.role) for a in Answer.objects.all()] == [("coming", 2)]
    actions.answer(by=by, call=snow.pk, said="cannot", role=2)
    assert [(a.said, a.role) for a in Answer.objects.all()] == [("cannot", 0)]
    actions.take_back(by=by, call=snow.pk)
    actions.take_back(by=by, call=snow.pk)
    assert not Answer.objects.exists()


def test_who_is_not_asked_does_not_answer(actor, snow):
    for role in ("resident", "secretary", "grid"):
        with pytest.raises(NotFound):
            actions.answer(by=actor(role), call=snow.pk, said="coming")


def test_answers_there_are_not(actor, snow):
    for said, role in (("perhaps", 0), ("coming", 3), ("coming", -1)):
        with pytest.raises(Invalid):
            actions.answer(by=actor("unit"), call=snow.pk, said=said, role=role)


def test_nobody_answers_for_another(actor, snow):
    by = replace(actor("unit"), acting_for=actor("resident").person)
    with pytest.raises(NotAllowed):
        actions.answer(by=by, call=snow.pk, said="coming")


def test_after_the_end_there_is_no_answer(actor, snow):
    actions.close(by=actor("grid"), call=snow.pk)
    with pytest.raises(Gone):
        actions.answer(by=actor("unit"), call=snow.pk, said="coming")
    assert not Answer.objects.exists()


def test_after_the_time_there_is_no_answer_though_nobody_closed_it(actor, snow):
    with clock.freeze(snow.closes_at + timedelta(seconds=1)):
        with pytest.raises(Gone):
            actions.answer(by=actor("unit"), call=snow.pk, said="coming")
        tasks.tend(0)
    snow.refresh_from_db()
    assert snow.state == State.CLOSED
    assert not Asked.objects.exists()


# -- who comes -------------------------------------------------------------------------------------


def test_turnout_counts_by_role_and_building(demo, actor, snow):
    actions.answer(by=actor("unit"), call=snow.pk, said="coming", role=1)
    told = queries.turnout(snow, apart=True)
    assert (told.coming, told.cannot, told.already) == (1, 0, 0)
    assert told.roles == (("推雪", 1, 6), ("送水", 0, 2))
    assert [n for _name, n in told.places] == [1]
    # To anybody else one out of a building is not told apart (G10).
    apart = queries.turnout(snow, apart=False)
    assert (apart.places, apart.elsewhere) == ((), 1)


def test_the_caller_knows_whom_to_expect_and_others_do_not(demo, actor, snow):
    actions.answer(by=actor("unit"), call=snow.pk, said="coming", role=2)
    (one,) = queries.coming(actor("grid"), snow)
    assert one.name.endswith("**")
    assert one.role == "送水"
    assert queries.coming(actor("secretary"), snow) == []


# -- spreading further -----------------------------------------------------------------------------


@pytest.fixture
def small(demo, actor, draft):
    """A call of the building leader to the unit leaders of the building."""
    place = demo.posts["building"].place_code
    return actions.make(by=actor("building"), draft=draft(place=place))


def test_a_wider_ring_asks_only_who_was_not_asked(demo, actor, small):
    first = Ring.objects.get(call=small).reached
    ring = actions.widen(by=actor("grid"), call=small.pk, seen=1)
    small.refresh_from_db()
    assert (ring.number, small.reach) == (1, 15)
    expected = holders(demo.posts["grid"].place_code, "unit_leader", "building_leader")
    caller = {actor("building").person}
    assert first + ring.reached == len(expected - caller)
    assert Notice.objects.filter(kind="call.made").count() == len(expected - caller)


def test_nobody_widens_beyond_their_post_and_two_taps_are_one(actor, small):
    with pytest.raises(NotAllowed):
        actions.widen(by=actor("building"), call=small.pk, seen=1)
    actions.widen(by=actor("grid"), call=small.pk, seen=1)
    with pytest.raises(Changed):
        actions.widen(by=actor("grid"), call=small.pk, seen=1)


def test_the_next_in_line_is_told_and_may_widen(demo, actor, small):
    title = actions.pass_up(by=actor("building"), call=small.pk)
    again = actions.pass_up(by=actor("building"), call=small.pk)
    assert title == again == demo.posts["grid"].title
    (told,) = Notice.objects.filter(kind="call.few")
    assert told.person_id == actor("grid").person
    assert actions.widen(by=actor("grid"), call=small.pk, seen=1).reached > 0


def test_the_one_who_called_still_sees_it_after_it_was_widened(actor, small):
    actions.widen(by=actor("grid"), call=small.pk, seen=1)
    found = queries.get(actor("building"), small.pk)
    assert queries.is_caller(actor("building"), found)
    assert queries.is_caller(actor("grid"), found)


def test_too_few_by_the_time_set_widens_within_the_post(demo, actor, draft):
    at = clock.now() + timedelta(minutes=30)
    inner = demo.posts["building"].place_code
    call = actions.make(by=actor("grid"), draft=draft(place=inner, widen_at=at))
    tasks.tend(0)
    assert call.rings.count() == 1
    with clock.freeze(at + timedelta(seconds=1)):
        tasks.tend(0)
        tasks.tend(0)
    call.refresh_from_db()
    assert (call.rings.count(), call.reach, call.widen_at) == (2, 15, None)


def test_too_few_beyond_the_post_tells_the_next_in_line(actor, demo, draft):
    at = clock.now() + timedelta(minutes=30)
    place = demo.posts["building"].place_code
    call = actions.make(by=actor("building"), draft=draft(place=place, widen_at=at))
    with clock.freeze(at + timedelta(seconds=1)):
        tasks.tend(0)
    call.refresh_from_db()
    assert call.rings.count() == 1
    assert call.passed_up_at is not None
    assert Notice.objects.filter(kind="call.few").count() == 1


def test_enough_come_and_nothing_is_widened(actor, demo, draft):
    at = clock.now() + timedelta(minutes=30)
    place = demo.posts["building"].place_code
    wish = draft(place=place, widen_at=at, roles=(Role("推雪", 1),))
    call = actions.make(by=actor("grid"), draft=wish)
    actions.answer(by=actor("unit"), call=call.pk, said="coming", role=1)
    with clock.freeze(at + timedelta(seconds=1)):
        tasks.tend(0)
    assert call.rings.count() == 1


# -- ending ----------------------------------------------------------------------------------------


def test_closing_keeps_numbers_and_closing_twice_says_so(actor, snow):
    actions.answer(by=actor("unit"), call=snow.pk, said="coming", role=1)
    actions.answer(by=actor("building"), call=snow.pk, said="cannot")
    reached = Ring.objects.get(call=snow).reached
    call = actions.close(by=actor("grid"), call=snow.pk)
    assert call.report["reached"] == reached
    assert (call.report["coming"], call.report["cannot"]) == (1, 1)
    assert call.report["roles"][0] == {"name": "推雪", "coming": 1, "needed": 6}
    with pytest.raises(Changed):
        actions.close(by=actor("grid"), call=snow.pk)
    assert queries.turnout(call, apart=True).coming == 1


def test_called_off_everybody_who_was_told_hears_it(actor, snow):
    actions.answer(by=actor("unit"), call=snow.pk, said="coming", role=1)
    told = set(Notice.objects.filter(kind="call.made").values_list("person", flat=True))
    actions.withdraw(by=actor("grid"), call=snow.pk)
    off = Notice.objects.filter(kind="call.off").values_list("person", flat=True)
    assert set(off) == told
    assert not Answer.objects.exists()
    assert not Asked.objects.exists()
    with pytest.raises(Changed):
        actions.withdraw(by=actor("grid"), call=snow.pk)
    with pytest.raises(Gone):
        actions.answer(by=actor("unit"), call=snow.pk, said="coming", role=1)


def test_strangers_to_the_place_neither_close_nor_withdraw(actor, snow):
    for do in (actions.close, actions.withdraw, actions.pass_up):
        with pytest.raises(NotFound):
            do(by=actor("department"), call=snow.pk)


# -- many ------------------------------------------------------------------------------------------


def test_many_are_told_batch_by_batch_and_a_call_off_stops_the_rest(
    actor, draft, monkeypatch, demo
):
    monkeypatch.setattr(spreading, "AT_ONCE", 0)
    call = actions.make(by=actor("grid"), draft=draft())
    ring = Ring.objects.get(call=call)
    assert not Notice.objects.filter(kind="call.made").exists()
    assert spreading.step(ring.pk, size=2)
    assert Notice.objects.filter(kind="call.made").count() == 2
    actions.withdraw(by=actor("grid"), call=call.pk)
    assert not spreading.step(ring.pk, size=2)
    off = Ring.objects.get(call=call, off=True)
    while spreading.step(off.pk, size=1):
        pass
    assert Notice.objects.filter(kind="call.made").count() == 2
    assert Notice.objects.filter(kind="call.off").count() == 2
    assert not Asked.objects.exists()


def test_a_lost_worker_is_found_and_gone_on_after(actor, draft, monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 0)
    call = actions.make(by=actor("grid"), draft=draft())
    ring = Ring.objects.get(call=call)
    spreading.step(ring.pk, size=2)
    with clock.freeze(clock.now() + timedelta(minutes=2)):
        tasks.tend(0)
    ring.refresh_from_db()
    assert ring.done
    assert ring.told == ring.reached == Notice.objects.filter(kind="call.made").count()


def test_joining_and_leaving_is_written_down(neighbour):
    actions.opt_in(by=neighbour)
    assert Consent.objects.filter(person=neighbour.person, purpose="calls").count() == 1
    actions.opt_out(by=neighbour)
    actions.opt_out(by=neighbour)
    assert queries.opted_in(neighbour.person) is None


def test_leaving_takes_ones_answers_along(demo, actor, draft, neighbour):
    call = actions.make(by=actor("grid"), draft=draft(audiences=["opted_in"]))
    actions.answer(by=neighbour, call=call.pk, said=Said.COMING, role=1)
    actions.opt_out(by=neighbour)
    assert not Answer.objects.exists()
    assert Place.objects.filter(code=call.place_code).exists()


def test_a_single_home_is_neither_counted_nor_called(demo, actor, draft, neighbour):
    """G10: how many of one household want to be called is not told."""
    home = demo.household.code
    for by in (actor("grid"), actor("worker")):
        with pytest.raises(NotFound):
            actions.would_reach(by=by, place=home, keys=["opted_in"])
        with pytest.raises(NotFound):
            actions.make(by=by, draft=draft(place=home, audiences=["opted_in"]))


def test_whoever_holds_two_posts_chooses_from_the_wider_one(demo, actor, draft):
    Term.objects.filter(post=demo.posts["building"]).delete()
    holder = demo.accounts["grid"].person_id
    place = demo.posts["building"].place_code
    Term.objects.create(
        community=demo.community.code, post=demo.posts["building"], person_id=holder, **TRACK
    )
    # Ticked to begin with: unit, building and grid leaders.
    keys = ["post:unit_leader", "post:building_leader", "post:grid_leader"]
    call = actions.make(by=actor("grid"), draft=draft(place=place, audiences=keys))
    assert call.post == demo.posts["building"]
    assert Asked.objects.filter(call=call).exists()
