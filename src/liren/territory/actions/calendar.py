"""Days a community works or rests differently from the rest of the country."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.text import clean_line

from ..models import CalendarDay

AHEAD = timedelta(days=3 * 366)


def set_day(*, by: Actor, community: str, day: date, working: bool, note: str) -> CalendarDay:
    """Say that a community works or rests on a day, and why; a second word replaces the first.

    Deadlines do not move by this alone: the caller recounts them (``matters.actions.recount``).
    Refuses days gone by and more than three years ahead, and a note left out (``Invalid``): people
    read it beside the date it moves.
    """
    require(by, Permission.CATEGORY_EDIT, community)
    if day < clock.today():
        raise Invalid(fields={"day": _("This day has passed.")})
    if day > clock.today() + AHEAD:
        raise Invalid(fields={"day": _("At most three years ahead.")})
    said = clean_line(note, 60, empty_ok=True)
    if not said:
        raise Invalid(fields={"note": _("Please say why, in a few words.")})
    row, _made = CalendarDay.objects.update_or_create(
        community=community,
        date=day,
        defaults={
            "working": working,
            "note": said,
            "changed_by": by.name,
            "changed_why": "works" if working else "rests",
            "changed_at": clock.now(),
        },
    )
    return row


def clear_day(*, by: Actor, community: str, day: date) -> None:
    """Take a day's own rule back: the country's calendar holds again. ``NotFound`` without one."""
    require(by, Permission.CATEGORY_EDIT, community)
    with transaction.atomic():
        row = CalendarDay.objects.select_for_update().filter(community=community, date=day).first()
        if row is None:
            raise NotFound
        row.changed_by, row.changed_why = by.name, "taken back"
        row.save()
        row.delete()
