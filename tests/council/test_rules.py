"""What fits together and how a promise moves: properties."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.council import rules
from liren.council.rules import Offered, Side, Why

DAY = date(2026, 11, 23)
near = st.integers(-40, 40).map(lambda n: DAY + timedelta(days=n))
hour = st.integers(0, 23).map(time)


@st.composite
def lines(draw):
    starts = draw(near)
    ends = draw(st.none() | st.integers(0, 60).map(lambda n: starts + timedelta(days=n)))
    hours = draw(st.none() | st.lists(hour, min_size=2, max_size=2, unique=True).map(sorted))
    return Offered(
        organisation=draw(st.sampled_from("ab")),
        kind=draw(st.sampled_from(["venue", "talk"])),
        code=draw(
            st.sampled_from(["220103008003", "220103008003001", "220103008003001002"])
            | st.sampled_from(["220103008003002", "220103008004001"])
        ),
        starts=starts,
        ends=ends,
        capacity=draw(st.integers(1, 50)),
        weekdays=tuple(sorted(draw(st.sets(st.integers(1, 7))))),
        opens=hours[0] if hours else None,
        closes=hours[1] if hours else None,
    )


def there(one, day, at):
    """The oracle: whether a line is there at a moment."""
    return (
        one.starts <= day
        and (one.ends is None or day <= one.ends)
        and (not one.weekdays or day.isoweekday() in one.weekdays)
        and (one.opens is None or one.opens <= at < one.closes)
    )


@given(lines(), lines())
def test_a_match_is_a_match_both_ways(a, b):
    one, other = rules.match(a, b, DAY), rules.match(b, a, DAY)
    assert (one is None) == (other is None)
    if one and other:
        assert one.days == other.days
        assert one.near == other.near
        assert one.enough or other.enough


@given(lines(), lines())
def test_what_is_there_at_one_moment_fits(a, b):
    """Where both are there at the same hour of some day to come, the rules find it."""
    moments = [
        (DAY + timedelta(days=n), time(h)) for n in range(0, 110) for h in (0, 6, 9, 12, 15, 20, 23)
    ]
    meets = any(there(a, day, at) and there(b, day, at) for day, at in moments)
    same = a.kind == b.kind and a.organisation != b.organisation and a.code[:12] == b.code[:12]
    if meets and same:
        assert rules.match(a, b, DAY) is not None
    if not same:
        assert rules.match(a, b, DAY) is None


@given(lines(), lines())
def test_reasons_say_what_is_so(a, b):
    found = rules.match(a, b, DAY)
    if found is None:
        return
    assert found.days[0] >= DAY
    assert (Why.ENOUGH in found.reasons) == (b.capacity >= a.capacity) == found.enough
    same = a.code == b.code and len(a.code) > 12
    assert (Why.SAME_PLACE in found.reasons) == same
    assert set(found.weekdays) <= set(a.weekdays or range(1, 8))
    assert set(found.weekdays) <= set(b.weekdays or range(1, 8))


@given(near, st.none() | near, near, st.none() | near)
def test_overlap_is_what_both_have(a, b, c, d):
    shared = rules.overlap((a, b), (c, d))
    days = [DAY + timedelta(days=n) for n in range(-45, 46)]
    both = [x for x in days if a <= x <= (b or date.max) and c <= x <= (d or date.max)]
    assert bool(both) == (shared is not None and (shared[1] is None or shared[0] <= shared[1]))


sides = st.sets(st.sampled_from(list(Side))).map(frozenset)


@given(st.sampled_from(list(rules.MOVES)), st.sampled_from(list(rules.S)), sides, st.booleans())
def test_the_giver_never_confirms(verb, state, who, same):
    refused = rules.refusal(verb, state, who, said_by_same=same, words="x")
    if verb in rules.BY_RECEIVER and (Side.GIVER in who or same or Side.RECEIVER not in who):
        assert refused is not None
    if refused is None:
        assert state in rules.MOVES[verb].start
        assert rules.MOVES[verb].who & who


@given(st.sampled_from([rules.S.CONFIRMED, rules.S.WITHDRAWN]), sides)
def test_what_is_over_stays_over(state, who):
    assert rules.verbs_for(state, who) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("3号楼前的路灯不亮，需要登高车", ""),
        ("联系张女士 13812345678", "number"),
        ("3号楼2单元501室漏水", "door"),
        ("联系人：李某", "person"),
        ("2026年12月前修好 20 个车位", ""),
    ],
)
def test_words_for_institutions_point_to_nobody(words, found):
    assert rules.tells_too_much(words) == found


def test_metres():
    assert rules.metres((125.3362, 43.9431), (125.3362, 43.9431)) == 0
    assert 75 <= rules.metres((125.3362, 43.9431), (125.3372, 43.9431)) <= 85
