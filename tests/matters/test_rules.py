"""The table of moves and its helpers, for every status, verb and role."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from liren.matters import enums, rules

statuses = st.sampled_from([s.value for s in rules.S])
verbs = st.sampled_from(list(rules.MOVES))
role_sets = st.frozensets(st.sampled_from([r.value for r in rules.R]))


def test_the_pure_table_and_the_stored_vocabularies_agree():
    assert {s.value for s in rules.S} == set(enums.Status.values)
    assert {r.value for r in rules.R} == set(enums.Role.values)
    assert set(rules.MOVES) <= set(enums.Verb.values)


@given(verbs, statuses, role_sets, st.text(max_size=5))
def test_a_move_is_allowed_exactly_when_the_table_says_so(verb, status, roles, words):
    move = rules.MOVES[verb]
    allowed = (
        bool(move.who & roles) and status in move.start and (bool(words.strip()) or not move.reason)
    )
    assert (rules.refusal(verb, status, roles, words) is None) is allowed
    offered = rules.verbs_for(status, roles)
    assert (verb in offered) is (bool(move.who & roles) and status in move.start)


@given(st.lists(st.tuples(verbs, role_sets), max_size=30))
def test_every_walk_stays_among_the_statuses_and_leaves_closed_by_reopening_only(walk):
    status = "submitted"
    for verb, roles in walk:
        if rules.refusal(verb, status, roles, "words") is not None:
            continue
        new = rules.after(verb, status)
        assert new in set(rules.S)
        if status == "closed" and new != "closed":
            assert verb in {"reopen", "unmerge"}
        status = new


def test_every_open_status_can_reach_the_end_and_every_status_is_reachable():
    steps = {
        s: {rules.after(v, s) for v, m in rules.MOVES.items() if s in m.start} for s in rules.S
    }
    steps[rules.S.HANDLING].add("answering")  # handled by a leader where no check is needed
    for start in rules.S:
        seen, todo = {start.value}, [start.value]
        while todo:
            for after in steps[rules.S(todo.pop())]:
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        assert "closed" in seen
        if start is rules.S.SUBMITTED:
            assert seen == {s.value for s in rules.S}


def test_solved_is_said_by_the_reporter_alone():
    assert rules.MOVES["answer_solved"].who == {rules.R.REPORTER}
    assert rules.MOVES["rate"].who == {rules.R.REPORTER}


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 1, 9))), st.integers(1, 5))
def test_tries_count_by_the_day(tries, needed):
    assert rules.reached_enough(tries, needed=needed) is (len({*tries}) >= needed)


@given(st.booleans(), st.booleans())
def test_only_ones_own_small_thing_skips_the_check(self_handled, needs_check):
    after = rules.after_handling(self_handled=self_handled, needs_check=needs_check)
    assert (after is rules.S.ANSWERING) is (self_handled and not needs_check)


def test_a_rate_below_ten_is_not_judged():
    assert rules.Rate(9, 9, {}).percent is None
    assert rules.Rate(5, 10, {}).percent == 50
