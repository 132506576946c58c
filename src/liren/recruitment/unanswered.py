"""One request, surely answered: what was asked and not answered in time, and who knows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Left

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.base import clock
from liren.matters import queries as matters
from liren.matters.enums import Status
from liren.matters.models import Matter
from liren.notifications.models import Notice
from liren.organisation.models import Term
from liren.organisation.queries import holding
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

PAGE = 30
PLACES = 60
TOLD_WITHIN = timedelta(minutes=15)


def late(actor: Actor, code: str) -> "QuerySet[Matter]":
    """Return the matters below a place whose time has passed: not taken on, or not done."""
    now = clock.now()
    return (
        matters.visible(actor)
        .filter(in_codes("place_code", [code]))
        .filter(in_codes("place_code", actor.codes(Permission.MATTER_DISPATCH)))
        .filter(
            Q(status=Status.SUBMITTED, accept_by__lt=now)
            | Q(status__in=[Status.SUBMITTED, Status.HANDLING, Status.WHISTLED], due__lt=now)
        )
        .select_related("place", "category__line", "holder")
        .order_by(F("due").asc(nulls_last=True), "pk")
    )


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How much waits too long at a place, on a line of responsibility; of places, not persons."""

    place: Place
    line: str
    count: int


def by_place(actor: Actor, code: str) -> list[PlaceCount]:
    """Return the counts by building (or what lies above) and line, in the order of the places.

    Two statements.
    """
    rows = (
        late(actor, code)
        .order_by()
        .annotate(where=Left("place_code", LENGTHS[Level.BUILDING]))
        .values_list("where", "category__line__name")
        .annotate(n=Count("pk"))
        .order_by("where")[:PLACES]
    )
    listed = list(rows)
    places = {
        place.code: place for place in Place.objects.filter(code__in={row[0] for row in listed})
    }
    return [
        PlaceCount(places[where], line or "", n) for where, line, n in listed if where in places
    ]


def soon(matter: Matter) -> bool:
    """Tell whether the job that tells who is late has yet to come by."""
    limits = [matter.due]
    if matter.status == Status.SUBMITTED:
        limits.append(matter.accept_by)
    now = clock.now()
    return any(limit is not None and now - TOLD_WITHIN < limit < now for limit in limits)


@dataclass(frozen=True, slots=True)
class Told:
    """Which posts were told that something is late, and when."""

    titles: str
    at: datetime


def told(rows: Sequence[Matter]) -> dict[UUID, Told]:
    """Return who has been told of each matter, by post. Two statements, however many matters."""
    if not rows:
        return {}
    condition = Q(pk__in=[])
    for matter in rows:
        condition |= Q(key__startswith=f"late:{matter.pk.hex}:")
    notices = list(
        Notice.objects.filter(condition, kind="matter.late").values_list("key", "person", "at")
    )
    terms = (
        Term.objects.filter(holding(), person__in={person for _key, person, _at in notices})
        .select_related("post")
        .order_by("-post__place_code", "pk")
    )
    posts: dict[UUID, list[tuple[str, str]]] = {}
    for term in terms:
        posts.setdefault(term.person_id, []).append((term.post.place_code, term.post.title))
    by_hex = {matter.pk.hex: matter for matter in rows}
    titles: dict[UUID, dict[str, int]] = {}
    when: dict[UUID, datetime] = {}
    for key, person, at in notices:
        matter = by_hex[key.split(":")[1]]
        when[matter.pk] = max(at, when.get(matter.pk, at))
        for code, title in posts.get(person, []):
            if matter.place_code.startswith(code):
                titles.setdefault(matter.pk, {})[title] = len(code)
    return {
        pk: Told("、".join(sorted(named, key=lambda t: -named[t])), when[pk])
        for pk, named in titles.items()
    }
