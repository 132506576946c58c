"""Histories obey the table of moves; the same seed tells the same story."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from liren.matters import rules
from liren.synth import shape, words
from liren.synth.histories import Frame, history

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
STORIES = {
    "seed": st.integers(0, 10**9),
    "days": st.integers(0, 60),
    "heights": st.integers(0, 5),
    "check": st.booleans(),
    "departments": st.booleans(),
    "key": st.sampled_from(sorted(words.NEEDS)),
}


def told(seed, days, heights, check, departments, key):
    at = NOW - timedelta(days=days)
    frame = Frame(key, at, NOW, heights=heights, check=check, departments=departments)
    return history(Random(seed), frame)


@given(**STORIES)
def test_every_step_is_a_move_the_rules_allow(seed, days, heights, check, departments, key):
    steps = told(seed, days, heights, check, departments, key)
    assert steps[0].verb == "report"
    status = "submitted"
    for step in steps[1:]:
        refused = rules.refusal(step.verb, status, frozenset({step.who}), step.words)
        assert refused is None, (step, status)
        after = rules.after(step.verb, status)
        if step.verb == "handle":
            own = step.who == "holder" and status != "whistled"
            after = rules.after_handling(self_handled=own, needs_check=check)
        status = after


@given(**STORIES)
def test_time_runs_forward_and_not_beyond_now(**frame):
    steps = told(**frame)
    assert all(a.at <= b.at for a, b in pairwise(steps))
    assert steps[-1].at <= NOW
    assert all(0 <= step.height <= frame["heights"] for step in steps)


@given(**STORIES)
def test_the_same_seed_tells_the_same_story(**frame):
    assert told(**frame) == told(**frame)


@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(1, 40))
def test_shares_add_up_and_none_is_empty(seed, parts, times):
    total = parts * times + parts // 2
    shares = shape.spread(Random(seed), total, parts)
    assert (len(shares), sum(shares)) == (parts, total)
    assert min(shares) >= 1


def test_there_are_words_for_every_shipped_category():
    from liren.matters.shipped import GROUPS

    keys = {kind.key for _group, kinds in GROUPS for kind in kinds}
    assert keys == set(words.NEEDS) == set(words.WEIGHTS)


def test_words_have_no_slot_left_and_vary():
    rng = Random(1)
    texts = [words.need(rng, key) for key in words.NEEDS for _ in range(60)]
    texts += [words.result(rng, key) for key in words.NEEDS for _ in range(10)]
    assert not [text for text in texts if "{" in text or "。。" in text]
    assert len(set(texts)) > 0.8 * len(texts)
