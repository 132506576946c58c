"""Working days and working hours in China: plain values in, plain values out, no Django.

Holidays and make-up working days (调休) come from chinesecalendar, which repeats the State
Council's yearly notices. A year it does not know follows the week (Monday to Friday), and
everything computed from such a day says `provisional`. A caller's overrides outrank both.

All moments are aware datetimes (ValueError otherwise) and come back in Asia/Shanghai. Sums are
made on the wall clock: China has had no summer time since 1992.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

# Longer terms than this are mistakes, and would walk day by day for a long time.
MAX_DAYS: Final = 20_000

Hours = int | float | Decimal | Fraction | timedelta


class Override(NamedTuple):
    """What the office decided about one date, and why."""

    working: bool
    note: str = ""


Overrides = Mapping[date, tuple[bool, str]]
NO_OVERRIDES: Final[Overrides] = {}


class DayKind(NamedTuple):
    """What a date is.

    `note`: the holiday's English name (also on a make-up working day), the override's own words,
    or "". `provisional`: the year's holidays are not announced; the week alone was asked.
    `overridden`: an override spoke, so `note` is somebody's own words.
    """

    working: bool
    provisional: bool = False
    note: str = ""
    overridden: bool = False


class Deadline(NamedTuple):
    """A moment due, and how it came about.

    `skipped`: every non-working date stepped over, in order. `provisional`: a day on the way
    belongs to a year whose holidays are not announced, so the moment may still change.
    """

    at: datetime
    provisional: bool = False
    skipped: tuple[date, ...] = ()


class Suspension(NamedTuple):
    """A stretch in which the clock stood still; `until` None: it still does."""

    since: datetime
    until: datetime | None = None


class Unit(enum.StrEnum):
    """How a limit is counted."""

    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    CALENDAR_HOURS = "calendar_hours"


@dataclass(frozen=True, slots=True)
class DayHours:
    """The office hours of a working day: spans in order, not touching, inside one day.

    Raises ValueError for anything else. Dated rules pick which DayHours to pass.
    """

    spans: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        flat = [moment for span in self.spans for moment in span]
        if not flat or any(a >= b for a, b in pairwise(flat)):
            raise ValueError("office hours must be spans in order that do not touch")
        if any(moment.tzinfo is not None for moment in flat):
            raise ValueError("office hours are wall-clock times")

    @property
    def closing(self) -> time:
        """When the office shuts."""
        return self.spans[-1][1]

    @property
    def length(self) -> timedelta:
        """Working time in one day."""
        return sum((_span(a, b) for a, b in self.spans), timedelta())


def _span(a: time, b: time) -> timedelta:
    return datetime.combine(date.min, b) - datetime.combine(date.min, a)


OFFICE_HOURS: Final = DayHours(((time(8, 30), time(11, 30)), (time(13, 30), time(17, 0))))


# ---- days -----------------------------------------------------------------------------------


# The tables themselves: chinesecalendar's functions search all of them for the first and last year
# at every call.
_FIRST_YEAR: Final = min(chinese_calendar.holidays).year
_LAST_YEAR: Final = max(chinese_calendar.holidays).year


def _announced(d: date) -> DayKind:
    if not _FIRST_YEAR <= d.year <= _LAST_YEAR:
        return DayKind(d.weekday() < 5, provisional=True)
    if d in chinese_calendar.workdays:
        return DayKind(True, note=chinese_calendar.workdays[d])
    if d in chinese_calendar.holidays:
        return DayKind(False, note=chinese_calendar.holidays[d])
    return DayKind(d.weekday() < 5)


def announced(year: int) -> bool:
    """Whether the holidays of a year are known, so that nothing counted in it is provisional."""
    return not _announced(date(year, 10, 1)).provisional


def is_working_day(d: date, overrides: Overrides = NO_OVERRIDES) -> DayKind:
    """What kind of day `d` is. An override decides first and is never provisional."""
    if isinstance(d, datetime):
        raise TypeError("a date is asked for, not a moment")
    said = overrides.get(d)
    if said is not None:
        return DayKind(said[0], note=said[1], overridden=True)
    return _announced(d)


def _local(at: datetime) -> datetime:
    """`at` on China's wall clock, without zone (so that sums are plain)."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at!r} does not say its time zone")
    return at.astimezone(SHANGHAI).replace(tzinfo=None)


def _days_after(d: date) -> Iterator[date]:
    for step in range(1, MAX_DAYS + 1):
        yield d + timedelta(days=step)
    raise ValueError("no end within the days the calendar looks ahead")


