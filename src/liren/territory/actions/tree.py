"""Changing the tree: add, rename, move, merge, split, close and reopen places.

All of them lock the community, so that two never see half of each other; reports of residents
wait only where the very place they name is on the move.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.ids import new_code
from liren.base.rows import first

from .. import followers, queries
from ..codes import LENGTHS, LEVELS
from ..enums import ChangeKind, Level
from ..models import Place, PlaceChange, PlaceSet, PlaceSetMember
from ..rules import number_in
from .frame import (
    OWN_LEVELS,
    free_code,
    name_of,
    new_place,
    note,
    numbers_below,
    reason,
    recode,
    sounds,
    stamp,
    taken,
)

MERGEABLE = (Level.GRID, Level.BUILDING, Level.UNIT)
TAG_SIGNS = 6


def level_below(level: Level) -> Level | None:
    """Return the level right below, None below the household."""
    longer = sorted(size for size in LEVELS if size > LENGTHS[level])
    return LEVELS[longer[0]] if longer else None


def hold_and_draw(place: UUID, sequence: str) -> tuple[Place, int]:
    """As ``hold``, and draw the next number of a sequence in the same statement.

    For reports, of which many come at once: each round trip less is felt. ``sequence`` is a name in
    our own code, never input.
    """
    found = first(
        Place, "id = %s FOR KEY SHARE", [place], beside=f"nextval('{sequence}'::regclass)"
    )
    if found is None:
        raise NotFound
    return found, int(vars(found)["beside"])


def hold(place: UUID) -> Place:
    """Return the place as it stands, and keep its code from changing until the transaction ends.

    For whoever copies a place's code into a row of theirs. Others may hold it too; who moves the
    place waits. Raises ``NotFound``. One statement.
    """
    found = first(Place, "id = %s FOR KEY SHARE", [place])
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def add_place(
    *,
    by: Actor,
    parent: UUID,
    name: str,
    why: str = "",
    compound: UUID | None = None,
    wanted: int | None = None,
) -> Place:
    """Add a place of the level right below ``parent``: a grid, building, entrance or household.

    Its code takes the number in its name where that was never used (3号楼 → 003). A building may
    be put into a compound at once. Refuses (``Invalid``) a name its parent has already, a closed
    parent, a level that comes from the published divisions, a full parent.
    """
    above = taken(by, parent)
    level = level_below(Level(above.level))
    if level not in OWN_LEVELS:
        raise Invalid(_("Communities and what is above them come from the published divisions."))
    if above.closed_on is not None:
        raise Invalid(_("This place is closed. Please reopen it first."))
    clean = name_of(name)
    within = None
    if compound is not None and level is Level.BUILDING:
        within = PlaceSet.objects.filter(pk=compound, community=above.community).first()
    full = full_name(clean, level, above, within)
    _refuse_taken(above.pk, clean, full[:200])
    used = numbers_below(above.code, level)
    return_code = free_code(above.code, level, used, wanted or number_in(clean))
    place = new_place(
        by=by,
        why=why or "added",
        parent=above,
        level=level,
        name=clean,
        code=return_code,
        full_name=full,
    )
    if within is not None:
        PlaceSetMember.objects.create(community=above.community, place_set=within, place=place)
    return place


def _refuse_taken(parent: UUID, name: str, full: str, but: UUID | None = None) -> None:
    """Refuse a name a sibling has, unless each says another compound: two compounds of one grid
    may both have a 1号楼.
    """
    for row in queries.children_of(parent).filter(name=name):
        apart = full not in (name, row.full_name) and row.full_name not in (name, "")
        if row.pk != but and not apart:
            said = _("There is a place of this name here already.")
            raise Invalid(said, fields={"name": said})


def full_name(name: str, level: Level, parent: Place | None, compound: PlaceSet | None) -> str:
    """Return what people say for a place: from its compound down (长山花园 3号楼 2单元 501)."""
    if level in (Level.UNIT, Level.HOUSEHOLD) and parent is not None:
        return f"{parent.full_name or parent.name} {name}"
    if level is Level.BUILDING and compound is not None:
        return f"{compound.name} {name}"
    return name


def refresh_full_names(root: Place, old: str, by: Actor, why: str) -> None:
    """Give everything below ``root`` its new full name where it began with the old one."""
    if not old or old == root.full_name:
        return
    Place.objects.filter(
        code__gt=root.code, code__lt=root.code + ":", full_name__startswith=old + " "
    ).update(
        full_name=Substr(
            Concat(Value(root.full_name), Substr(F("full_name"), len(old) + 1)), 1, 200
        ),
        changed_by=by.name,
        changed_why=why,
        changed_at=clock.now(),
    )


@transaction.atomic
def rename(*, by: Actor, place: UUID, name: str, why: str, seen: datetime | None = None) -> Place:
    """Give a place another name; the old one stays as an alias and keeps finding it.

    The full names below change with it. Renaming to the same name does nothing. Refuses
    (``Invalid``) an empty or too long name, a sibling's name, a missing reason; ``Changed``.
    """
    row = taken(by, place, seen=seen)
    clean, said = name_of(name), reason(why)
    if clean == row.name:
        return row
    old, old_full = row.name, row.full_name
    row.name = clean
    if old_full == old or not old_full:
        row.full_name = clean
    elif old_full.endswith(old):
        row.full_name = (old_full[: -len(old)] + clean)[:200]
    if row.parent_id:
        _refuse_taken(row.parent_id, clean, row.full_name, row.pk)
    if old not in row.aliases:
        row.aliases = [*row.aliases, old]
    row.aliases = [alias for alias in row.aliases if alias != clean]
    sounds(row)
    stamp(row, by, said)
    row.save()
    note(row, ChangeKind.RENAMED, by, said, old_name=old)
    if row.level in (Level.BUILDING, Level.UNIT):
        refresh_full_names(row, old_full, by, said)
    return row


@transaction.atomic
def move(*, by: Actor, place: UUID, to: UUID, why: str) -> Place:
    """Move a building to another grid, an entrance to another building, a door to another entrance.

    Promises: everything below comes along; identities, tags and names stay; codes change in the
    place, below it and in every table that copies them; the old codes still lead here.
    Refuses (``Invalid``): another community, a parent of the wrong level, a closed one, a parent
    without free numbers, a missing reason.
    """
    row = taken(by, place)
    said = reason(why)
    target = taken(by, to)
    if row.level not in OWN_LEVELS or row.level == Level.GRID:
        raise Invalid(_("Only buildings, entrances and households can be moved."))
    if target.community != row.community:
        raise Invalid(_("A place cannot be moved to another community here."))
    if level_below(Level(target.level)) != row.level:
        words = _("Please choose a place one level above.")
        raise Invalid(words, fields={"to": words})
    if target.closed_on is not None:
        raise Invalid(_("This place is closed. Please reopen it first."))
    if target.pk == row.parent_id:
        return row
    _carry([row], target, by, said, ChangeKind.MOVED)
    return Place.objects.get(pk=place)


def _carry(
    rows: Sequence[Place],
    target: Place,
    by: Actor,
    why: str,
    kind: ChangeKind,
    merged: Sequence[tuple[Place, Place]] = (),
) -> None:
    """Hang places below another parent, with new codes for them and all below."""
    pairs = []
    if rows:
        level = Level(rows[0].level)
        used = numbers_below(target.code, level)
        for row in rows:
            # The number it had, where that is free: 3号楼 stays 003.
            wanted = int(row.code[-(LENGTHS[level] - len(target.code)) :])
            pairs.append((row.code, free_code(target.code, level, used, wanted)))
    recode(pairs, by=by, why=why, kind=kind, merged=merged)
    Place.objects.filter(pk__in=[row.pk for row in rows]).update(
        parent=target, changed_by=by.name, changed_why=why, changed_at=clock.now()
    )
    if rows and rows[0].level in (Level.UNIT, Level.HOUSEHOLD):
        for fresh in Place.objects.filter(pk__in=[row.pk for row in rows]):
            old = fresh.full_name
            fresh.full_name = full_name(fresh.name, Level(fresh.level), target, None)[:200]
            if fresh.full_name != old:
                stamp(fresh, by, why)
                fresh.save(update_fields=["full_name", "changed_by", "changed_why", "changed_at"])
                refresh_full_names(fresh, old, by, why)


@transaction.atomic
def merge(*, by: Actor, places: Sequence[UUID], into: UUID, why: str) -> Place:
    """Merge grids (or buildings, or entrances) into one of them.

    What hangs below them, and whatever stood at them (posts, matters, people), belongs to ``into``
    afterwards; they are closed and their codes lead to it. Posts are not merged: two grid leaders
    of one grid are for people to settle.
    Refuses (``Invalid``): different levels or communities, closed places, nothing to merge.
    """
    target = taken(by, into)
    said = reason(why)
    sources = []
    for one in dict.fromkeys(places):
        if one == into:
            continue
        row = taken(by, one)
        if row.level != target.level or row.community != target.community:
            raise Invalid(_("Only places of one level in one community can be merged."))
        if row.closed_on is not None:
            raise Invalid(_("This place is closed. Please reopen it first."))
        sources.append(row)
    if not sources:
        words = _("Please choose what is to be merged.")
        raise Invalid(words, fields={"places": words})
    if target.level not in MERGEABLE or target.closed_on is not None:
        raise Invalid(_("Only open grids, buildings and entrances can be merged."))
    children = list(Place.objects.filter(parent__in=sources).order_by("code"))
    _carry(children, target, by, said, ChangeKind.MOVED, [(row, target) for row in sources])
    for row in sources:
        PlaceSetMember.objects.filter(place=row).delete()
        if row.name not in target.aliases and row.name != target.name:
            target.aliases = [*target.aliases, row.name]
        row.closed_on = clock.today()
        stamp(row, by, said)
        row.save()
        note(row, ChangeKind.MERGED, by, said, new_code=target.code)
    stamp(target, by, said)
    target.save(update_fields=["aliases", "changed_by", "changed_why", "changed_at"])
    return target


@transaction.atomic
def split(*, by: Actor, place: UUID, children: Sequence[UUID], name: str, why: str) -> Place:
    """Split a grid (or a building): make a new one beside it and move these children there.

    Refuses (``Invalid``): children that are not below it, none or all of them, a name in use.
    """
    row = taken(by, place)
    said = reason(why)
    if row.level not in (Level.GRID, Level.BUILDING) or row.closed_on is not None:
        raise Invalid(_("Only open grids and buildings can be split."))
    chosen = list(Place.objects.filter(pk__in=list(children), parent=row).order_by("code"))
    if len(chosen) != len(set(children)) or not chosen:
        words = _("Please choose what goes into the new place.")
        raise Invalid(words, fields={"children": words})
    if len(chosen) == queries.children(row).count():
        words = _("Something has to stay. To rename the whole, use “Rename”.")
        raise Invalid(words, fields={"children": words})
    parent = row.parent
    assert parent is not None  # a grid hangs below its community
    compound = PlaceSet.objects.filter(members__place=row).first()
    fresh = add_place(
        by=by, parent=parent.pk, name=name, why=said, compound=compound.pk if compound else None
    )
    _carry(chosen, fresh, by, said, ChangeKind.MOVED)
    note(fresh, ChangeKind.SPLIT, by, said, old_code=row.code)
    return fresh


@transaction.atomic
def close(*, by: Actor, place: UUID, why: str) -> Place:
    """Close a place and everything below it: torn down, or given up. It can be reopened.

    Refuses (``Invalid``) while somebody lives there, a post is held there or a matter is open
    there, naming the numbers: they must be moved or settled first.
    """
    row = taken(by, place)
    said = reason(why)
    if row.level not in OWN_LEVELS:
        raise Invalid(_("Communities and what is above them come from the published divisions."))
    if row.closed_on is not None:
        return row
    used = followers.in_use(row.code)
    if used:
        words = _("Still in use here: %(what)s. Please move or settle them first.") % {
            "what": _(", ").join(f"{label} {count}" for label, count in used.items())
        }
        raise Invalid(words)
    at, day = clock.now(), clock.today()
    rows = list(queries.below(row.code))
    Place.objects.filter(pk__in=[one.pk for one in rows]).update(
        closed_on=day, changed_by=by.name, changed_why=said, changed_at=at
    )
    _note_all(rows, ChangeKind.CLOSED, by, said, at)
    row.refresh_from_db()
    return row


def _note_all(rows: Sequence[Place], kind: ChangeKind, by: Actor, why: str, at: datetime) -> None:
    PlaceChange.objects.bulk_create(
        PlaceChange(
            community=one.community,
            place=one,
            kind=kind,
            old_code=one.code,
            new_code=one.code,
            at=at,
            by=by.name,
            why=why,
        )
        for one in rows
    )


@transaction.atomic
def reopen(*, by: Actor, place: UUID, why: str) -> Place:
    """Reopen a closed place with all that was closed together with it.

    Refuses (``Invalid``) what was merged into another place, and a place whose parent is closed.
    """
    row = taken(by, place)
    said = reason(why)
    if row.closed_on is None:
        return row
    last = (
        row.changes.filter(kind__in=[ChangeKind.CLOSED, ChangeKind.MERGED]).order_by("-at").first()
    )
    if last is not None and last.kind == ChangeKind.MERGED:
        raise Invalid(_("This place was merged into another one. Please split that one instead."))
    if row.parent is not None and row.parent.closed_on is not None:
        raise Invalid(_("What is above this place is closed. Please reopen that first."))
    rows = [row]
    if last is not None:
        together = PlaceChange.objects.filter(
            kind=ChangeKind.CLOSED, at=last.at, old_code__gte=row.code, old_code__lt=row.code + ":"
        )
        rows = list(
            Place.objects.filter(pk__in=together.values("place"), closed_on__isnull=False)
        ) or [row]
    at = clock.now()
    Place.objects.filter(pk__in=[one.pk for one in rows]).update(
        closed_on=None, changed_by=by.name, changed_why=said, changed_at=at
    )
    _note_all(rows, ChangeKind.REOPENED, by, said, at)
    row.refresh_from_db()
    return row


@transaction.atomic
def give_tag(*, by: Actor, place: UUID) -> Place:
    """Give a place the short code of its QR poster, once; asking again returns the same."""
    row = taken(by, place)
    if row.tag is None:
        row.tag = new_code(TAG_SIGNS)
        while Place.objects.filter(tag=row.tag).exists():
            row.tag = new_code(TAG_SIGNS)
        stamp(row, by, "tag")
        row.save(update_fields=["tag", "changed_by", "changed_why", "changed_at"])
    return row
