"""A community's list of posts and holders as it is kept in Excel: looked through, then taken in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from uuid import UUID

from django.core import signing
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Invalid, NotFound
from liren.base.identifiers import normalise_phone
from liren.base.sheets import Column, Kind, Row, read_sheet
from liren.base.text import fold
from liren.people.models import Person
from liren.territory import queries as territory
from liren.territory.enums import Level
from liren.territory.models import Place

from . import actions
from .models import Post, PostType, Term

MAX_ROWS = 2000
KEPT = 3600  # seconds somebody may think about what the sheet would do
_SALT = "liren.organisation.sheet"
_LEVELS = (Level.COMMUNITY, Level.GRID, Level.BUILDING, Level.UNIT)

COLUMNS = (
    Column(
        "place",
        gettext_lazy("Place of the post"),
        aliases=("地点", "楼院", "管辖范围", "负责区域", "位置", "place"),
        required=True,
        filled=True,
        hint=gettext_lazy("As the platform calls it: “松竹苑 3号楼 2单元”, “第1网格”."),
        width=28,
    ),
    Column(
        "post",
        gettext_lazy("Post"),
        aliases=("岗位", "职务", "角色", "post"),
        required=True,
        filled=True,
        hint=gettext_lazy("单元长, 楼栋长, 网格长 or another kind of post of the community."),
    ),
    Column(
        "name",
        gettext_lazy("Holder"),
        aliases=("姓名", "负责人", "任职人", "name"),
        required=True,
        filled=True,
        hint=gettext_lazy("Somebody who is on record in this community."),
    ),
    Column(
        "phone",
        gettext_lazy("Mobile number"),
        aliases=("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "phone"),
        text_only=False,
        parse=normalise_phone,
        hint=gettext_lazy("Only where two people have the same name."),
    ),
    Column(
        "starts",
        gettext_lazy("Term from"),
        aliases=("任期起", "任职日期", "开始日期", "起", "from"),
        kind=Kind.DATE,
        hint=gettext_lazy("Empty: from today."),
    ),
    Column(
        "ends",
        gettext_lazy("Term until"),
        aliases=("任期止", "到期日期", "结束日期", "止", "until"),
        kind=Kind.DATE,
        hint=gettext_lazy("Empty: without an end."),
    ),
)
EXAMPLES = ({"place": "松竹苑 3号楼 2单元", "post": "单元长", "name": "示例姓名", "starts": None},)


@dataclass(frozen=True, slots=True)
class Given:
    """One row understood: who gets which post from when until when."""

    row: int
    place: UUID
    place_name: str
    type: str
    type_name: str
    person: UUID
    name: str
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sheet would do. ``wrong``: row number and what to mend; ``same``: nothing new."""

    given: tuple[Given, ...]
    same: int
    wrong: tuple[tuple[int, tuple[str, ...]], ...]

    def token(self, by: Actor, community: str) -> str:
        """Return what the good rows are, signed for this person for an hour."""
        rows = [
            [g.row, str(g.place), g.type, str(g.person), g.starts.isoformat(), str(g.ends or "")]
            for g in self.given
        ]
        return signing.dumps([by.name, community, rows], salt=_SALT, compress=True)


def look_through(*, by: Actor, community: str, file: "bytes | IO[bytes] | File[bytes]") -> Plan:
    """Return what a sheet of posts would do; nothing is written.

    Raises ``SheetError`` when the file as a whole cannot be used, ``NotAllowed`` without
    ``post.edit`` in the community. What is wrong in a row is told with its number: a place or a
    kind of post nobody knows, a person not on record or not the only one of the name, two rows for
    one post, a post held by somebody else, an end before the start. Six statements at most.
    """
    require(by, Permission.POST_EDIT, community)
    rows = read_sheet(file, columns=COLUMNS, max_rows=MAX_ROWS).rows
    return _Reader(community, rows).plan(rows)


