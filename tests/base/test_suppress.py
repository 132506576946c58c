"""Small counts: never told, and nothing told from which they could be worked out (G10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.base.suppress import K, publish, safe


def tables(height=7, width=3, top=30):
    return st.integers(1, width).flatmap(
        lambda w: st.lists(
            st.lists(st.integers(0, top), min_size=w, max_size=w), min_size=1, max_size=height
        )
    )


def sums(lines, width):
    return [sum(line[i] for line in lines) for i in range(width)]


@given(tables(), st.integers(2, 8))
def test_g10_every_number_told_is_none_or_many(lines, k):
    found = publish(lines, k=k)
    if found is None:
        assert not safe(sums(lines, len(lines[0])), k)
        return
    told = [
        count for line, shown in zip(lines, found.shown, strict=True) if shown for count in line
    ]
    assert safe([*told, *found.rest], k)


@given(tables(), st.integers(2, 8))
def test_g10_a_small_count_might_be_any_small_number_for_all_that_is_told(lines, k):
    """What an attacker knows of the hidden lines is their sum: each of their small counts could
    be any number from 1 to k - 1, with the other hidden lines making up for it.
    """
    found = publish(lines, k=k)
    if found is None:
        return
    hidden = [line for line, shown in zip(lines, found.shown, strict=True) if not shown]
    for line in hidden:
        for i, count in enumerate(line):
            if 0 < count < k:
                assert len(hidden) > 1
                assert found.rest[i] >= k  # so any 1 … k-1 leaves 1 or more for the others


@given(tables())
def test_lines_and_rest_add_up_to_the_whole(lines):
    found = publish(lines)
    if found is None:
        return
    shown = [line for line, kept in zip(lines, found.shown, strict=True) if kept]
    if found.rest:
        shown.append(found.rest)
    assert sums(shown, len(lines[0])) == sums(lines, len(lines[0]))


@given(tables())
def test_only_what_has_to_be_is_hidden(lines):
    """A table without a small count is shown whole; empty lines are never taken in."""
    found = publish(lines)
    if all(safe(line) for line in lines):
        assert found is not None
        assert all(found.shown)
        assert found.rest == ()
    elif found is not None:
        empty = [shown for line, shown in zip(lines, found.shown, strict=True) if not any(line)]
        assert all(empty)


def test_a_small_line_is_counted_with_the_smallest_that_helps():
    found = publish([[2, 0], [40, 50], [20, 9], [12, 6]])
    assert found.shown == (False, True, True, False)
    assert found.rest == (14, 6)


def test_two_small_lines_may_do_together():
    assert publish([[3, 0], [4, 0], [30, 8]]).rest == (7, 0)


@pytest.mark.parametrize("lines", [[[3, 40]], [[2, 9], [1, 9]], [[K - 1]]])
def test_a_small_whole_is_not_shown_at_all(lines):
    assert publish(lines) is None


@pytest.mark.parametrize(("lines", "k"), [([[1, -1]], 5), ([[1], [1, 2]], 5), ([[1]], 1)])
def test_what_is_no_table_is_refused(lines, k):
    with pytest.raises(ValueError, match=r"k below 2|below zero|different lengths"):
        publish(lines, k=k)


def test_an_empty_table_stays_empty():
    found = publish([])
    assert found is not None
    assert found.shown == ()
