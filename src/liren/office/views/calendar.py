"""The working calendar: which years are known, and the days this community has of its own."""

import calendar as months
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS, WEEKDAYS_ABBR
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liren.access.actor import Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.calendar import WorkingCalendar, day_note
from liren.base.errors import Invalid, NotFound
from liren.base.working_time import announced
from liren.look.messages import done
from liren.matters import actions as matters
from liren.matters.forms.portal import put
from liren.matters.views.office.categories import community_of
from liren.territory import actions
from liren.territory.models import CalendarDay, Place
from liren.territory.queries import working_calendar

YEARS_AHEAD = 2


class DayForm(forms.Form):
    """One day, whether it is worked, and why."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    working = forms.TypedChoiceField(
        label=gettext_lazy("On this day the office"),
        choices=[("0", gettext_lazy("rests")), ("1", gettext_lazy("works"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    note = forms.CharField(
        label=gettext_lazy("Why (shown beside the dates it moves)"), max_length=60, required=False
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.CATEGORY_EDIT)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year with its holidays, make-up days and own days; add an own day.

    Promises that cross the day are counted anew in the same transaction.
    """
    community, listed = community_of(request, Permission.CATEGORY_EDIT)
    year = _year(request)
    form = DayForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.set_day(
                    by=actor_of(request),
                    community=community.code,
                    day=data["day"],
                    working=data["working"],
                    note=data["note"],
                )
            except Invalid as refused:
                put(form, refused)
            else:
                _recount(request, community)
                return HttpResponseRedirect(_address(community, data["day"].year))
    this = clock.today().year
    context: dict[str, Any] = {
        "here": "calendar",
        "form": form,
        "community": community,
        "listed": listed,
        "year": year,
        "years": [
            {"year": one, "known": announced(one)} for one in range(this, this + YEARS_AHEAD + 1)
        ],
        "known": announced(year),
        "weekdays": _weekdays(),
        "months": year_of(working_calendar(community.code), year),
        "own": CalendarDay.objects.filter(
            community__in=("", community.code), date__gte=clock.today()
        ).order_by("date"),
    }
    return render(request, "office/calendar.html", context, status=status)


@require_POST
@needs(Permission.CATEGORY_EDIT)
def clear(request: HttpRequest) -> HttpResponse:
    """Take an own day back."""
    community, _listed = community_of(request, Permission.CATEGORY_EDIT)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise NotFound from error
    actions.clear_day(by=actor_of(request), community=community.code, day=day)
    _recount(request, community)
    return HttpResponseRedirect(_address(community, day.year))


def _recount(request: HttpRequest, community: Place) -> None:
    moved = matters.recount(by=actor_of(request), community=community.code)
    said = _("Saved. No promise moves.")
    if moved:
        said = ngettext(
            "Saved. %(n)d promise was counted anew.",
            "Saved. %(n)d promises were counted anew.",
            moved,
        ) % {"n": moved}
    done(request, said)


def _address(community: Place, year: int) -> str:
    return f"{reverse('office:calendar')}?community={community.code}&year={year}"


def _year(request: HttpRequest) -> int:
    this = clock.today().year
    try:
        wished = int(request.GET.get("year", this))
    except ValueError:
        return this
    return wished if this - 1 <= wished <= this + YEARS_AHEAD else this


def year_of(rules: WorkingCalendar, year: int) -> list[dict[str, Any]]:
    """Return twelve months of weeks of days, each day with what it is."""
    today = clock.today()
    found = []
    for month in range(1, 13):
        weeks = []
        for week in months.Calendar().monthdatescalendar(year, month):
            weeks.append([_day(rules, one, today) if one.month == month else None for one in week])
        found.append({"name": MONTHS[month], "weeks": weeks})
    return found


def _weekdays() -> list[str]:
    # 星期一 breaks in the head of a small month.
    if (get_language() or "").startswith("zh"):
        return list("一二三四五六日")
    return [str(WEEKDAYS_ABBR[n]) for n in range(7)]


def _day(rules: WorkingCalendar, day: date, today: date) -> dict[str, Any]:
    kind = rules.kind(day)
    weekend = day.weekday() >= 5
    css = "off" if not kind.working else ""
    word = ""
    if kind.overridden:
        css, word = ("own-work" if kind.working else "own-off"), _("own")
    elif kind.working and weekend:
        css, word = "makeup", _("works")
    elif not kind.working and not weekend:
        css, word = "holiday", _("rests")
    return {
        "number": day.day,
        "css": css,
        "word": word,
        "note": day_note(kind),
        "today": day == today,
    }
