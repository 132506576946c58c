"""Many places at once, from a sheet: the same rows as one by one, in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.ids import uuid7
from liren.base.pinyin import pinyin_of

from ..enums import Level, SetKind
from ..models import PlaceSet, PlaceSetMember
from .details import set_sounds


@dataclass(slots=True)
class PlaceRow:
    """A place to add, or to change (then only area and point are looked at)."""

    id: UUID
    code: str
    parent: UUID
    level: Level
    name: str
    full_name: str
    area: Decimal | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None


_IN = """
CREATE TEMPORARY TABLE {name} (
  id uuid NOT NULL, code varchar(24) COLLATE "C" NOT NULL, parent uuid NOT NULL,
  level varchar(12) NOT NULL, name varchar(80) NOT NULL, full_name varchar(200) NOT NULL,
  pinyin varchar(240) NOT NULL, initials varchar(60) NOT NULL,
  area numeric, longitude numeric, latitude numeric
) ON COMMIT DROP
"""


def copy_in(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> int:
    """Write rows into a (temporary) table by COPY; return how many."""
    count = 0
    raw = connection.cursor().cursor  # psycopg's own: Django has no COPY
    with raw.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _load(table: str, places: Iterable[PlaceRow]) -> int:
    # Thousands of doors share a few names, and all lie in one province.
    read: dict[str, tuple[str, str]] = {}

    def row(place: PlaceRow) -> tuple[Any, ...]:
        said = place.full_name if place.level is Level.BUILDING else place.name
        if said not in read:
            found = pinyin_of(said, region=place.code[:2])
            read[said] = (found.full, found.initials)
        full, initials = read[said]
        return (
            place.id,
            place.code,
            place.parent,
            place.level.value,
            place.name,
            place.full_name[:200],
            full[:240],
            initials[:60],
            place.area,
            place.longitude,
            place.latitude,
        )

    with connection.cursor() as cursor:
        cursor.execute(_IN.format(name=table))
    columns = "id, code, parent, level, name, full_name, pinyin, initials"
    return copy_in(table, f"{columns}, area, longitude, latitude", map(row, places))


def add_places(*, by: Actor, community: str, why: str, places: Iterable[PlaceRow]) -> int:
    """Add places whose codes the caller has found free, the community being locked by them.

    Audited one by one. Needs ``sheet.import`` there. Returns how many.
    """
    require(by, Permission.SHEET_IMPORT, community)
    count = _load("places_in", places)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO territory_place (id, community, code, parent_id, level, name, full_name,"
            " aliases, pinyin, initials, area, longitude, latitude, synthetic,"
            " changed_by, changed_why, changed_at)"
            " SELECT id, %(community)s, code, parent, level, name, full_name, '{}', pinyin,"
            " initials, area, longitude, latitude, false, %(by)s, %(why)s, %(at)s"
            " FROM places_in ORDER BY code",
            {"community": community, "by": by.name, "why": why, "at": clock.now()},
        )
        cursor.execute("DROP TABLE places_in")
    return count


def update_places(*, by: Actor, community: str, why: str, places: Iterable[PlaceRow]) -> int:
    """Set area and point of places where the rows give them. Returns how many were changed."""
    require(by, Permission.SHEET_IMPORT, community)
    _load("places_changed", places)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE territory_place p SET area = coalesce(c.area, p.area),"
            " longitude = coalesce(c.longitude, p.longitude),"
            " latitude = coalesce(c.latitude, p.latitude),"
            " changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s"
            " FROM places_changed c WHERE p.id = c.id AND p.community = %(community)s",
            {"community": community, "by": by.name, "why": why, "at": clock.now()},
        )
        count: int = cursor.rowcount
        cursor.execute("DROP TABLE places_changed")
    return count


def add_compounds(
    *,
    by: Actor,
    community: str,
    why: str,
    compounds: Iterable[tuple[UUID, str]],
    members: Iterable[tuple[UUID, UUID]],
) -> None:
    """Add compounds (id, name) and put buildings (compound, place) into them."""
    require(by, Permission.SHEET_IMPORT, community)
    rows = []
    for pk, name in compounds:
        row = PlaceSet(
            id=pk,
            community=community,
            kind=SetKind.COMPOUND,
            name=name,
            changed_by=by.name,
            changed_why=why,
            changed_at=clock.now(),
        )
        set_sounds(row)
        rows.append(row)
    PlaceSet.objects.bulk_create(rows)
    PlaceSetMember.objects.bulk_create(
        PlaceSetMember(id=uuid7(), community=community, place_set_id=compound, place_id=place)
        for compound, place in members
    )
