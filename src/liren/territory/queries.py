"""Finding places. Reads only; places are public, so nothing here is filtered by the gate."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from liren.base.calendar import WorkingCalendar
from liren.base.errors import NotFound
from liren.base.rows import prepared
from liren.base.text import fold

from .codes import community_of, prefixes
from .enums import ChangeKind, Level
from .models import Place, PlaceChange, PlaceSet


def at_code(code: str) -> Place:
    """Return the open place with this code; raise ``NotFound``."""
    place = Place.objects.filter(code=code, closed_on__isnull=True).first()
    if place is None:
        raise NotFound
    return place


def community(code: str) -> Place:
    """Return the community with this 12-digit code; raise ``NotFound``."""
    place = Place.objects.filter(code=code, level=Level.COMMUNITY).first()
    if place is None:
        raise NotFound
    return place


def ever_at(code: str) -> Place:
    """Return the place a code leads to, also one it had long ago; raise ``NotFound``.

    Follows moves and merges; a closed place is returned as it is.
    """
    seen: set[str] = set()
    while code not in seen:
        seen.add(code)
        place = Place.objects.filter(code=code).first()
        if place is not None:
            last = place.changes.order_by("-at").first() if place.closed_on else None
            if last is None or last.kind != ChangeKind.MERGED:
                return place
            code = last.new_code
            continue
        change = (
            PlaceChange.objects.filter(old_code=code, kind=ChangeKind.MOVED)
            .select_related("place")
            .order_by("-at")
            .first()
        )
        if change is None:
            break
        code = change.place.code
    raise NotFound


def get(place: UUID) -> Place:
    """Return the place, open or closed; raise ``NotFound``."""
    found = Place.objects.filter(pk=place).select_related("parent").first()
    if found is None:
        raise NotFound
    return found


def children_of(parent: UUID) -> "QuerySet[Place]":
    """Return the open places right below one, in code order."""
    return Place.objects.filter(parent=parent, closed_on__isnull=True).order_by("code")


def children(place: Place) -> "QuerySet[Place]":
    """Return the open places right below one, in code order."""
    return children_of(place.pk)


def history(place: Place) -> "QuerySet[PlaceChange]":
    """Return what happened to a place, newest first."""
    return place.changes.order_by("-at")


def by_tag(tag: str) -> Place:
    """Return the place whose poster bears this short code; raise ``NotFound``."""
    place = Place.objects.filter(tag=tag, closed_on__isnull=True).first()
    if place is None:
        raise NotFound
    return place


def below(code: str, level: Level | None = None) -> "QuerySet[Place]":
    """Return the open places at and below a code, in code order."""
    found = Place.objects.filter(code__gte=code, code__lt=code + ":", closed_on__isnull=True)
    if level is not None:
        found = found.filter(level=level)
    return found.order_by("code")


def path(code: str) -> list[Place]:
    """Return the places from the province down to the one with this code."""
    return list(Place.objects.filter(code__in=prefixes(code)).order_by("code"))


def compounds(community_code: str) -> "QuerySet[PlaceSet]":
    """Return the compounds of a community by name."""
    return PlaceSet.objects.filter(community=community_code, kind="compound").order_by("name")


def in_set(place_set: PlaceSet) -> "QuerySet[Place]":
    """Return the open buildings of a compound in code order."""
    return Place.objects.filter(sets=place_set, closed_on__isnull=True).order_by("code")


def find(community_code: str, words: str, levels: Iterable[Level] = ()) -> "QuerySet[Place]":
    """Return places of a community by name, alias, pinyin or initials ("cxjd", "changxin")."""
    words = words.replace("\x00", "")  # which the database refuses to look for
    text = fold(words)
    plain = text.replace(" ", "")
    found = below(community_code).filter(
        Q(name__icontains=text)
        | Q(full_name__icontains=text)
        | Q(aliases__contains=[words.strip()])
        | Q(pinyin__startswith=plain)
        | Q(initials__startswith=plain)
    )
    if levels:
        found = found.filter(level__in=list(levels))
    return found


def working_calendar(community_code: str) -> WorkingCalendar:
    """Return the working calendar with the overrides of everybody and of this community."""
    # Plain SQL: asked at every report, where the ORM's own work would be most of it.
    with prepared() as cursor:
        cursor.execute(
            "SELECT date, working, note FROM territory_calendarday"
            " WHERE community IN ('', %s) ORDER BY community",
            [community_code],
        )
        days = cursor.fetchall()
    return WorkingCalendar(overrides={day: (working, note) for day, working, note in days})


__all__ = [
    "at_code",
    "below",
    "by_tag",
    "children",
    "children_of",
    "community",
    "community_of",
    "compounds",
    "ever_at",
    "find",
    "get",
    "history",
    "in_set",
    "path",
    "working_calendar",
]
