"""What every change of the tree shares: the lock of the community, numbers, history, recoding."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from liren.access.actor import CODE_END, Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.ids import uuid7
from liren.base.pinyin import pinyin_of
from liren.base.text import clean_line

from .. import followers, rules
from ..codes import COMMUNITY_LENGTH, LENGTHS, child_code
from ..enums import ChangeKind, Level
from ..models import Place, PlaceChange

WHY_MAX = 200
# What a community arranges itself; the levels above come from the published divisions.
OWN_LEVELS = (Level.GRID, Level.BUILDING, Level.UNIT, Level.HOUSEHOLD)


def lock_community(code: str) -> None:
    """Let one change of a community's tree happen at a time, until the transaction ends.

    The community's own row is the lock: reports and other readers do not wait for it.
    """
    rows = Place.objects.select_for_update(of=("self",), no_key=True)
    if not rows.filter(code=code[:COMMUNITY_LENGTH]).values_list("pk").first():
        raise NotFound


def taken(by: Actor, place: UUID, *, seen: datetime | None = None) -> Place:
    """Return the place, its community locked, for who may edit it.

    Raises ``NotFound``; ``NotAllowed``; ``Changed`` when it was changed after ``seen``.
    """
    found = Place.objects.filter(pk=place).first()
    if found is None:
        raise NotFound
    require(by, Permission.PLACE_EDIT, found.code)
    if len(found.code) >= COMMUNITY_LENGTH:
        lock_community(found.code)
    fresh = Place.objects.select_for_update(of=("self",), no_key=True).get(pk=place)
    require(by, Permission.PLACE_EDIT, fresh.code)
    if seen is not None and fresh.changed_at != seen:
        raise Changed(theirs={"name": fresh.name, "at": fresh.changed_at})
    return fresh


def reason(why: str) -> str:
    """Return the reason of a change, cleaned. Raises ``Invalid`` when it is missing."""
    text = clean_line(why, WHY_MAX, empty_ok=True)
    if not text:
        said = _("Please say why, in a few words.")
        raise Invalid(said, fields={"why": said})
    return text


def name_of(text: str) -> str:
    """Return a place's name, cleaned. Raises ``Invalid``."""
    try:
        return clean_line(text, 80)
    except Invalid as error:
        raise Invalid(error.message, fields={"name": error.message}) from None


def sounds(place: Place) -> None:
    """Set the readings by which the place is found, from its name (with its compound's)."""
    said = place.full_name if place.level == Level.BUILDING and place.full_name else place.name
    reading = pinyin_of(said, region=place.code)
    place.pinyin, place.initials = reading.full[:240], reading.initials[:60]


def stamp(place: Place, by: Actor, why: str) -> None:
    """Say on the row who changes it, and why."""
    place.changed_by, place.changed_why, place.changed_at = by.name, why[:WHY_MAX], clock.now()


def numbers_below(parent: str, level: Level) -> set[int]:
    """Return the numbers used at this level right below a code, now or ever."""
    begin, end = len(parent), LENGTHS[level]
    span = {"gte": parent, "lt": parent + ":"}
    now = Place.objects.filter(level=level, code__gte=span["gte"], code__lt=span["lt"])
    past = PlaceChange.objects.filter(old_code__gte=span["gte"], old_code__lt=span["lt"])
    codes = {*now.values_list("code", flat=True), *past.values_list("old_code", flat=True)}
    return {int(code[begin:end]) for code in codes if len(code) == end}


def free_code(parent: str, level: Level, used: set[int], wanted: int | None = None) -> str:
    """Return a code never used before below ``parent`` and note its number as used.

    Raises ``Invalid`` when every number is taken.
    """
    number = rules.free_number(used, LENGTHS[level] - len(parent), wanted)
    if number is None:
        raise Invalid(_("There are no free numbers left below this place."))
    used.add(number)
    return child_code(parent, level, number)


def note(
    place: Place,
    kind: ChangeKind,
    by: Actor,
    why: str,
    *,
    old_code: str = "",
    old_name: str = "",
    new_code: str = "",
) -> PlaceChange:
    """Write down what happened to a place."""
    return PlaceChange.objects.create(
        community=place.community,
        place=place,
        kind=kind,
        old_code=old_code or place.code,
        new_code=new_code or place.code,
        old_name=old_name,
        at=place.changed_at,
        by=by.name,
        why=why,
    )


# -- recoding ----------------------------------------------------------------------------------