class _Reader:
    """Everything of the community a sheet's rows are held against, read once."""

    def __init__(self, community: str, rows: Sequence[Row]) -> None:
        self.today = clock.today()
        self.places: dict[str, list[Place]] = {}
        for place in territory.below(community).filter(level__in=_LEVELS):
            for name in {fold(place.full_name), fold(place.name)}:
                self.places.setdefault(name.replace(" ", ""), []).append(place)
        self.types: dict[str, list[PostType]] = {}
        for kind in PostType.objects.filter(community__in=("", community)):
            for word in {fold(kind.name), fold(kind.name_en), kind.code}:
                self.types.setdefault(word, []).append(kind)
        self.people: dict[str, list[Person]] = {}
        names = {str(row.values.get("name") or "").strip() for row in rows}
        known = Person.objects.filter(community=community, name__in=names, erased_at__isnull=True)
        for person in known.only("id", "name", "phone_hash"):
            self.people.setdefault(person.name, []).append(person)
        self.seats = {
            (post.place_id, post.type_id): post
            for post in Post.objects.filter(community=community, closed_on__isnull=True)
        }
        self.terms: dict[UUID, list[Term]] = {}
        for term in Term.objects.filter(community=community).exclude(ends__lt=self.today):
            self.terms.setdefault(term.post_id, []).append(term)

    def plan(self, rows: Iterable[Row]) -> Plan:
        """Return the plan for these rows."""
        given: list[Given] = []
        wrong: list[tuple[int, tuple[str, ...]]] = []
        same = 0
        taken: dict[tuple[UUID, str], list[int]] = {}
        for row in rows:
            problems = [f"{self._title(key)}: {said}" for key, said in row.errors.items()]
            found = None if problems else self._understood(row, problems)
            if found is None:
                wrong.append((row.number, tuple(problems)))
                continue
            key = (found.place, found.type)
            before = taken.setdefault(key, [])
            post = self.seats.get(key)
            if before and len(before) >= (post.seats if post else 1):
                wrong.append(
                    (row.number, (_("Row %(n)s gives this post already.") % {"n": before[0]},))
                )
                continue
            before.append(row.number)
            if post is not None and self._held(post, found, problems):
                same += 1
            elif problems:
                wrong.append((row.number, tuple(problems)))
            else:
                given.append(found)
        return Plan(tuple(given), same, tuple(wrong))

    def _title(self, key: str) -> str:
        return next((str(column.title) for column in COLUMNS if column.key == key), key)

    def _understood(self, row: Row, problems: list[str]) -> Given | None:
        values = row.values
        kinds = self.types.get(fold(str(values["post"]).strip()), [])
        places = self.places.get(fold(str(values["place"])).replace(" ", ""), [])
        if not kinds:
            problems.append(_("No kind of post is called “%(name)s”.") % {"name": values["post"]})
        if not places:
            problems.append(_("No place is called “%(name)s”.") % {"name": values["place"]})
        pairs = [(place, kind) for place in places for kind in kinds if place.level == kind.level]
        if kinds and places and not pairs:
            problems.append(
                _("%(post)s belongs to a place of the level “%(level)s”.")
                % {"post": kinds[0].name, "level": Level(kinds[0].level).label}
            )
        if len(pairs) > 1:
            problems.append(_("Several places are called so; please write the whole name."))
        person = self._person(values, problems)
        starts = values.get("starts") or self.today
        ends = values.get("ends")
        if ends is not None and ends < starts:
            problems.append(_("The term ends before it starts."))
        elif ends is not None and ends < self.today:
            problems.append(_("The term is over already."))
        if problems or person is None:
            return None
        place, kind = pairs[0]
        return Given(
            row.number,
            place.pk,
            str(place),
            kind.pk,
            kind.name,
            person.pk,
            person.name,
            starts,
            ends,
        )

    def _person(self, values: dict[str, Any], problems: list[str]) -> Person | None:
        name = str(values["name"]).strip()
        found = self.people.get(name, [])
        if values.get("phone"):
            wanted = key_hash(values["phone"], "phone")
            exact = [p for p in found if p.phone_hash and bytes(p.phone_hash) == wanted]
            found = exact or [p for p in found if p.phone_hash is None]
        if not found:
            problems.append(
                _("Nobody called %(name)s is on record here; they join first.") % {"name": name}
            )
        elif len(found) > 1:
            problems.append(
                _("Several people are called %(name)s; please add the mobile number.")
                % {"name": name}
            )
        return found[0] if len(found) == 1 else None

    def _held(self, post: Post, row: Given, problems: list[str]) -> bool:
        """Tell whether the person sits there already; note it when every seat is taken."""
        overlapping = [
            term
            for term in self.terms.get(post.pk, ())
            if (row.ends is None or term.starts <= row.ends)
            and (term.ends is None or term.ends >= row.starts)
        ]
        if any(term.person_id == row.person for term in overlapping):
            return True
        if len({term.seat for term in overlapping}) >= post.seats:
            problems.append(
                _("This post is held by somebody in that time; hand it over on its page.")
            )
        return False


def take_in(*, by: Actor, token: str) -> int:
    """Give the posts of a sheet that was looked through; return how many.

    All or nothing. Refuses (``Invalid``) what was not looked through by the same person within an
    hour, and rows somebody's change has made impossible meanwhile, naming them.
    """
    try:
        name, community, rows = signing.loads(token, salt=_SALT, max_age=KEPT)
    except signing.BadSignature as error:
        raise Invalid(_("Please send the sheet again; it was looked at too long ago.")) from error
    if name != by.name:
        raise Invalid(_("Please send the sheet again; it was looked at by somebody else."))
    require(by, Permission.POST_EDIT, community)
    with transaction.atomic():
        for number, place, kind, person, starts, ends in rows:
            try:
                actions.fill(
                    by=by,
                    place=UUID(place),
                    type=kind,
                    person=UUID(person),
                    starts=date.fromisoformat(starts),
                    ends=date.fromisoformat(ends) if ends else None,
                )
            except (Invalid, NotFound) as error:
                said = "; ".join(
                    str(text) for texts in getattr(error, "fields", {}).values() for text in texts
                )
                raise Invalid(
                    _("Row %(n)s no longer fits: %(why)s Nothing was taken in.")
                    % {"n": number, "why": said or str(error)}
                ) from error
    return len(rows)
