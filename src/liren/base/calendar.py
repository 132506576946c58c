"""The working calendar as the rest of Liren holds it: overrides and office hours, with names.

The sums are in working_time; this module adds what needs the user's language, and carries the
two tables along so that callers need not pass them each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.base import working_time
from liren.base.working_time import (
    NO_OVERRIDES,
    OFFICE_HOURS,
    DayHours,
    DayKind,
    Deadline,
    Hours,
    Overrides,
    Remaining,
    Unit,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# chinesecalendar's names, in the short form people use.
HOLIDAYS: Final[dict[str, StrOrPromise]] = {
    "New Year's Day": pgettext_lazy("holiday", "New Year's Day"),
    "Spring Festival": pgettext_lazy("holiday", "Spring Festival"),
    "Tomb-sweeping Day": pgettext_lazy("holiday", "Qingming"),
    "Labour Day": pgettext_lazy("holiday", "Labour Day"),
    "Dragon Boat Festival": pgettext_lazy("holiday", "Dragon Boat Festival"),
    "National Day": pgettext_lazy("holiday", "National Day"),
    "Mid-autumn Festival": pgettext_lazy("holiday", "Mid-Autumn Festival"),
    "Anti-Fascist 70th Day": pgettext_lazy("holiday", "the 2015 commemoration day"),
}


def day_note(kind: DayKind) -> StrOrPromise:
    """The name of the holiday a day belongs to, or the override's own words, or ""."""
    return kind.note if kind.overridden else HOLIDAYS.get(kind.note, kind.note)


PROVISIONAL: Final = _(
    "The holidays of that year are not announced yet, so this date may still change."
)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Overrides and office hours, bound together. Methods are those of working_time."""

    overrides: Overrides = field(default_factory=lambda: NO_OVERRIDES)
    day: DayHours = OFFICE_HOURS

    def kind(self, d: date) -> DayKind:
        """What kind of day `d` is."""
        return working_time.is_working_day(d, self.overrides)

    def due_after(self, start: datetime, amount: Hours, unit: Unit) -> Deadline:
        """`amount` of `unit` after `start`."""
        return working_time.due_after(start, amount, unit, overrides=self.overrides, day=self.day)

    def extend(
        self,
        due: Deadline,
        suspensions: Iterable[tuple[datetime, datetime | None]],
        unit: Unit,
        *,
        now: datetime | None = None,
    ) -> Deadline:
        """`due` moved on by the time the clock stood still."""
        return working_time.extend_by_suspensions(
            due, suspensions, unit, now=now, overrides=self.overrides, day=self.day
        )

    def remaining(self, now: datetime, due: datetime) -> Remaining:
        """What lies between `now` and `due`."""
        return working_time.remaining(now, due, overrides=self.overrides, day=self.day)

    def days_between(self, a: datetime | date, b: datetime | date) -> int:
        """Working days after the day of `a`, up to and with that of `b`."""
        return working_time.working_days_between(a, b, overrides=self.overrides)

    def time_between(self, a: datetime, b: datetime) -> timedelta:
        """Office time from `a` to `b`."""
        return working_time.working_time_between(a, b, overrides=self.overrides, day=self.day)


_provider: Callable[[], WorkingCalendar] = WorkingCalendar


def provide(provider: Callable[[], WorkingCalendar]) -> None:
    """Say where the installation's own calendar comes from; the app that owns the override table
    calls this once, as it starts. The provider is asked often and should cache."""
    global _provider
    _provider = provider


def current() -> WorkingCalendar:
    """The installation's calendar: what template filters count with."""
    return _provider()