def add_working_days(
    start: datetime,
    n: int,
    *,
    overrides: Overrides = NO_OVERRIDES,
    hours: DayHours = OFFICE_HOURS,
) -> Deadline:
    """The closing hour of the n-th working day after the day of `start`.

    The day of `start` itself does not count (Civil Code, art. 201), working or not. n = 0 means
    by closing time today, or of the next working day when today is none or is already closed.
    Raises ValueError for n < 0 or beyond MAX_DAYS, and for a naive `start`.
    """
    if not 0 <= n <= MAX_DAYS:
        raise ValueError("the number of working days must be between 0 and MAX_DAYS")
    begin = _local(start)
    today = is_working_day(begin.date(), overrides)
    if n == 0:
        if today.working and begin.time() <= hours.closing:
            return Deadline(_moment(begin.date(), hours.closing), today.provisional)
        n = 1
    provisional, skipped = False, []
    for d in _days_after(begin.date()):
        kind = is_working_day(d, overrides)
        provisional |= kind.provisional
        if not kind.working:
            skipped.append(d)
            continue
        n -= 1
        if n == 0:
            return Deadline(_moment(d, hours.closing), provisional, tuple(skipped))
    raise AssertionError("unreachable: _days_after ends by raising")


def _moment(d: date, t: time) -> datetime:
    return datetime.combine(d, t, SHANGHAI)


def working_days_between(
    a: datetime | date, b: datetime | date, *, overrides: Overrides = NO_OVERRIDES
) -> int:
    """Working days after the day of `a`, up to and with the day of `b`; negative when b is first.

    The inverse of add_working_days for n ≥ 1. Raises ValueError on a naive datetime.
    """
    first = _local(a).date() if isinstance(a, datetime) else a
    last = _local(b).date() if isinstance(b, datetime) else b
    if last < first:
        return -working_days_between(last, first, overrides=overrides)
    return sum(
        is_working_day(first + timedelta(days=step), overrides).working
        for step in range(1, (last - first).days + 1)
    )


# ---- hours ----------------------------------------------------------------------------------


def _length(hours: Hours) -> timedelta:
    if isinstance(hours, timedelta):
        length = hours
    elif isinstance(hours, float):
        length = timedelta(hours=hours)
    else:
        length = timedelta(microseconds=round(Fraction(hours) * 3_600_000_000))
    if not timedelta() <= length <= timedelta(days=MAX_DAYS):
        raise ValueError("the number of hours must not be negative or absurdly large")
    return length


def _open_spans(
    begin: datetime, overrides: Overrides, hours: DayHours, seen: Callable[[date, DayKind], None]
) -> Iterator[tuple[datetime, datetime]]:
    """The open stretches from `begin` on; `seen` hears of each day before its stretches."""
    d = begin.date()
    for _step in range(MAX_DAYS + 1):
        kind = is_working_day(d, overrides)
        seen(d, kind)
        if kind.working:
            for opens, closes in hours.spans:
                a = max(datetime.combine(d, opens), begin)
                b = datetime.combine(d, closes)
                if a < b:
                    yield a, b
        d += timedelta(days=1)
    raise ValueError("no end within the days the calendar looks ahead")


def add_working_hours(
    start: datetime,
    hours: Hours,
    *,
    overrides: Overrides = NO_OVERRIDES,
    day: DayHours = OFFICE_HOURS,
) -> Deadline:
    """The moment at which `hours` of office time have passed since `start`.

    Falls on the closing moment rather than on the next opening. Adding 0 returns `start`. Adding
    in two steps is the same as adding the sum. Raises ValueError for negative hours and naive
    datetimes. A day counts as skipped when it is non-working and lies wholly or partly between.
    """
    left = _length(hours)
    begin = _local(start)
    if not left:
        return Deadline(begin.replace(tzinfo=SHANGHAI))
    provisional, skipped = False, []

    def seen(d: date, kind: DayKind) -> None:
        nonlocal provisional
        provisional |= kind.provisional
        if not kind.working:
            skipped.append(d)

    for a, b in _open_spans(begin, overrides, day, seen):
        if left <= b - a:
            return Deadline((a + left).replace(tzinfo=SHANGHAI), provisional, tuple(skipped))
        left -= b - a
    raise AssertionError("unreachable: _open_spans ends by raising")


def working_time_between(
    a: datetime,
    b: datetime,
    *,
    overrides: Overrides = NO_OVERRIDES,
    day: DayHours = OFFICE_HOURS,
) -> timedelta:
    """Office time from `a` to `b`; negative when b is first. The inverse of add_working_hours."""
    begin, end = _local(a), _local(b)
    if end < begin:
        return -working_time_between(b, a, overrides=overrides, day=day)
    total, d = timedelta(), begin.date()
    while d <= end.date():
        if is_working_day(d, overrides).working:
            for opens, closes in day.spans:
                since = max(datetime.combine(d, opens), begin)
                until = min(datetime.combine(d, closes), end)
                total += max(until - since, timedelta())
        d += timedelta(days=1)
    return total


