"""The calendar's sums against an oracle that only ever asks one day, or one minute, at a time."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.base.working_time import (
    OFFICE_HOURS,
    SHANGHAI,
    DayHours,
    Deadline,
    Override,
    Suspension,
    Unit,
    add_calendar_hours,
    add_working_days,
    add_working_hours,
    due_after,
    extend_by_suspensions,
    is_working_day,
    remaining,
    working_days_between,
    working_time_between,
)

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# ---- what a day is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "working", "note"),
    [
        ("2025-09-28", True, "National Day"),  # a Sunday made a working day
        ("2025-10-01", False, "National Day"),
        ("2025-10-08", False, "National Day"),
        ("2025-10-09", True, ""),
        ("2025-10-11", True, "National Day"),  # a Saturday made a working day
        ("2025-10-12", False, ""),
        ("2026-02-17", False, "Spring Festival"),
    ],
)
def test_announced_days(day, working, note):
    kind = is_working_day(date.fromisoformat(day))
    assert (kind.working, kind.note, kind.provisional) == (working, note, False)


@pytest.mark.parametrize(("day", "working"), [("2031-01-01", True), ("2031-01-04", False)])
def test_a_year_not_announced_follows_the_week_and_says_so(day, working):
    kind = is_working_day(date.fromisoformat(day))
    assert (kind.working, kind.provisional) == (working, True)


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_it_says_what_chinesecalendar_says(day):
    off, name = chinese_calendar.get_holiday_detail(day)
    assert is_working_day(day) == (not off, False, name or "", False)


def test_an_override_decides_and_is_not_provisional():
    overrides = {date(2031, 1, 1): Override(False, "元旦放假"), date(2025, 10, 1): (True, "防汛")}
    assert is_working_day(date(2031, 1, 1), overrides) == (False, False, "元旦放假", True)
    assert is_working_day(date(2025, 10, 1), overrides) == (True, False, "防汛", True)


def test_a_moment_is_not_a_day():
    with pytest.raises(TypeError, match="not a moment"):
        is_working_day(at("2025-10-01"))


# ---- examples a person can check ------------------------------------------------------------


def test_three_days_across_the_national_holiday():
    due = add_working_days(at("2025-09-29 10:00"), 3)
    assert due.at == at("2025-10-10 17:00")
    assert due.skipped == tuple(date(2025, 10, d) for d in range(1, 9))
    assert not due.provisional


def test_a_make_up_saturday_counts():
    assert add_working_days(at("2025-10-10 10:00"), 1).at == at("2025-10-11 17:00")


def test_zero_days_is_today_or_the_next_open_day():
    assert add_working_days(at("2025-10-09 10:00"), 0).at == at("2025-10-09 17:00")
    assert add_working_days(at("2025-10-09 17:00"), 0).at == at("2025-10-09 17:00")
    assert add_working_days(at("2025-10-09 17:01"), 0).at == at("2025-10-10 17:00")
    assert add_working_days(at("2025-10-12 10:00"), 0).at == at("2025-10-13 17:00")


def test_hours_stop_for_lunch_night_and_holiday():
    assert add_working_hours(at("2025-10-09 11:00"), 1).at == at("2025-10-09 14:00")
    assert add_working_hours(at("2025-09-30 16:00"), 2).at == at("2025-10-09 09:30")
    assert add_working_hours(at("2025-10-04 12:00"), Decimal("0.5")).at == at("2025-10-09 09:00")
    assert add_working_hours(at("2025-10-09 08:30"), 3).at == at("2025-10-09 11:30")
    assert add_working_hours(at("2025-10-09 08:30"), Fraction(13, 2)).at == at("2025-10-09 17:00")


def test_a_term_into_an_unannounced_year_is_provisional():
    assert add_working_days(at("2030-12-30 09:00"), 2).provisional
    assert add_working_hours(at("2030-12-31 16:30"), 8.5).provisional
    assert not add_calendar_hours(at("2030-12-31 16:30"), 48).provisional
    known = {date(2031, 1, d): (d != 1, "通知") for d in range(1, 4)}
    assert not add_working_days(at("2031-01-01 09:00"), 2, overrides=known).provisional


def test_any_zone_is_understood_and_the_answer_is_in_china_s():
    due = add_working_days(datetime(2025, 10, 9, 17, tzinfo=UTC), 1)  # the 10th in China
    assert due.at == at("2025-10-11 17:00")
    assert due.at.tzinfo is SHANGHAI


NAIVE = datetime(2025, 10, 9, 10)  # noqa: DTZ001 -- being naive is the point


@pytest.mark.parametrize(
    "call",
    [
        lambda: add_working_days(NAIVE, 1),
        lambda: add_working_hours(NAIVE, 1),
        lambda: add_working_hours(NAIVE, 0),
        lambda: add_calendar_hours(NAIVE, 1),
        lambda: working_days_between(NAIVE, at("2025-10-10")),
        lambda: working_time_between(at("2025-10-10"), NAIVE),
        lambda: remaining(NAIVE, at("2025-10-10")),
        lambda: extend_by_suspensions(
            Deadline(at("2025-10-10")), [(NAIVE, at("2025-10-10"))], Unit.WORKING_DAYS
        ),
    ],
)
def test_a_naive_datetime_is_refused(call):
    with pytest.raises(ValueError, match="time zone"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: add_working_days(at("2025-10-09"), -1),
        lambda: add_working_days(at("2025-10-09"), 10**9),
        lambda: add_working_hours(at("2025-10-09"), -1),
        lambda: add_working_hours(at("2025-10-09"), 10**9),
        lambda: add_working_hours(at("2025-10-09"), 400_000),
        lambda: due_after(at("2025-10-09"), 1.5, Unit.WORKING_DAYS),
        lambda: due_after(at("2025-10-09"), HOUR, Unit.WORKING_DAYS),
        lambda: DayHours(()),
        lambda: DayHours(((time(9), time(9)),)),
        lambda: DayHours(((time(9), time(12)), (time(11), time(17)))),
        lambda: DayHours(((time(9, tzinfo=UTC), time(12, tzinfo=UTC)),)),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError, match=r"must|whole|wall-clock|no end"):
        call()


def test_a_calendar_without_any_working_day_ends_by_refusing():
    never = {date(2026, 1, 1) + DAY * i: (False, "") for i in range(40_000)}
    with pytest.raises(ValueError, match="no end"):
        add_working_days(at("2026-01-01"), 1, overrides=never)
    with pytest.raises(ValueError, match="no end"):
        add_working_hours(at("2026-01-01"), 1, overrides=never)


def test_one_door_for_three_units():
    start = at("2025-10-09 09:00")
    assert due_after(start, 2, Unit.WORKING_DAYS) == add_working_days(start, 2)
    assert due_after(start, 2, Unit.WORKING_HOURS) == add_working_hours(start, 2)
    assert due_after(start, 2, Unit.CALENDAR_HOURS) == add_calendar_hours(start, 2)
    assert OFFICE_HOURS.length == timedelta(hours=6.5)


# ---- the oracle -----------------------------------------------------------------------------

moments = st.integers(0, 4 * 366 * 24 * 60).map(lambda m: at("2024-01-01 00:00") + MINUTE * m)
# From the known years into those without announcement, past 春节, 国庆 and their make-up days.
far = st.one_of(
    moments, st.integers(0, 60 * 24 * 90).map(lambda m: at("2025-09-20 00:00") + MINUTE * m)
)
overrides_ = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2028, 6, 1)),
    st.tuples(st.booleans(), st.just("")),
    max_size=8,
)
day_hours = st.one_of(
    st.just(OFFICE_HOURS),
    st.sets(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6)
    .map(sorted)
    .map(lambda m: m[: len(m) // 2 * 2])
    .map(lambda m: [time(x // 60, x % 60) for x in m])
    .map(lambda t: DayHours(tuple(zip(t[::2], t[1::2], strict=True))))
    # With a shorter day the oracle would walk for months.
    .filter(lambda day: day.length >= timedelta(minutes=30)),
)


def open_minute(moment, overrides, hours):
    """Whether the minute beginning at `moment` is office time."""
    return is_working_day(moment.date(), overrides).working and any(
        a <= moment.time() < b for a, b in hours.spans
    )


@given(far, st.integers(1, 40), overrides_)
def test_days_match_the_oracle(start, n, overrides):
    d, left, skipped, provisional = start.date(), n, [], False
    while left:
        d += DAY
        kind = is_working_day(d, overrides)
        provisional |= kind.provisional
        left -= kind.working
        if not kind.working:
            skipped.append(d)
    expected = datetime.combine(d, time(17), SHANGHAI)
    assert add_working_days(start, n, overrides=overrides) == (
        expected,
        provisional,
        tuple(skipped),
    )


@settings(max_examples=60)
@given(far, st.integers(1, 20 * 60), overrides_, day_hours)
def test_hours_match_the_oracle_minute_by_minute(start, minutes, overrides, hours):
    moment, left = start, minutes
    while left:
        left -= open_minute(moment, overrides, hours)
        moment += MINUTE
    due = add_working_hours(start, MINUTE * minutes, overrides=overrides, day=hours)
    assert due.at == moment
    assert working_time_between(start, due.at, overrides=overrides, day=hours) == MINUTE * minutes


@settings(max_examples=60)
@given(far, st.integers(0, 6 * 24 * 60), overrides_, day_hours)
def test_time_between_matches_the_oracle(a, minutes, overrides, hours):
    b = a + MINUTE * minutes
    total = sum(open_minute(a + MINUTE * i, overrides, hours) for i in range(minutes))
    assert working_time_between(a, b, overrides=overrides, day=hours) == MINUTE * total
    assert working_time_between(b, a, overrides=overrides, day=hours) == -MINUTE * total


# ---- laws -----------------------------------------------------------------------------------


@given(far, st.integers(0, 60), overrides_)
def test_days_between_undoes_adding(start, n, overrides):
    due = add_working_days(start, n, overrides=overrides)
    between = working_days_between(start, due.at, overrides=overrides)
    assert between == n or (n == 0 and between in (0, 1))
    assert working_days_between(due.at, start, overrides=overrides) == -between
    assert is_working_day(due.at.date(), overrides).working


@given(far, far, st.integers(0, 30), st.integers(0, 30), overrides_)
def test_more_days_or_a_later_start_is_never_sooner(a, b, n, m, overrides):
    a, b = sorted((a, b))
    n, m = sorted((n, m))
    assert add_working_days(a, n, overrides=overrides).at <= (
        add_working_days(b, m, overrides=overrides).at
    )


@given(far, far, st.integers(0, 6000), st.integers(0, 6000), overrides_)
def test_more_hours_or_a_later_start_is_never_sooner(a, b, n, m, overrides):
    a, b = sorted((a, b))
    n, m = sorted((n, m))
    assert add_working_hours(a, MINUTE * n, overrides=overrides).at <= (
        add_working_hours(b, MINUTE * m, overrides=overrides).at
    )


@given(far, st.integers(0, 6000), st.integers(0, 6000), overrides_)
def test_hours_add_up(start, n, m, overrides):
    once = add_working_hours(start, MINUTE * (n + m), overrides=overrides)
    first = add_working_hours(start, MINUTE * n, overrides=overrides)
    assert add_working_hours(first.at, MINUTE * m, overrides=overrides).at == once.at


@given(far)
def test_adding_no_hours_changes_nothing(start):
    assert add_working_hours(start, 0) == (start, False, ())
    assert add_calendar_hours(start, 0) == (start, False, ())


@given(far, far, overrides_)
def test_remaining_agrees_with_its_parts(now, due, overrides):
    left = remaining(now, due, overrides=overrides)
    first, last = sorted((now, due))
    assert left.overdue == (now > due)
    assert left.clock_time == last - first
    assert left.working_days == working_days_between(first, last, overrides=overrides)
    assert left.working_time == working_time_between(first, last, overrides=overrides)
    assert len(left.skipped) + left.working_days == (last.date() - first.date()).days


# ---- standing still -------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    far,
    st.integers(1, 600),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3000)), max_size=3),
    overrides_,
)
def test_suspended_hours_match_the_oracle(start, minutes, stops, overrides):
    """The oracle walks on until enough open, unsuspended minutes have passed."""
    stops = [(start + MINUTE * a, start + MINUTE * (a + length)) for a, length in stops]
    moment, left = start, minutes
    while left:
        still = any(a <= moment < b for a, b in stops)
        left -= open_minute(moment, overrides, OFFICE_HOURS) and not still
        moment += MINUTE
    due = add_working_hours(start, MINUTE * minutes, overrides=overrides)
    extended = extend_by_suspensions(due, stops, Unit.WORKING_HOURS, overrides=overrides)
    assert extended.at == moment


def test_a_stop_over_the_weekend_costs_no_working_time():
    due = Deadline(at("2025-10-20 10:00"))
    stop = [Suspension(at("2025-10-17 17:00"), at("2025-10-20 08:30"))]
    assert extend_by_suspensions(due, stop, Unit.WORKING_HOURS).at == due.at
    assert extend_by_suspensions(due, stop, Unit.CALENDAR_HOURS).at == due.at + timedelta(
        hours=63.5
    )


def test_stopped_days_push_the_day():
    due = add_working_days(at("2025-10-13 09:00"), 3)  # Thursday the 16th
    stop = [(at("2025-10-14 15:00"), at("2025-10-15 09:00"))]
    assert extend_by_suspensions(due, stop, Unit.WORKING_DAYS).at == at("2025-10-17 17:00")
    same_day = [(at("2025-10-14 09:00"), at("2025-10-14 16:00"))]
    assert extend_by_suspensions(due, same_day, Unit.WORKING_DAYS) == due


def test_overlaps_count_once_and_a_stop_after_the_deadline_not_at_all():
    due = Deadline(at("2025-10-14 10:00"))
    stops = [
        (at("2025-10-13 09:00"), at("2025-10-13 10:00")),
        (at("2025-10-13 09:30"), at("2025-10-13 10:30")),
        (at("2025-10-20 09:00"), at("2025-10-20 10:00")),
    ]
    assert extend_by_suspensions(due, stops, Unit.WORKING_HOURS).at == at("2025-10-14 11:30")


def test_a_stop_still_going_on_counts_up_to_now():
    due = Deadline(at("2025-10-14 10:00"))
    stop = [Suspension(at("2025-10-13 09:00"))]
    now = at("2025-10-13 10:00")
    assert extend_by_suspensions(due, stop, Unit.WORKING_HOURS, now=now).at == at(
        "2025-10-14 11:00"
    )
    with pytest.raises(ValueError, match="needs `now`"):
        extend_by_suspensions(due, stop, Unit.WORKING_HOURS)
    early = at("2025-10-13 08:00")
    assert extend_by_suspensions(due, stop, Unit.WORKING_HOURS, now=early) == due


def test_a_stop_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        extend_by_suspensions(
            Deadline(at("2025-10-14")),
            [(at("2025-10-13"), at("2025-10-12"))],
            Unit.WORKING_HOURS,
        )


@given(
    far,
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(0, 20000), st.integers(0, 9000)), max_size=4),
    st.sampled_from(Unit),
    overrides_,
)
def test_standing_still_never_brings_a_deadline_forward(start, n, stops, unit, overrides):
    stops = [(start + MINUTE * a, start + MINUTE * (a + length)) for a, length in stops]
    due = due_after(start, n, unit, overrides=overrides)
    extended = extend_by_suspensions(due, stops, unit, overrides=overrides)
    assert extended.at >= due.at
    assert set(due.skipped) <= set(extended.skipped)
    assert extend_by_suspensions(due, stops[::-1], unit, overrides=overrides) == extended
    assert extend_by_suspensions(due, stops * 2, unit, overrides=overrides) == extended
