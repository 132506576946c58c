"""Limits counted anew when the calendar changes: a year becomes known, a day is made different."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base.errors import Refused
from liren.base.humanise import say_when
from liren.base.working_time import Unit
from liren.territory.queries import working_calendar

from .. import deadlines
from ..enums import Status, Verb
from ..models import Matter
from .core import changing, headline, tell_reporter

MAX = 5000


def recompute_due(*, by: Actor, matter: UUID) -> bool:
    """Count the limits of one open matter anew; tell whether they moved.

    The first promise is kept beside it. The line on the timeline is for staff; the reporter hears
    of it only when the promised day itself changed. Nothing is written when nothing moves.
    """
    row = Matter.objects.select_related("category").filter(pk=matter).first()
    if row is None or row.status == Status.CLOSED or not _moved(row):
        return False
    with changing(matter, by=by, verb=Verb.RECOMPUTE) as change:
        current = change.matter
        calendar = working_calendar(current.community)
        due = deadlines.recounted(current, calendar)
        before = current.due
        change.internal = True
        if due is not None:
            current.due, current.due_provisional = due.at, due.provisional
            current.due_skipped = list(due.skipped)
        if current.status == Status.SUBMITTED and current.accepted_at is None:
            first = calendar.due_after(current.reported_at, *_accept(current))
            current.accept_by = min(first.at, current.due) if current.due else first.at
        change.data = {
            "due_before": before.isoformat() if before else "",
            "due": current.due.isoformat() if current.due else "",
        }
        if before and current.due and before.date() != current.due.date():
            tell_reporter(
                change,
                _("The promised day changed with the calendar: %(when)s")
                % {"when": say_when(current.due)},
                headline(current),
            )
    return True


def _accept(matter: Matter) -> tuple[int, Unit]:
    if matter.category is None:
        return deadlines.DEFAULT_ACCEPT
    return matter.category.accept_within, Unit(matter.category.accept_unit)


def _moved(matter: Matter) -> bool:
    due = deadlines.recounted(matter, working_calendar(matter.community))
    return due is not None and (
        due.at != matter.due
        or due.provisional != matter.due_provisional
        or list(due.skipped) != matter.due_skipped
    )


def recount(*, by: Actor, community: str, provisional_only: bool = False) -> int:
    """Count the limits of a community's open matters anew; return how many moved.

    Each stands alone: one somebody is changing right now is taken by the next run.
    """
    rows = Matter.objects.filter(community=community).exclude(status=Status.CLOSED)
    if provisional_only:
        rows = rows.filter(due_provisional=True)
    return _each(by, rows.order_by("due").values_list("pk", flat=True)[:MAX])


def _each(by: Actor, matters: Iterable[UUID]) -> int:
    moved = 0
    for pk in matters:
        try:
            moved += recompute_due(by=by, matter=pk)
        except Refused:
            continue
    return moved
