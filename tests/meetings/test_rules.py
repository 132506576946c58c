"""Quorum in exact fractions, and differences that lose no line."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.meetings import rules

parts = st.integers(1, rules.MOST).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(parts, st.booleans(), st.integers(0, 400))
def test_needed_is_the_smallest_number_that_is_enough(part, more, members):
    asked = rules.quorum(*part, more_than=more)
    share = Fraction(*part) * members
    enough = [
        n for n in range(members + 1) if (Fraction(n) > share if more else Fraction(n) >= share)
    ]
    assert asked.needed(members) == (enough[0] if enough else members)


@given(parts, st.booleans(), st.integers(0, 400), st.integers(0, 400))
def test_one_more_present_never_hurts(part, more, present, members):
    asked = rules.quorum(*part, more_than=more)
    if asked.reached(present, members):
        assert asked.reached(present + 1, members)
    assert asked.reached(members, members)


def test_two_thirds_of_nine_are_six():
    assert rules.quorum(2, 3).needed(9) == 6
    assert rules.quorum(2, 3).needed(10) == 7
    assert rules.quorum(1, 2, more_than=True).needed(10) == 6
    assert rules.quorum(1, 2).needed(10) == 5
    assert rules.quorum(1, 2, more_than=True).needed(0) == 0


@pytest.mark.parametrize("part", [(1, 0), (-1, 2), (3, 2), (1, 1001)])
def test_what_is_no_part_is_refused(part):
    with pytest.raises(ValueError, match=r"\("):
        rules.quorum(*part)


texts = st.text(alphabet="甲乙丙\n", max_size=40)


@given(texts, texts)
def test_both_versions_can_be_read_from_the_differences(old, new):
    lines = list(rules.differences(old, new))
    assert "\n".join(x.text for x in lines if x.mark != "new") == old
    assert "\n".join(x.text for x in lines if x.mark != "gone") == new
