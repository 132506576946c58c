"""Meetings as a member or a neighbour reads them: coming ones, and confirmed minutes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liren.access.web import actor_of
from liren.base import clock
from liren.base.errors import NotFound
from liren.territory.web import community_at

from . import queries
from .enums import State

MOST = 30


@require_safe
def listed(request: HttpRequest, community: str) -> HttpResponse:
    """Coming meetings, then those with confirmed minutes, newest first."""
    community_at(request, community)
    rows = queries.visible(actor_of(request)).filter(community=community)
    rows = rows.select_related("organisation")
    coming = rows.filter(state=State.CALLED, starts__gt=clock.now()).order_by("starts")[:MOST]
    past = rows.filter(state=State.MINUTED).order_by("-starts")[:MOST]
    context = {"here": "talk", "coming": coming, "past": past}
    return render(request, "meetings/portal_list.html", context)


@require_safe
def one(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """One meeting: when, where, what about; what was decided once the minutes are confirmed."""
    community_at(request, community)
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    if meeting.community != community:
        raise NotFound
    minutes = queries.confirmed(meeting)
    context = {
        "here": "talk",
        "meeting": meeting,
        "items": meeting.items.all(),
        "minutes": minutes,
        "decisions": meeting.decisions.select_related("post") if minutes else [],
        "there": queries.attendance(meeting) if minutes else None,
        "keeps": queries.keeps(actor, meeting),
    }
    return render(request, "meetings/portal_one.html", context)
