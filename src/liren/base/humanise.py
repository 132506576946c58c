"""Dates and limits as people say them. Pure apart from translation; moments must be aware."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from liren.base import clock
from liren.base.calendar import WorkingCalendar, current, day_note
from liren.base.working_time import Unit


def say_when(moment: datetime, *, now: datetime | None = None) -> str:
    """ "今天 10:42", "昨天 10:42", "明天 18:00", "周三 10:42" within six days to come, "本周三"
    or "上周三 10:42" within six days gone, "11月3日", "2024年11月3日".

    Days are those of the current time zone. Raises ValueError for a naive moment.
    """
    if timezone.is_naive(moment):
        raise ValueError("say_when needs an aware moment")
    zone = timezone.get_current_timezone()
    return _say_when(moment.astimezone(zone), (now or clock.now()).astimezone(zone))


def say_both(moment: datetime, *, now: datetime | None = None) -> tuple[str, str]:
    """What ``say_when`` and ``say_exactly`` say, for lists that say hundreds of moments."""
    zone = timezone.get_current_timezone()
    local = moment.astimezone(zone)
    return _say_when(local, (now or clock.now()).astimezone(zone)), _say_exactly(local)


def _say_when(local: datetime, today: datetime) -> str:
    days = (local.date() - today.date()).days
    hour = f"{local:%H:%M}"
    if days == 0:
        return gettext("today %(clock)s") % {"clock": hour}
    if days == -1:
        return gettext("yesterday %(clock)s") % {"clock": hour}
    if days == 1:
        return gettext("tomorrow %(clock)s") % {"clock": hour}
    named = {"weekday": _weekday(local), "clock": hour}
    if 0 < days < 7:
        return pgettext("weekday and clock", "%(weekday)s %(clock)s") % named
    if -7 < days < 0:
        # A bare weekday is read as one to come: a limit gone by would look like one still open.
        if local.isocalendar().week == today.isocalendar().week:
            return pgettext("a day gone by this week", "last %(weekday)s %(clock)s") % named
        return pgettext("a day of the week before", "last %(weekday)s %(clock)s") % named
    return _say_day(local, today)


def say_day(moment: datetime, *, now: datetime | None = None) -> str:
    """ "11月3日" within the current year, "2024年11月3日" otherwise."""
    return _say_day(timezone.localtime(moment), timezone.localtime(now or clock.now()))


def _say_day(local: datetime, today: datetime) -> str:
    if (get_language() or "").startswith("zh"):
        day = f"{local.month}月{local.day}日"
        return day if local.year == today.year else f"{local.year}年{day}"
    return date_format(local, "j F" if local.year == today.year else "j F Y")


def say_exactly(moment: datetime) -> str:
    """The full local time, for the tooltip and the printed page: "2026-11-03 10:42"."""
    return _say_exactly(timezone.localtime(moment))


def _say_exactly(local: datetime) -> str:
    return local.isoformat(" ", "minutes")[:16]


def _weekday(local: datetime) -> str:
    if (get_language() or "").startswith("zh"):
        return "周" + "一二三四五六日"[local.weekday()]
    return date_format(local, "D")


def say_deadline(
    due: datetime,
    now: datetime | None = None,
    skipped: Iterable[date] | None = None,
    *,
    calendar: WorkingCalendar | None = None,
) -> str:
    """What is left until `due`, counted aloud: "还有 2 个工作日（遇国庆顺延）".

    On the day itself hours or minutes, late "已超期 2 个工作日". Holidays still ahead are named:
    those among `skipped` (the deadline's own), else those the calendar knows; ordinary weekends
    are not. Says so when the holidays of a year on the way are not announced. The exact time is
    `say_exactly`. Raises ValueError for naive moments.
    """
    now = clock.now() if now is None else now
    calendar = calendar or current()
    left = calendar.remaining(now, due)
    today = now.astimezone(clock.SHANGHAI).date()
    if left.overdue:
        return pgettext("deadline", "Overdue by %(span)s") % {
            "span": _days(left.working_days) if left.working_days else say_span(left.clock_time)
        }
    if due.astimezone(clock.SHANGHAI).date() == today:
        return pgettext("deadline", "%(span)s left") % {"span": say_span(left.clock_time)}
    if left.working_days:
        said = pgettext("deadline", "%(span)s left") % {"span": _days(left.working_days)}
    else:
        said = pgettext("deadline", "Less than a working day left")
    ahead = [day for day in (left.skipped if skipped is None else skipped) if day > today]
    holidays = holiday_words(ahead, calendar=calendar)
    if holidays:
        said = pgettext("deadline", "%(left)s (%(holidays)s not counted)") % {
            "left": said,
            "holidays": holidays,
        }
    if left.provisional:
        said = pgettext("deadline", "%(left)s, provisional") % {"left": said}
    return said


def holiday_words(days: Iterable[date], *, calendar: WorkingCalendar | None = None) -> str:
    """The names of the holidays among `days`, each once: "中秋、国庆". Weekends have none."""
    calendar = calendar or current()
    kinds = (calendar.kind(day) for day in days)
    names = dict.fromkeys(str(day_note(kind)) for kind in kinds if not kind.working)
    return pgettext("between names in a list", ", ").join(name for name in names if name)


def say_span(span: timedelta) -> str:
    """A length by the clock, in its largest whole unit: "3 天", "3 小时", "20 分钟"; at least 1."""
    minutes = max(1, int(abs(span) / timedelta(minutes=1)))
    if minutes >= 2 * 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def say_limit(amount: int, unit: Unit | str) -> str:
    """A limit as a category has it: "4 个工作小时", "1 个工作日", "24 小时"."""
    unit = Unit(unit)
    if unit is Unit.WORKING_DAYS:
        return _days(amount)
    if unit is Unit.WORKING_HOURS:
        return ngettext("%(n)d working hour", "%(n)d working hours", amount) % {"n": amount}
    return ngettext("%(n)d hour", "%(n)d hours", amount) % {"n": amount}


def _days(n: int) -> str:
    return ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n}
