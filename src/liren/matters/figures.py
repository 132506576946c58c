"""Rates with their denominators: answered in time, solved, satisfied. Of matters, never of people.

The base cut is one community in one quarter, by kind and by grid: quarters do not overlap, places
are a tree. Small counts are counted together there (``base.suppress``), and everything else is
made from what is published there: a subdistrict's figures are sums of its communities' published
ones, a grid's page is its line in the community's table. So no two pages, by whatever filters,
can be subtracted from each other to tell a small number (G10, docs/adr/0013).

Everybody reads the same figures: what is kept from some readers (unknown reporters, needs about
staff; G7) is counted for nobody. By whom a matter was handled is no dimension (G2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import Any, Final

from django.core import signing
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left, NullIf

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes, visible_to
from liren.base import clock
from liren.base.suppress import K, publish, safe
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .enums import Ending, Origin, Verb
from .kinds import kind_name
from .models import Category, Entry, Matter
from .rules import Rate

__all__ = [
    "EXCLUDED",
    "INDICATORS",
    "Cell",
    "Figures",
    "K",
    "Line",
    "Omitted",
    "Quarter",
    "cell_of",
    "figures",
    "quarters",
    "scope",
]

QUARTERS: Final = 5
"""How many quarters back one can look."""
GRID: Final = LENGTHS[Level.GRID]
COUNTED: Final = Q(shielded=False, about_posts=[], about_persons=[])
"""What anybody may be counted in: nothing that is kept from some of the readers (G7)."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of reports."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """As it stands in an address: 2026-4."""
        return f"{self.year}-{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date.fromordinal(self.following().first.toordinal() - 1)

    def following(self) -> "Quarter":
        """Return the quarter after."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def before(self) -> "Quarter":
        """Return the quarter before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


