"""Reading calls for leaders: what a neighbour sees, what the desk sees."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liren.access.actor import Actor, Permission
from liren.access.gate import visible_to
from liren.base import clock
from liren.base.errors import NotFound
from liren.people.models import Residence

from . import rules
from .enums import OpeningState
from .models import Nomination, Opening, Support


def visible(actor: Actor) -> "QuerySet[Opening]":
    """Return the calls where the actor gives posts."""
    return visible_to(actor, Opening.objects.all(), Permission.POST_EDIT)


def get(actor: Actor, pk: UUID) -> Opening:
    """Return one call for the desk; raise ``NotFound``."""
    found = visible(actor).select_related("place", "type").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def public(community: str, pk: UUID) -> Opening:
    """Return one call as everybody of the community may read it; raise ``NotFound``."""
    found = (
        Opening.objects.select_related("place", "type").filter(pk=pk, community=community).first()
    )
    if found is None:
        raise NotFound
    return found


def running() -> Q:
    """Return the condition "this call still takes nominations"."""
    return Q(state=OpeningState.OPEN, until__gte=clock.today())


def lives_at(person: UUID | None, code: str) -> bool:
    """Tell whether somebody lives at a place or below it today."""
    if person is None:
        return False
    return Residence.objects.filter(
        Q(until__isnull=True) | Q(until__gte=clock.today()),
        person=person,
        place_code__gte=code,
        place_code__lt=code + ":",
    ).exists()


def open_above(community: str, code: str) -> list[Opening]:
    """Return the running calls that concern whoever lives at a place: of it and those above."""
    rows = Opening.objects.filter(running(), community=community).select_related("place", "type")
    return [row for row in rows.order_by("-place_code", "pk") if code.startswith(row.place_code)]


@dataclass(frozen=True, slots=True)
class Nominee:
    """A nominee as a page lists them: in the order of entry, with the support that may be told."""

    nomination: Nomination
    name: str
    support: int | None
    mine: bool
    supported: bool


def nominees(opening: Opening, reader: UUID | None = None) -> list[Nominee]:
    """Return who stands, in the order of entry (no order of support), in two statements."""
    rows = (
        Nomination.objects.filter(opening=opening, agreed_at__isnull=False)
        .select_related("person")
        .annotate(count=Count("supports"))
        .order_by("entered_at", "pk")
    )
    chosen = (
        Support.objects.filter(opening=opening, person=reader)
        .values_list("nomination", flat=True)
        .first()
        if reader
        else None
    )
    return [
        Nominee(
            nomination=row,
            name=row.person.name,
            support=rules.shown_support(row.count),
            mine=row.person_id == reader,
            supported=row.pk == chosen,
        )
        for row in rows
    ]


def asked(opening: Opening, person: UUID | None) -> Nomination | None:
    """Return the nomination somebody has not answered yet, if a neighbour named them."""
    if person is None:
        return None
    return Nomination.objects.filter(opening=opening, person=person, agreed_at__isnull=True).first()
