"""Dates as people say them. Pure apart from translation; every moment must be timezone-aware."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

from liren.base import clock


def say_when(moment: datetime, *, now: datetime | None = None) -> str:
    """ "今天 10:42", "昨天 10:42", "明天 18:00", "周三 10:42" within six days, "11月3日",
    "2024年11月3日".

    Days are those of the current time zone. Raises ValueError for a naive moment.
    """
    if timezone.is_naive(moment):
        raise ValueError("say_when needs an aware moment")
    local = timezone.localtime(moment)
    today = timezone.localtime(now or clock.now())
    days = (local.date() - today.date()).days
    hour = local.strftime("%H:%M")
    if days == 0:
        return gettext("Today %(clock)s") % {"clock": hour}
    if days == -1:
        return gettext("Yesterday %(clock)s") % {"clock": hour}
    if days == 1:
        return gettext("Tomorrow %(clock)s") % {"clock": hour}
    if -7 < days < 7:
        # A weekday already past this week and one still to come read the same: the sentence
        # around it tells.
        return pgettext("weekday and clock", "%(weekday)s %(clock)s") % {
            "weekday": _weekday(local),
            "clock": hour,
        }
    return say_day(moment, now=now)


def say_day(moment: datetime, *, now: datetime | None = None) -> str:
    """ "11月3日" within the current year, "2024年11月3日" otherwise."""
    local = timezone.localtime(moment)
    today = timezone.localtime(now or clock.now())
    if (get_language() or "").startswith("zh"):
        day = f"{local.month}月{local.day}日"
        return day if local.year == today.year else f"{local.year}年{day}"
    return date_format(local, "j F" if local.year == today.year else "j F Y")


def say_exactly(moment: datetime) -> str:
    """The full local time, for the tooltip and the printed page: "2026-11-03 10:42"."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def _weekday(local: datetime) -> str:
    if (get_language() or "").startswith("zh"):
        return "周" + "一二三四五六日"[local.weekday()]
    return date_format(local, "D")