_PAIRS = "unnest(%(old)s::text[], %(hi)s::text[], %(new)s::text[]) AS m(old, hi, new)"
# Written as a range, which an index answers also under row-level security.
_HIT = "{t}.{c} >= m.old AND {t}.{c} < m.hi"
_CODE = "m.new || substr({t}.{c}, length(m.old) + 1)"
# After a code: below everything that continues it, so that [code, code + ONE) holds one code.
ONE = "!"


def recode(
    pairs: Sequence[tuple[str, str]],
    *,
    by: Actor,
    why: str,
    kind: ChangeKind = ChangeKind.MOVED,
    merged: Iterable[tuple[Place, Place]] = (),
) -> None:
    """Give subtrees new codes: ``(old, new)`` for each root, every place below it, and every copy.

    Identities, tags and names stay. Each place gets its line of history, so that its old code
    still leads to it. ``merged`` are places that end in another one: whatever stood directly at
    them stands at the other afterwards. New codes must be free. Statements: a fixed number.
    """
    gone = list(merged)
    ends = [(source.code, target.code) for source, target in gone]
    said: dict[str, Any] = {
        "old": [old for old, _new in pairs],
        "new": [new for _old, new in pairs],
        "hi": [old + CODE_END for old, _new in pairs],
        "by": by.name,
        "why": why,
        "kind": kind,
        "at": clock.now(),
    }
    hit = _HIT.format(t="p", c="code")
    with connection.cursor() as cursor:
        if pairs:
            cursor.execute(
                "INSERT INTO territory_placechange"  # noqa: S608 -- our own constants
                " (id, community, place_id, kind, old_code, new_code, old_name, at, by, why)"
                f" SELECT gen_random_uuid(), p.community, p.id, %(kind)s, p.code,"
                f" {_CODE.format(t='p', c='code')}, '', %(at)s, %(by)s, %(why)s"
                f" FROM territory_place p, {_PAIRS} WHERE {hit}",
                said,
            )
            cursor.execute(
                f"UPDATE territory_place p SET code = {_CODE.format(t='p', c='code')},"  # noqa: S608 -- our own constants
                " changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s"
                f" FROM {_PAIRS} WHERE {hit}",
                said,
            )
        said["old"] += [old for old, _new in ends]
        said["new"] += [new for _old, new in ends]
        said["hi"] += [old + ONE for old, _new in ends]
        for follower in followers.registered():
            _follow(cursor, follower, said, gone)


def _follow(
    cursor: Any, follower: followers.Follower, said: dict[str, Any], gone: list[tuple[Place, Place]]
) -> None:
    """Rewrite one table's copies."""
    table = follower.cls._meta.db_table
    track = ""
    if follower.has("changed_by"):
        track = ", changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s"
    if follower.via:
        field: Any = follower.cls._meta.get_field(follower.via)
        parent = field.related_model._meta.db_table
        cursor.execute(
            f"UPDATE {table} t SET place_code = moved.place_code{track}"  # noqa: S608 -- our own table names
            f" FROM (SELECT DISTINCT p.id, p.place_code FROM {_PAIRS} JOIN {parent} p"
            f" ON p.place_code >= m.new AND p.place_code < m.new || '{CODE_END}') moved"
            f" WHERE moved.id = t.{field.column} AND t.place_code <> moved.place_code",
            said,
        )
        return
    if follower.has(followers.CODE):
        cursor.execute(
            f"UPDATE {table} t SET place_code = {_CODE.format(t='t', c='place_code')}{track}"  # noqa: S608 -- our own table names
            f" FROM {_PAIRS} WHERE {_HIT.format(t='t', c='place_code')}",
            said,
        )
    if follower.has(followers.PLACE):
        for source, target in gone:
            cursor.execute(
                f"UPDATE {table} t SET place_id = %(target)s{track} WHERE place_id = %(source)s",  # noqa: S608 -- our own table names
                {**said, "source": source.pk, "target": target.pk},
            )


def new_place(
    *,
    by: Actor,
    why: str,
    parent: Place,
    level: Level,
    name: str,
    code: str,
    full_name: str,
    synthetic: bool = False,
) -> Place:
    """Return a saved new place."""
    place = Place(
        id=uuid7(),
        community=parent.community,
        code=code,
        parent=parent,
        level=level,
        name=name,
        full_name=full_name[:200],
        synthetic=synthetic,
    )
    sounds(place)
    stamp(place, by, why)
    place.save(force_insert=True)
    return place
