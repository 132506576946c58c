"""When a matter must be accepted and handled, by its category and the working calendar."""

from dataclasses import dataclass
from datetime import date, datetime

from liren.base.calendar import WorkingCalendar
from liren.base.working_time import Deadline, Unit
from liren.territory.queries import working_calendar

from .enums import Verb
from .models import Category, Matter

# Where no category is known yet the office's promise is this (GB/T 30428 leaves it to the city).
DEFAULT_ACCEPT = (4, Unit.WORKING_HOURS)
DEFAULT_HANDLE = (5, Unit.WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Promise:
    """The two limits of a matter, and how they came about."""

    accept_by: datetime
    due: datetime
    provisional: bool
    skipped: list[date]


def promise(community: str, category: Category | None, start: datetime) -> Promise:
    """Return the limits for a need reported at ``start`` (aware). One statement."""
    calendar = working_calendar(community)
    accept, handle = DEFAULT_ACCEPT, DEFAULT_HANDLE
    if category is not None:
        accept = (category.accept_within, Unit(category.accept_unit))
        handle = (category.handle_within, Unit(category.handle_unit))
    first = calendar.due_after(start, *accept)
    last = calendar.due_after(start, *handle)
    return Promise(
        accept_by=min(first.at, last.at),
        due=last.at,
        provisional=last.provisional,
        skipped=list(last.skipped),
    )


def apply(matter: Matter, given: Promise) -> None:
    """Write a promise into an unsaved matter; the first promise is kept for ever."""
    matter.accept_by = given.accept_by
    matter.due = given.due
    matter.due_provisional = given.provisional
    matter.due_skipped = given.skipped
    limit = matter.external_due
    if limit is not None and limit < given.due:
        # A ticket's own limit stands beside our clock; the earlier of the two is the promise.
        matter.due, matter.accept_by = limit, min(given.accept_by, limit)
        matter.due_provisional, matter.due_skipped = False, []
    if matter.first_due is None:
        matter.first_due = matter.due


def recounted(matter: Matter, calendar: WorkingCalendar) -> Deadline | None:
    """Count the limit anew by today's calendar, replaying what moved it since.

    The last reopening starts the clock; a change of category counts from there by the new limit;
    granted time and time stood still follow in the order they came. None where the limit is that of
    a ticket from outside, earlier than ours: no calendar of ours moves it.
    """
    start, moves, since = matter.reported_at, list[tuple[str, object]](), None
    reopened = False
    for entry in matter.entries.order_by("at", "pk"):
        if entry.verb == Verb.REOPEN:
            start, moves, since, reopened = entry.at, [], None, True
        elif entry.verb == Verb.CATEGORISE:
            moves, since = [], None
        elif entry.verb == Verb.GRANT_EXTENSION and entry.data.get("days"):
            moves.append(("days", int(entry.data["days"])))
        elif entry.verb == Verb.SUSPEND:
            since = entry.at
        elif entry.verb == Verb.RESUME and since is not None:
            moves.append(("still", (since, entry.at)))
            since = None
    within, unit = DEFAULT_HANDLE
    if matter.category is not None:
        within, unit = matter.category.handle_within, Unit(matter.category.handle_unit)
    due = calendar.due_after(start, within, unit)
    if matter.external_due is not None and matter.external_due < due.at and not reopened:
        return None
    for kind, value in moves:
        if kind == "days":
            assert isinstance(value, int)
            later = calendar.due_after(due.at, value, Unit.WORKING_DAYS)
        else:
            assert isinstance(value, tuple)
            later = calendar.extend(due, [value], unit)
        due = Deadline(later.at, later.provisional or due.provisional, later.skipped)
    return due


def unit_of(matter: Matter) -> Unit:
    """Return the unit in which the matter's limit is counted."""
    return Unit(matter.category.handle_unit) if matter.category else DEFAULT_HANDLE[1]


def extended(matter: Matter, working_days: int) -> Deadline:
    """Return the deadline moved on by whole working days."""
    assert matter.due is not None
    calendar = working_calendar(matter.community)
    return calendar.due_after(matter.due, working_days, Unit.WORKING_DAYS)


def resumed(matter: Matter, now: datetime) -> Deadline:
    """Return the deadline moved on by the time the clock stood still."""
    assert matter.due is not None
    assert matter.suspended_at is not None
    calendar = working_calendar(matter.community)
    old = Deadline(matter.due, matter.due_provisional, tuple(matter.due_skipped))
    return calendar.extend(old, [(matter.suspended_at, now)], unit_of(matter))