def quarters(today: date | None = None) -> list[Quarter]:
    """Return the quarters one can look at, the running one first."""
    day = today or clock.today()
    found = [Quarter(day.year, (day.month + 2) // 3)]
    while len(found) < QUARTERS:
        found.append(found[-1].before())
    return found


# A category counts with its group.
KIND: Final = Coalesce(NullIf("category__parent_key", Value("")), "category__key")
PLACE: Final = Left("place_code", GRID)

# -- what is counted ---------------------------------------------------------------------------

_HEARD = Entry.objects.filter(
    matter=OuterRef("pk"), verb__in=(Verb.HEARD_SOLVED, Verb.HEARD_NOT_SOLVED)
)
NOT_COUNTED = Q(ending__in=(Ending.WITHDRAWN, Ending.MERGED)) | Q(origin=Origin.ROOT)


def parts(now: datetime) -> dict[str, Q]:
    """Return the parts the rates are made of; each is also a filter of the list.

    For each indicator its two parts and what it leaves out (``EXCLUDED``) make up all that was
    reported: nothing is missing and nothing is counted twice.
    """
    counted = ~NOT_COUNTED
    responded = Q(accepted_at__isnull=False) | Q(closed_at__isnull=False)
    in_time = Q(accepted_at__isnull=False, accepted_at__lte=F("accept_by")) | Q(
        accepted_at__isnull=True, closed_at__isnull=False, closed_at__lte=F("accept_by")
    )
    late = Q(accept_by__lt=now) | responded
    apart = Q(ending__in=(Ending.OUTSIDE, Ending.EXPLAINED, Ending.UNREACHABLE))
    return {
        "all": Q(pk__isnull=False),
        "accept_yes": counted & in_time,
        "accept_no": counted & ~in_time & late,
        "solved_yes": counted & ~apart & Q(solved=True),
        "solved_no": counted & ~apart & Q(solved=False),
        "satisfied_yes": counted & Q(satisfied="yes"),
        "satisfied_no": counted & Q(satisfied__in=("soso", "no")),
        # left out, and said so
        "withdrawn": Q(ending=Ending.WITHDRAWN),
        "merged": Q(ending=Ending.MERGED),
        "root": Q(origin=Origin.ROOT) & ~Q(ending__in=(Ending.WITHDRAWN, Ending.MERGED)),
        "waiting": counted & ~in_time & ~late,
        "outside": counted & Q(ending=Ending.OUTSIDE),
        "explained": counted & Q(ending=Ending.EXPLAINED),
        "unreachable": counted & Q(ending=Ending.UNREACHABLE),
        "open": counted & ~apart & Q(solved__isnull=True),
        "unrated": counted & ~Q(satisfied__in=("yes", "soso", "no")),
        # of the answers counted, those the office wrote down
        "heard": counted & ~apart & Q(solved__isnull=False) & Q(Exists(_HEARD)),
    }


INDICATORS: Final[dict[str, tuple[str, str]]] = {
    "accepted": ("accept_yes", "accept_no"),
    "solved": ("solved_yes", "solved_no"),
    "satisfied": ("satisfied_yes", "satisfied_no"),
}
EXCLUDED: Final[dict[str, tuple[str, ...]]] = {
    "accepted": ("withdrawn", "merged", "root", "waiting"),
    "solved": ("withdrawn", "merged", "root", "outside", "explained", "unreachable", "open"),
    "satisfied": ("withdrawn", "merged", "root", "unrated"),
}
COLUMNS: Final[dict[str, tuple[str, ...]]] = {"reported": ("all",), **INDICATORS}


# -- a figure's list ---------------------------------------------------------------------------

SALT = "liren.matters.figure"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a page: which part, in which quarter, of which community, kind or place."""

    part: str
    quarter: str
    community: str
    kind: str | None = None
    place: str | None = None

    def token(self) -> str:
        """Return what the link to its list carries; only numbers that are shown get one."""
        values = [self.part, self.quarter, self.community, self.kind, self.place]
        return signing.Signer(salt=SALT).sign_object(values)


def cell_of(token: str) -> Cell | None:
    """Return the number a token was made for; None when it is not ours."""
    try:
        return Cell(*signing.Signer(salt=SALT).unsign_object(token))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def behind(rows: "QuerySet[Matter]", cell: Cell) -> "QuerySet[Matter]":
    """Keep the matters a number was counted from."""
    named = parts(clock.now())
    quarter = next((one for one in quarters() if one.key == cell.quarter), None)
    wished = [named[name] for name in cell.part.split("+") if name in named]
    if quarter is None or not wished:
        return rows.none()
    rows = _within(rows.filter(COUNTED, community=cell.community), quarter)
    rows = rows.filter(reduce(or_, wished))
    if cell.kind is not None:
        rows = rows.annotate(dimension=KIND)
        rows = rows.filter(dimension=cell.kind) if cell.kind else rows.filter(dimension=None)
    if cell.place is not None:
        rows = rows.annotate(dimension=PLACE).filter(dimension=cell.place)
    return rows


def reported(actor: Actor, quarter: Quarter) -> "QuerySet[Matter]":
    """Return what is counted of a quarter in the communities the actor answers for."""
    rows = visible_to(actor, Matter.objects.filter(COUNTED), Permission.MATTER_DISPATCH)
    return _within(rows, quarter)


def _within(rows: "QuerySet[Matter]", quarter: Quarter) -> "QuerySet[Matter]":
    start = datetime.combine(quarter.first, time(), tzinfo=clock.SHANGHAI)
    end = datetime.combine(quarter.following().first, time(), tzinfo=clock.SHANGHAI)
    return rows.filter(reported_at__gte=start, reported_at__lt=end)


# -- the page ----------------------------------------------------------------------------------

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a kind, a place, or the whole. None where a number is not shown for itself.

    ``pairs`` holds (yes, whole) of each indicator; ``cell`` says which list is behind, if one is.
    """

    key: str
    name: str
    reported: int | None = None
    pairs: dict[str, Pair | None] = field(default_factory=dict)
    cell: Cell | None = None

    def rate(self, indicator: str) -> Rate | None:
        """Return the rate, or None where it is not shown."""
        pair = self.pairs.get(indicator)
        return None if pair is None else Rate(*pair, {})


@dataclass(frozen=True, slots=True)
class Omitted:
    """What a rate leaves out: by reason, and for all other reasons together.

    ``others`` is None where these are fewer than can be told.
    """

    named: dict[str, int] = field(default_factory=dict)
    others: int | None = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A quarter's figures of a place: the whole, by kind, by place, what each rate leaves out.

    A table's last line, with the key ``REST``, is the lines that are not shown, together.
    """

    quarter: Quarter
    whole: Line
    kinds: list[Line]
    places: list[Line]
    left: dict[str, Omitted]
    heard: int | None = None
    small: int = 0

    @property
    def suppressed(self) -> bool:
        """Tell whether something is not shown."""
        lines = [self.whole, *self.kinds, *self.places]
        return any(one.reported is None or None in one.pairs.values() for one in lines)


REST: Final = "rest"


def scope(actor: Actor) -> list[str]:
    """Return the codes, of a community or above, that the actor answers for as a whole."""
    codes = actor.codes(Permission.MATTER_DISPATCH)
    return [code for code in codes if len(code) <= COMMUNITY_LENGTH]


def figures(actor: Actor, quarter: Quarter, place: str = "") -> Figures:
    """Return the figures of a quarter. Five statements, however many matters.

    ``place`` is a community or a grid of the actor's; anything else is the whole of their scope.
    A part of a community is never counted anew: it is its line in the community's table.
    """
    codes = scope(actor)
    inside = len(place) >= COMMUNITY_LENGTH and any(place.startswith(code) for code in codes)
    rows = reported(actor, quarter)
    if inside:
        rows = rows.filter(community=place[:COMMUNITY_LENGTH])
    elif codes != actor.codes(Permission.MATTER_DISPATCH):
        # Whoever also dispatches in a grid next door would read that community cut anew, and
        # could subtract it from its own figures.
        rows = rows.filter(in_codes("place_code", codes))
    found = _communities(rows, quarter)
    if inside or len(found) == 1:
        one = found[0] if found else Figures(quarter, Line("", ""), [], [], _nothing_left())
        wished = place if inside and len(place) == GRID else ""
        one = _named(one)
        return _of_grid(one, wished) if wished else one
    return _together(quarter, found)


def _nothing_left() -> dict[str, Omitted]:
    return {name: Omitted() for name in INDICATORS}


def _communities(rows: "QuerySet[Matter]", quarter: Quarter) -> list[Figures]:
    """Return the published figures of each community, in code order: the base cut."""
    named = parts(clock.now())
    counts = {name: Count("pk", filter=condition) for name, condition in named.items()}
    used = {name: counts[name] for names in COLUMNS.values() for name in names}
    wholes = rows.values("community").annotate(**counts).order_by("community")
    by_kind = _by(rows, KIND, used)
    by_place = _by(rows, PLACE, used)
    return [
        _published(quarter, dict(whole), by_kind[whole["community"]], by_place[whole["community"]])
        for whole in wholes
    ]


Counted = dict[str, Any]


def _by(
    rows: "QuerySet[Matter]", dimension: Any, counts: dict[str, Count]
) -> dict[str, list[Counted]]:
    grouped = rows.annotate(dimension=dimension).values("community", "dimension")
    found: dict[str, list[Counted]] = {}
    for row in grouped.annotate(**counts).order_by("community", "dimension"):
        found.setdefault(row["community"], []).append(dict(row))
    return found


def _published(
    quarter: Quarter, whole: Counted, by_kind: Sequence[Counted], by_place: Sequence[Counted]
) -> Figures:
    community = whole["community"]
    start = Cell("all", quarter.key, community)
    top = _lines([{**whole, "dimension": community}], [start])[0]
    answered = sum(whole[part] for part in INDICATORS["solved"])
    heard = (whole["heard"], answered - whole["heard"])
    return Figures(
        quarter=quarter,
        whole=top,
        kinds=_lines(by_kind, [replace(start, kind=row["dimension"] or "") for row in by_kind]),
        places=_lines(by_place, [replace(start, place=row["dimension"]) for row in by_place]),
        left={name: _left(whole, names) for name, names in EXCLUDED.items()},
        heard=whole["heard"] if safe(heard) and top.pairs["solved"] else None,
    )


def _left(whole: Counted, names: Sequence[str]) -> Omitted:
    found = publish([[whole[name]] for name in names])
    if found is None:
        return Omitted(others=None)
    kept = zip(names, found.shown, strict=True)
    named = {name: whole[name] for name, shown in kept if shown and whole[name]}
    return Omitted(named, sum(found.rest))


def _lines(rows: Sequence[Counted], cells: Sequence[Cell]) -> list[Line]:
    """Return the lines of a table, each column published for itself; the rest as a last line."""
    lines = [
        Line(str(row["dimension"] or ""), "", cell=cell)
        for row, cell in zip(rows, cells, strict=True)
    ]
    rest = Line(REST, "")
    for column, names in COLUMNS.items():
        found = publish([[row[name] for name in names] for row in rows])
        for number, row in enumerate(rows):
            counts = [row[name] for name in names]
            shown = found is not None and found.shown[number]
            lines[number] = _with(lines[number], column, counts if shown else None)
        rest = _with(rest, column, found.rest or None if found else None)
    told = rest.reported is not None or any(rest.pairs.values())
    return [*lines, rest] if told else lines


def _with(line: Line, column: str, counts: Sequence[int] | None) -> Line:
    if column == "reported":
        return replace(line, reported=counts[0] if counts else None)
    pair = (counts[0], sum(counts)) if counts else None
    return replace(line, pairs={**line.pairs, column: pair})


# -- from what is published, wider and narrower ------------------------------------------------


def _of_grid(one: Figures, code: str) -> Figures:
    """Return a grid's page: its line in the community's table, and nothing else."""
    empty = Line(
        code,
        Place.objects.filter(code=code).values_list("name", flat=True).first() or "",
        0,
        dict.fromkeys(INDICATORS, (0, 0)),
    )
    line = next((line for line in one.places if line.key == code), empty)
    return Figures(one.quarter, line, [], [], {})


def _together(quarter: Quarter, found: Sequence[Figures]) -> Figures:
    """Return several communities as one: sums of what is published for each.

    What a community could not show is in no sum; ``small`` says how many are left out so.
    """
    kinds: dict[str, list[Line]] = {}
    for one in found:
        for line in one.kinds:
            kinds.setdefault(line.key, []).append(line)
    rest = kinds.pop(REST, [])
    listed = [_sum(key, lines) for key, lines in sorted(kinds.items())]
    left = {}
    for name in INDICATORS:
        parts_of = [one.left[name] for one in found]
        reasons = {reason for part in parts_of for reason in part.named}
        left[name] = Omitted(
            {r: sum(p.named.get(r, 0) for p in parts_of) for r in EXCLUDED[name] if r in reasons},
            sum(part.others or 0 for part in parts_of),
        )
    whole = _sum("", [one.whole for one in found])
    return _named(
        Figures(
            quarter=quarter,
            whole=whole,
            kinds=[*listed, *([_sum(REST, rest)] if rest else [])],
            places=[one.whole for one in found],
            left=left,
            heard=sum(one.heard or 0 for one in found),
            small=sum(
                one.whole.reported is None or None in one.whole.pairs.values() for one in found
            ),
        )
    )


def _sum(key: str, lines: Sequence[Line]) -> Line:
    told = [line.reported for line in lines if line.reported is not None]
    pairs: dict[str, Pair | None] = {}
    for name in INDICATORS:
        known = [pair for line in lines if (pair := line.pairs.get(name)) is not None]
        pairs[name] = (sum(y for y, _w in known), sum(w for _y, w in known)) if known else None
    if not lines:
        return Line(key, "", 0, dict.fromkeys(INDICATORS, (0, 0)))
    return Line(key, "", sum(told) if told else None, pairs)


def _named(one: Figures) -> Figures:
    """Give the lines their names. Two statements."""
    kinds = Category.objects.filter(key__in=[line.key for line in one.kinds], current=True)
    kind_names = {kind.key: kind_name(kind) for kind in kinds.order_by("community")}
    # A subdistrict's own rows use its code filled up with zeros.
    codes = {
        code
        for line in (one.whole, *one.places)
        for code in (line.key, line.key.removesuffix("000"))
    }
    place_names = {place.code: place.name for place in Place.objects.filter(code__in=codes)}

    def name_of(code: str) -> str:
        return place_names.get(code) or place_names.get(code.removesuffix("000"), code)

    return replace(
        one,
        whole=replace(one.whole, name=name_of(one.whole.key) if one.whole.key else ""),
        kinds=[replace(line, name=kind_names.get(line.key, "")) for line in one.kinds],
        places=[replace(line, name=name_of(line.key)) for line in one.places],
    )