def add_calendar_hours(start: datetime, hours: Hours) -> Deadline:
    """`hours` by the clock, day and night. Never provisional. Raises ValueError as above."""
    return Deadline((_local(start) + _length(hours)).replace(tzinfo=SHANGHAI))


def due_after(
    start: datetime,
    amount: Hours,
    unit: Unit,
    *,
    overrides: Overrides = NO_OVERRIDES,
    day: DayHours = OFFICE_HOURS,
) -> Deadline:
    """`amount` of `unit` after `start`: one door to the three ways of counting above.

    Raises ValueError when working days are not a whole number.
    """
    if unit is Unit.WORKING_DAYS:
        if isinstance(amount, timedelta) or amount != int(amount):
            raise ValueError("working days are whole")
        return add_working_days(start, int(amount), overrides=overrides, hours=day)
    if unit is Unit.WORKING_HOURS:
        return add_working_hours(start, amount, overrides=overrides, day=day)
    return add_calendar_hours(start, amount)


# ---- what is left, and standing still ---------------------------------------------------------


class Remaining(NamedTuple):
    """How far off a deadline is. All amounts are positive; `overdue` tells the direction.

    `working_days`: working days after today up to the day due (0: today). `skipped`: the
    non-working dates on the way. `provisional`: as in Deadline.
    """

    overdue: bool
    working_days: int
    working_time: timedelta
    clock_time: timedelta
    skipped: tuple[date, ...]
    provisional: bool


def remaining(
    now: datetime,
    due: datetime,
    *,
    overrides: Overrides = NO_OVERRIDES,
    day: DayHours = OFFICE_HOURS,
) -> Remaining:
    """What lies between `now` and `due`. Due exactly now is not overdue."""
    here, there = _local(now), _local(due)
    first, last = min(here, there), max(here, there)
    kinds = [
        (d, is_working_day(d, overrides))
        for d in (
            first.date() + timedelta(days=step)
            for step in range(1, (last.date() - first.date()).days + 1)
        )
    ]
    return Remaining(
        overdue=here > there,
        working_days=sum(kind.working for _d, kind in kinds),
        working_time=abs(working_time_between(now, due, overrides=overrides, day=day)),
        clock_time=last - first,
        skipped=tuple(d for d, kind in kinds if not kind.working),
        provisional=any(kind.provisional for _d, kind in kinds),
    )


def _merged(
    suspensions: Iterable[tuple[datetime, datetime | None]], now: datetime | None
) -> list[tuple[datetime, datetime]]:
    closed = []
    for since, until in suspensions:
        end = now if until is None else until
        if end is None:
            raise ValueError("a suspension still going on needs `now`")
        if _local(since) < _local(end):
            closed.append((since, end))
        elif until is not None and _local(until) < _local(since):
            raise ValueError("a suspension ends before it begins")
    merged: list[tuple[datetime, datetime]] = []
    for since, end in sorted(closed):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((since, end))
    return merged


def extend_by_suspensions(
    due: Deadline,
    suspensions: Iterable[tuple[datetime, datetime | None]],
    unit: Unit,
    *,
    now: datetime | None = None,
    overrides: Overrides = NO_OVERRIDES,
    day: DayHours = OFFICE_HOURS,
) -> Deadline:
    """`due` moved on by the time in which the clock stood still, counted in the limit's own unit.

    Overlapping suspensions count once; one that begins at or after the (already extended)
    deadline does not count: that deadline was met or missed before. Working days stand still for
    each working day after the one a suspension began on, up to and with the one it ended on. A
    suspension without end counts up to `now`. Raises ValueError when one has no end and `now` is
    not given, when one ends before it begins, or a datetime is naive.
    """
    at, provisional, skipped = due
    for since, until in _merged(suspensions, now):
        if since >= at:
            break
        if unit is Unit.WORKING_DAYS:
            n = working_days_between(since, until, overrides=overrides)
            if n == 0:
                continue
            # The time of day is the old deadline's own: it may be another day's closing hour.
            more = add_working_days(at, n, overrides=overrides, hours=day)
            at_time = _local(at).time()
            more = more._replace(at=_moment(more.at.date(), at_time))
        elif unit is Unit.WORKING_HOURS:
            stood = working_time_between(since, until, overrides=overrides, day=day)
            more = add_working_hours(at, stood, overrides=overrides, day=day)
        else:
            more = add_calendar_hours(at, _local(until) - _local(since))
        at = more.at
        provisional |= more.provisional
        skipped += tuple(d for d in more.skipped if d not in skipped)
    return Deadline(at, provisional, skipped)
