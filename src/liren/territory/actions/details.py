"""What a place is called besides, where it lies, and which compound it belongs to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.ids import uuid7
from liren.base.pinyin import pinyin_of
from liren.base.text import clean_line

from ..enums import Level, SetKind
from ..models import Place, PlaceSet, PlaceSetMember
from .frame import lock_community, name_of, sounds, stamp, taken
from .tree import full_name, refresh_full_names

ALIASES_MAX = 12


@transaction.atomic
def describe(
    *,
    by: Actor,
    place: UUID,
    aliases: Sequence[str] = (),
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    outline: dict[str, Any] | None = None,
    seen: datetime | None = None,
) -> Place:
    """Set aliases, point and outline of a place (WGS84, checked by ``territory.geometry``).

    Refuses (``Invalid``) more than twelve aliases or one longer than 80 characters; ``Changed``
    when somebody else changed the place since ``seen``.
    """
    row = taken(by, place, seen=seen)
    row.aliases = aliases_of(aliases, row.name)
    row.longitude, row.latitude, row.outline = longitude, latitude, outline
    stamp(row, by, "described")
    row.save()
    return row


def aliases_of(texts: Sequence[str], name: str) -> list[str]:
    """Return aliases cleaned, each once, without the name itself. Raises ``Invalid``."""
    try:
        cleaned = [clean_line(text, 80, empty_ok=True) for text in texts]
    except Invalid as error:
        raise Invalid(error.message, fields={"aliases": error.message}) from None
    found = [alias for alias in dict.fromkeys(cleaned) if alias and alias != name]
    if len(found) > ALIASES_MAX:
        words = _("At most twelve other names, please.")
        raise Invalid(words, fields={"aliases": words})
    return found


@transaction.atomic
def add_compound(*, by: Actor, community: str, name: str, synthetic: bool = False) -> PlaceSet:
    """Add a compound to a community. Refuses (``Invalid``) a name that is there already."""
    require(by, Permission.PLACE_EDIT, community)
    lock_community(community)
    clean = name_of(name)
    _refuse_taken(community, clean)
    row = PlaceSet(
        id=uuid7(),
        community=community,
        kind=SetKind.COMPOUND,
        name=clean,
        synthetic=synthetic,
        changed_by=by.name,
        changed_why="added",
        changed_at=clock.now(),
    )
    set_sounds(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def edit_compound(
    *,
    by: Actor,
    compound: UUID,
    name: str,
    aliases: Sequence[str] = (),
    places: Sequence[UUID] = (),
    seen: datetime | None = None,
) -> PlaceSet:
    """Set a compound's name, other names and buildings; an old name becomes an alias.

    The full names of its buildings and of everything below them follow. A building belongs to
    one compound: it leaves another one it was in. Refuses (``Invalid``) a name that is taken and
    places that are no buildings of this community; ``Changed``.
    """
    row = _compound(by, compound, seen)
    clean = name_of(name)
    if clean != row.name:
        _refuse_taken(row.community, clean)
    old = row.name
    names = [*aliases, old] if old != clean else list(aliases)
    row.aliases = aliases_of(names, clean)
    row.name = clean
    set_sounds(row)
    row.changed_by, row.changed_why, row.changed_at = by.name, "edited", clock.now()
    row.save()
    chosen = set(places)
    buildings = Place.objects.filter(
        pk__in=chosen, community=row.community, level=Level.BUILDING, closed_on__isnull=True
    )
    if buildings.count() != len(chosen):
        words = _("Only buildings of this community can belong to a compound.")
        raise Invalid(words, fields={"places": words})
    before = {member.place_id: member for member in row.members.all()}
    gone = [member for place, member in before.items() if place not in chosen]
    PlaceSetMember.objects.filter(pk__in=[member.pk for member in gone]).delete()
    PlaceSetMember.objects.filter(place__in=chosen, place_set__kind=SetKind.COMPOUND).exclude(
        place_set=row
    ).delete()
    PlaceSetMember.objects.bulk_create(
        PlaceSetMember(community=row.community, place_set=row, place_id=place)
        for place in chosen
        if place not in before
    )
    for building in Place.objects.filter(pk__in=[*before, *chosen]):
        _say(building, row if building.pk in chosen else None, by)
    return row


@transaction.atomic
def delete_compound(*, by: Actor, compound: UUID) -> None:
    """Take a compound away; its buildings stay and lose its name from theirs."""
    row = _compound(by, compound, None)
    buildings = list(Place.objects.filter(sets=row))
    # Deleting is audited too: by whom is read from the row itself.
    row.changed_by, row.changed_why, row.changed_at = by.name, "deleted", clock.now()
    row.save()
    row.delete()
    for building in buildings:
        _say(building, None, by)


def _compound(by: Actor, compound: UUID, seen: datetime | None) -> PlaceSet:
    row = PlaceSet.objects.filter(pk=compound, kind=SetKind.COMPOUND).first()
    if row is None:
        raise NotFound
    require(by, Permission.PLACE_EDIT, row.community)
    lock_community(row.community)
    row.refresh_from_db()
    if seen is not None and row.changed_at != seen:
        raise Changed(theirs={"name": row.name, "at": row.changed_at})
    return row


def _say(building: Place, compound: PlaceSet | None, by: Actor) -> None:
    """Give a building the full name its compound makes of it."""
    old = building.full_name
    building.full_name = full_name(building.name, Level.BUILDING, None, compound)[:200]
    if building.full_name == old:
        return
    sounds(building)
    stamp(building, by, "compound")
    building.save()
    refresh_full_names(building, old, by, "compound")


def set_sounds(row: PlaceSet) -> None:
    """Set the readings by which a compound is found."""
    reading = pinyin_of(row.name, region=row.community)
    row.pinyin, row.initials = reading.full[:240], reading.initials[:60]


def _refuse_taken(community: str, name: str) -> None:
    if PlaceSet.objects.filter(community=community, kind=SetKind.COMPOUND, name=name).exists():
        words = _("There is a compound of this name already.")
        raise Invalid(words, fields={"name": words})
