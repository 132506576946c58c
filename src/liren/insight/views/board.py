"""The core's board (A5): what was asked, what is stuck and who can unstick it, what is lacking."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base.errors import NotFound
from liren.matters.actions.core import headline
from liren.matters.enums import Status, WhistleState
from liren.matters.models import Matter
from liren.matters.views.office import shown
from liren.territory.codes import COMMUNITY_LENGTH

from .. import queries
from .together import STATES

WAITING = {
    "whistled": gettext_lazy("Somebody is called in"),
    "suspended": gettext_lazy("The clock stands still"),
    "answering": gettext_lazy("The resident is asked"),
    "checking": gettext_lazy("To be verified"),
    "deciding": gettext_lazy("Somebody has to decide"),
}
FIRST = ("late", "promised", "under_way", "delivered", "confirmed", "withdrawn")


def _list(**parts: object) -> str:
    kept = {key: str(value) for key, value in parts.items() if value not in ("", None)}
    return f"{reverse('matters_office:list')}?{urlencode(kept)}"


@require_safe
@never_cache
@needs(Permission.MATTER_SUPERVISE)
def board(request: HttpRequest) -> HttpResponse:
    """Show the board of whoever answers for a community or a subdistrict.

    Every figure is a link to the list behind it. Communities stand side by side in the order of
    their codes, never of their figures; no person is counted (G2).
    """
    actor = actor_of(request)
    code = queries.scope(actor)
    if not code:
        raise NotFound
    one = len(code) == COMMUNITY_LENGTH
    asked = queries.asked(actor, code)
    lacking = queries.lacking(actor, code)
    promised = queries.promises(actor, code)
    places, kinds = queries.named(code)
    context = {
        "here": "core",
        "one": one,
        "since": asked.since,
        "days": queries.DAYS,
        "whole": _tally(asked.whole, "", code, asked),
        "kinds": [
            {"name": kinds.get(line.key, _("no kind yet")), **_tally(line, line.key, code, asked)}
            for line in sorted(
                asked.kinds, key=lambda t: list(kinds).index(t.key) if t.key in kinds else 99
            )
        ],
        "parts": [
            {
                "name": name,
                **_tally(
                    next((t for t in asked.parts if t.key == key), queries.Tally(key)),
                    "",
                    key,
                    asked,
                ),
                "gaps": None if key in lacking.own_way else lacking.by_part.get(key, 0),
                "gaps_url": f"{reverse('network:overview')}?"
                + urlencode({"line": lacking.first, "at": key}),
                "promised": sum(p.place_code.startswith(key) for p in promised),
                "promised_url": reverse("insight:place", args=[key]),
            }
            for key, name in places.items()
        ],
        "waiting": [
            (
                WAITING[name],
                count,
                _list(view="deciding", place=code)
                if name == "deciding"
                else _list(status=name, place=code),
            )
            for name, count in asked.waiting.items()
        ],
        "stuck": [_stuck(actor, row) for row in queries.stuck(actor, code)],
        "lacking": [
            {
                "line": step.line.name,
                "what": step.step.type.name,
                "places": step.places,
                "gaps": step.gaps,
                "url": f"{reverse('network:overview')}?"
                + urlencode({"line": step.line.code, "at": code, "step": str(step.step.order)}),
            }
            for step in lacking.steps
        ],
        "promises": [
            (STATES[key][0], STATES[key][1], count, _together(code, key))
            for key, count in sorted(
                queries.tally(promised).items(), key=lambda pair: FIRST.index(pair[0])
            )
        ],
        "promises_url": _together(code, ""),
    }
    return render(request, "insight/board.html", context)


def _together(code: str, state: str) -> str:
    tail = f"?{urlencode({'state': state})}" if state else ""
    return reverse("insight:place", args=[code]) + tail


def _tally(line: queries.Tally, kind: str, place: str, asked: queries.Asked) -> dict[str, Any]:
    where = {"category": kind, "place": place}
    return {
        "asked": line.asked,
        "asked_url": _list(since=asked.since.isoformat(), **where),
        "open": line.open,
        "open_url": _list(status="open", **where),
        "overdue": line.overdue,
        "overdue_url": _list(overdue="on", **where),
    }


def _stuck(actor: Actor, matter: Matter) -> dict[str, Any]:
    """Return a stuck matter, the post that can move it on, and what may be done from here."""
    called = getattr(matter, "called_title", None)
    disputed = getattr(matter, "whistle_state", "") == WhistleState.DISPUTED
    holder = matter.holder.title if matter.holder else ""
    if disputed:
        who, why = _("whoever decides above"), _("%(who)s disputes it") % {"who": called}
    elif matter.status == Status.SUSPENDED:
        who, why = holder, _("the clock stands still")
    elif called:
        who, why = called, _("called in, overdue")
    else:
        who, why = holder, _("overdue")
    there = reverse("matters_office:matter", args=[matter.pk])
    may = actor.may(Permission.MATTER_SUPERVISE, matter.place_code)
    free = matter.status in (Status.SUBMITTED, Status.HANDLING)
    return {
        "title": shown.headline(matter, 40),
        "place": str(matter.place),
        "who": who,
        "why": why,
        "due": matter.due,
        "url": there,
        "version": matter.version,
        "supervise": reverse("matters_office:do", args=[matter.pk, "supervise"]) if may else "",
        "whistle": there
        if free and actor.may(Permission.MATTER_DISPATCH, matter.place_code)
        else "",
        "convene": _convene(actor, matter),
    }


def _convene(actor: Actor, matter: Matter) -> str:
    """Return where a meeting about a matter is called, "" where no app does that."""
    if not actor.may(Permission.BRANCH_EDIT, matter.place_code):
        return ""
    # Everybody who is asked reads the title: nothing that could tell who complained (G7).
    title = headline(matter) if matter.shielded else f"{matter.number} {headline(matter)}"
    try:
        return f"{reverse('meetings:new')}?{urlencode({'title': title})}"
    except NoReverseMatch:
        return ""
