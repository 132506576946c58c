"""Reads for leaders and handlers: what waits for their posts, what is open at their places."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.base import clock
from liren.territory.models import Place

from . import queries
from .enums import Status, WhistleState
from .models import Matter, Whistle

SHOWN = 30
_MINE = [Status.SUBMITTED, Status.HANDLING]


def waiting(actor: Actor) -> "QuerySet[Matter]":
    """Return the matters one of the actor's posts must do something about, most urgent first.

    Held and not yet done, or called in by a whistle that runs. What may be urgent by its words
    comes first, then what is late, then what is due soonest.
    """
    called = Whistle.objects.filter(
        called__in=list(actor.posts),
        state__in=[WhistleState.SENT, WhistleState.ACKNOWLEDGED, WhistleState.ARRIVED],
    ).values("matter")
    return (
        queries.visible(actor)
        .filter(
            Q(holder__in=list(actor.posts), status__in=_MINE)
            | Q(pk__in=called, status=Status.WHISTLED)
        )
        .select_related("place", "category", "holder")
        .order_by(Case(When(urgent="", then=1), default=0), F("due").asc(nulls_last=True), "pk")
    )


def waiting_for_others(actor: Actor) -> "QuerySet[Matter]":
    """Return the matters of the actor's posts that somebody else has to move on."""
    return (
        queries.visible(actor)
        .filter(holder__in=list(actor.posts))
        .exclude(status__in=[*_MINE, Status.CLOSED])
        .select_related("place", "category", "holder")
        .order_by("-reported_at")
    )


def open_at_places(actor: Actor) -> "QuerySet[Matter]":
    """Return the open matters at the places of the actor's posts, whoever holds them."""
    return (
        queries.visible(actor)
        .filter(in_codes("place_code", actor.codes(Permission.MATTER_VIEW)))
        .exclude(status=Status.CLOSED)
        .exclude(holder__in=list(actor.posts))
        .select_related("place", "category", "holder")
        .order_by(F("due").asc(nulls_last=True), "pk")
    )


@dataclass(frozen=True, slots=True)
class Door:
    """One place of "my places" with what is open there."""

    place: Place
    open: int
    late: int


def doors(actor: Actor, level: str, *, most: int = 200) -> list[Door]:
    """Return the places of one level below the actor's posts, each with its open matters.

    Two statements, however many places. Counts hold only what the actor may see; shielded matters
    are left out, because a count of one at a door would tell (G7).
    """
    codes = actor.codes(Permission.MATTER_VIEW)
    places = list(
        Place.objects.filter(in_codes("code", codes), level=level, closed_on__isnull=True).order_by(
            "code"
        )[:most]
    )
    if not places:
        return []
    size = len(places[0].code)
    now = clock.now()
    rows = (
        queries.visible(actor)
        .filter(in_codes("place_code", codes), shielded=False)
        .exclude(status=Status.CLOSED)
        .values_list("place_code")
        .annotate(
            n=Count("pk"),
            late=Count(Case(When(due__lt=now, then=Value(1)), output_field=IntegerField())),
        )
    )
    counts: dict[str, list[int]] = {}
    for code, n, late in rows:
        found = counts.setdefault(code[:size], [0, 0])
        found[0] += n
        found[1] += late
    return [Door(place, *counts.get(place.code, [0, 0])) for place in places]
