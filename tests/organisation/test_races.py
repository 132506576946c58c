"""Terms, covers and hand-overs changed by several at once: one wins, others are told, no 500."""

from datetime import timedelta

import pytest
from tests.matters.test_races import together

from liren.base import clock
from liren.base.errors import Changed, Invalid, Refused
from liren.demo import community as demo_community
from liren.organisation import actions
from liren.organisation.models import Absence, HandOver, Term
from liren.organisation.queries import actor_for, holders_up
from liren.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6
TRACK = {"changed_by": "test", "changed_why": "test"}


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=1, units=2, households=1)


@pytest.fixture
def secretary(world):
    return actor_for(world.accounts["secretary"].person_id)


@pytest.fixture
def holder(world):
    return Term.objects.get(post=world.posts["unit"])


def persons(count):
    return [
        Person.objects.create(
            community=demo_community.COMMUNITY, name=f"测试{n}", synthetic=True, **TRACK
        ).pk
        for n in range(count)
    ]


def overlapping(post):
    """Pairs of terms of one seat that run on the same day: there must be none."""
    rows = list(Term.objects.filter(post=post).order_by("starts"))
    return [
        (a.pk, b.pk)
        for n, a in enumerate(rows)
        for b in rows[n + 1 :]
        if a.seat == b.seat
        and a.starts <= (b.ends or clock.today() + timedelta(days=9999))
        and b.starts <= (a.ends or clock.today() + timedelta(days=9999))
    ]


def test_one_of_many_who_fill_the_same_seat_fills_it(world, secretary, holder):
    post = holder.post
    actions.end_term(by=secretary, term=holder.pk, ends=clock.today() - timedelta(days=1))
    results = together(
        [
            lambda who=who: actions.fill(
                by=secretary,
                place=post.place_id,
                type=post.type_id,
                person=who,
                starts=clock.today(),
            )
            for who in persons(THREADS)
        ]
    )
    assert sum(isinstance(r, Term) for r in results) == 1
    assert all(r.status == 422 for r in results if isinstance(r, Refused))
    assert overlapping(post.pk) == []


def test_one_of_many_hand_overs_counts(world, secretary, holder):
    results = together(
        [
            lambda who=who: actions.hand_over(
                by=secretary, term=holder.pk, person=who, on=clock.today()
            )
            for who in persons(THREADS)
        ]
    )
    assert sum(isinstance(r, Term) for r in results) == 1
    assert all(r.status in (409, 422) for r in results if isinstance(r, Refused))
    assert overlapping(holder.post_id) == []
    assert HandOver.objects.count() == 1
    assert Term.objects.filter(post=holder.post_id).count() == 2


@pytest.mark.parametrize("turn", range(3))
def test_a_hand_over_and_a_resignation_at_once(world, secretary, holder, turn):
    leader = actor_for(holder.person_id)
    (follower,) = persons(1)
    last, on = clock.today() + timedelta(days=2), clock.today() + timedelta(days=5)
    results = together(
        [
            lambda: actions.hand_over(by=secretary, term=holder.pk, person=follower, on=on),
            lambda: actions.end_term(by=leader, term=holder.pk, ends=last),
        ]
    )
    assert all(r.status in (409, 422) for r in results if isinstance(r, Refused))
    holder.refresh_from_db()
    # Whoever resigned for an earlier day leaves on it, whichever came first.
    assert holder.ends == last
    assert Term.objects.get(post=holder.post_id, person=follower).starts == on
    assert overlapping(holder.post_id) == []


def test_somebody_who_resigned_does_not_stay_longer_by_resigning_again(world, secretary, holder):
    leader = actor_for(holder.person_id)
    today = clock.today()
    actions.end_term(by=leader, term=holder.pk, ends=today)
    with pytest.raises(Changed):
        actions.end_term(by=leader, term=holder.pk, ends=today + timedelta(days=9))
    (follower,) = persons(1)
    actions.hand_over(by=secretary, term=holder.pk, person=follower, on=today + timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        actions.end_term(by=secretary, term=holder.pk, ends=today + timedelta(days=9))
    assert "ends" in refused.value.fields


@pytest.mark.parametrize("turn", range(3))
def test_an_absence_and_the_end_of_the_term_at_once(world, secretary, holder, turn):
    leader = actor_for(holder.person_id)
    today = clock.today()
    cover = world.posts["building"].pk
    results = together(
        [
            lambda: actions.be_away(
                by=leader,
                term=holder.pk,
                starts=today,
                ends=today + timedelta(days=20),
                cover=cover,
            ),
            lambda: actions.end_term(by=secretary, term=holder.pk, ends=today + timedelta(days=3)),
        ]
    )
    assert all(r.status in (404, 422) for r in results if isinstance(r, Refused))
    for absence in Absence.objects.filter(term=holder):
        assert absence.ends <= today + timedelta(days=3)
    assert holders_up("three_leaders", holder.post.place_code)


def test_many_absences_of_the_same_days_make_one(world, holder):
    leader = actor_for(holder.person_id)
    day = clock.today() + timedelta(days=1)
    results = together(
        [
            lambda: actions.be_away(by=leader, term=holder.pk, starts=day, ends=day)
            for _ in range(THREADS)
        ]
    )
    assert sum(isinstance(r, Absence) for r in results) == 1
    assert all(r.status == 422 for r in results if isinstance(r, Refused))


@pytest.mark.parametrize("turn", range(3))
def test_closing_a_post_while_it_is_handed_over(world, secretary, holder, turn):
    (follower,) = persons(1)
    results = together(
        [
            lambda: actions.hand_over(
                by=secretary, term=holder.pk, person=follower, on=clock.today()
            ),
            lambda: actions.close_post(by=secretary, post=holder.post_id),
            lambda: actions.end_term(by=secretary, term=holder.pk, ends=clock.today()),
        ]
    )
    assert all(r.status in (404, 409, 422) for r in results if isinstance(r, Refused))
    assert overlapping(holder.post_id) == []


def test_two_who_word_the_duties_at_once_do_not_mix_them(world, secretary):
    from liren.organisation.queries import duties_of

    def edit(number):
        return actions.edit_duties(
            by=secretary,
            community=demo_community.COMMUNITY,
            type="unit_leader",
            texts=[f"{number}：{n}" for n in range(number + 1)],
        )

    results = together([lambda n=n: edit(n) for n in range(THREADS)])
    assert not any(isinstance(r, Refused) for r in results)
    found = [one.text for one in duties_of(demo_community.COMMUNITY, "unit_leader")]
    assert len({text.split("：")[0] for text in found}) == 1
    assert len(found) == int(found[0].split("：")[0]) + 1
