"""Reading across the apps: everybody at one place (D1), and the core's board (A5). Never a person.

Nothing is kept here and nothing decided; every figure is the length of a list somebody may open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.utils.translation import get_language

from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import in_codes
from liren.base import clock
from liren.base.commitments import Commitment, State, commitments
from liren.council.queries import general
from liren.council.rules import public_kind
from liren.matters import desk
from liren.matters.enums import Status
from liren.matters.models import Category, Matter, Whistle
from liren.matters.queries import OPEN_WHISTLE
from liren.organisation import coverage
from liren.organisation.models import Line, LineStep
from liren.organisation.queries import Holder, holders_up, holding
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS, community_of
from liren.territory.enums import Level
from liren.territory.models import Place

DAYS = 90
STUCK = 10
MOST = 2000
WHISTLES = 30
OPEN = (State.PROMISED, State.UNDER_WAY, State.DELIVERED)
RUNNING = (Status.SUBMITTED, Status.HANDLING, Status.WHISTLED, Status.CHECKING)


# -- everybody at one place --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody called in to a place: which post, for what kind of thing, how far. No words (G7)."""

    who: str
    kind: str
    place_code: str
    state: str
    since: date


@dataclass(frozen=True, slots=True)
class Together:
    """One place: who leads it, who promised what there, who has been called in."""

    leaders: list[Holder]
    promises: list[Commitment]
    called: list[Called]


def together(actor: Actor, place: Place) -> Together:
    """Return everybody's part at a place and below it. No private person is named.

    Of matters only that a department or partner was called in, for what kind of thing and to which
    building: nothing of shielded ones, of complaints about somebody, or of what concerns people.
    """
    return Together(
        leaders=leaders(place.code),
        promises=promises(actor, place.code),
        called=called(place.code),
    )


def leaders(code: str) -> list[Holder]:
    """Return the posts that lead a place, the three leaders first, then the Party's network."""
    found: dict[Any, Holder] = {}
    for line in ("three_leaders", "party"):
        for holder in holders_up(line, code):
            if len(holder.place_code) >= COMMUNITY_LENGTH:
                found.setdefault(holder.post, holder)
    return list(found.values())


def promises(actor: Actor, code: str) -> list[Commitment]:
    """Return what everybody promised at a place and below it: open ones first, then by date."""
    found = commitments(actor, code, MOST)
    return sorted(found, key=lambda one: (one.state not in OPEN, one.due or date.max, one.who))


def late(one: Commitment, today: date | None = None) -> bool:
    """Tell whether a promise's day is over and it is not delivered."""
    running = one.state in (State.PROMISED, State.UNDER_WAY)
    return running and one.due is not None and one.due < (today or clock.today())


def stands(one: Commitment) -> str:
    """Return how a promise stands: its state, or "late"."""
    return "late" if late(one) else str(one.state)


def of_project(actor: Actor, code: str, project: str) -> list[Commitment]:
    """Return everybody's promises of one project in a community."""
    return [one for one in promises(actor, code) if project and one.project == project]


def called(code: str) -> list[Called]:
    """Return the posts called in below a place that anybody may know of."""
    rows = (
        Whistle.objects.filter(
            in_codes("place_code", [code]),
            state__in=OPEN_WHISTLE,
            matter__shielded=False,
            matter__about_posts=[],
            matter__about_persons=[],
        )
        .select_related("called", "matter__category")
        .order_by("at")[:WHISTLES]
    )
    return [
        Called(
            who=row.called.title,
            kind=row.matter.category.name,
            place_code=general(row.place_code),
            state=row.state,
            since=row.at.astimezone(clock.SHANGHAI).date(),
        )
        for row in rows
        if row.matter.category is not None and public_kind(row.matter.category.key)
    ]


def names(codes: Iterable[str]) -> dict[str, str]:
    """Return what places are called. One statement, none for no codes."""
    wanted = set(codes)
    if not wanted:
        return {}
    return {place.code: str(place) for place in Place.objects.filter(code__in=wanted)}


# -- the core's board --------------------------------------------------------------------------


@dataclass
class Tally:
    """What a place or a kind has: reported lately, open, overdue."""

    key: str
    asked: int = 0
    open: int = 0
    overdue: int = 0


@dataclass
class Asked:
    """What residents asked, by kind and by part of the scope, and where it stands."""

    since: date
    whole: Tally
    kinds: list[Tally]
    parts: list[Tally]
    waiting: dict[str, int] = field(default_factory=dict)


WAITING = ("whistled", "suspended", "answering", "checking", "deciding")
"""Where open matters wait; each but the last is a state the list can be narrowed to."""


def scope(actor: Actor) -> str:
    """Return the highest place the actor answers for as a whole; "" where there is none."""
    codes = [code for code in actor.codes(Permission.MATTER_SUPERVISE) if len(code) <= 12]
    return min(codes, key=len) if codes else ""


def part_size(code: str) -> int:
    """Return how long the codes of a scope's parts are: communities, or the grids of one."""
    level = Level.GRID if len(code) >= COMMUNITY_LENGTH else Level.COMMUNITY
    return LENGTHS[level]


def below(actor: Actor, code: str) -> "QuerySet[Matter]":
    """Return the matters of the actor's desk at a place and below it."""
    return desk.mine(actor).filter(in_codes("place_code", [code]))


def asked(actor: Actor, code: str, today: date | None = None) -> Asked:
    """Return what was reported in the last ``DAYS`` days and what is open. One statement.

    Every figure is the length of a list of the desk. Kinds are told by their group.
    """
    since = (today or clock.today()) - timedelta(days=DAYS)
    opened = ~Q(status=Status.CLOSED)
    counted: dict[str, Q] = {
        "asked": Q(reported_at__gte=desk.midnight(since)),
        "open": opened,
        "overdue": Q(status__in=RUNNING, due__lt=clock.now()),
        **{state: Q(status=state) for state in WAITING[:-1]},
    }
    decides = desk.decisions(actor)
    if decides is not None:
        counted["deciding"] = desk.condition("deciding", posts=(), decides=decides)
    group = Coalesce(NullIf("category__parent_key", Value("")), F("category__key"))
    rows = (
        below(actor, code)
        .filter(opened | counted["asked"])
        .annotate(part=Left("place_code", part_size(code)), group=group)
        .values("part", "group")
        .annotate(**{f"n_{name}": Count("pk", filter=one) for name, one in counted.items()})
        .order_by("part", "group")
    )
    whole, kinds, parts = Tally(code), dict[str, Tally](), dict[str, Tally]()
    waiting = dict.fromkeys(counted.keys() - {"asked", "open", "overdue"}, 0)
    for row in cast("Iterable[dict[str, Any]]", rows):
        kind = row["group"] or desk.NO_KIND
        lines = [whole, kinds.setdefault(kind, Tally(kind))]
        # What lies at the whole and in none of its parts is in the whole alone.
        if len(row["part"]) == part_size(code):
            lines.append(parts.setdefault(row["part"], Tally(row["part"])))
        for line in lines:
            line.asked += row["n_asked"]
            line.open += row["n_open"]
            line.overdue += row["n_overdue"]
        for name in waiting:
            waiting[name] += row[f"n_{name}"]
    return Asked(
        since=since,
        whole=whole,
        kinds=list(kinds.values()),
        parts=[parts[key] for key in sorted(parts)],
        waiting={name: waiting[name] for name in WAITING if name in waiting},
    )


def named(code: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the parts of a scope and the groups of kinds are called. One statement."""
    low, high = code_range(code)
    level = Level.GRID if part_size(code) == LENGTHS[Level.GRID] else Level.COMMUNITY
    places = Place.objects.filter(code__gte=low, code__lt=high, level=level, closed_on__isnull=True)
    kinds = Category.objects.filter(current=True, parent_key="", community__in=("", code[:12]))
    rows = places.values_list(Value(0), "code", "code", "name", Value("")).union(
        kinds.values_list(Value(1), "community", "key", "name", "name_en"), all=True
    )
    english = not (get_language() or "zh").startswith("zh")
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    # A community's own kinds come after the shipped ones and take their place.
    for which, _order, key, name, name_en in sorted(rows, key=lambda row: row[:3]):
        found[which][key] = name_en if english and name_en else name
    return found


def stuck(actor: Actor, code: str) -> list[Matter]:
    """Return the matters that have been stuck longest, each with who was called in to it.

    Overdue, standing still, or waiting for a decision; the earliest promise first, whoever it is
    with. One statement.
    """
    decides = desk.decisions(actor)
    held_up = Q(status__in=RUNNING, due__lt=clock.now()) | Q(status=Status.SUSPENDED)
    if decides is not None:
        held_up |= desk.condition("deciding", posts=(), decides=decides)
    heard = Whistle.objects.filter(matter=OuterRef("pk"), state__in=OPEN_WHISTLE)
    return list(
        below(actor, code)
        .filter(held_up)
        .annotate(called_title=Subquery(heard.values("called__title")[:1]))
        .annotate(whistle_state=Subquery(heard.values("state")[:1]))
        .select_related("place", "holder", "category")
        .order_by("due", "pk")[:STUCK]
    )


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a line lacks at one step."""

    line: Line
    step: LineStep
    places: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Network:
    """What the lines of a scope lack, by step, and by part for the first of the lines.

    A community that has laid the first line its own way is in no part's figure: it is counted by
    other steps, on its own page.
    """

    steps: list[Lacking]
    first: str
    by_part: dict[str, int]
    own_way: frozenset[str]


def lacking(actor: Actor, code: str) -> Network:
    """Return the gaps of a scope's lines. Two statements, however many lines."""
    here = community_of(code)
    low, high = code_range(code)
    known = list(
        LineStep.objects.filter(
            holding(),
            Q(line__community__in=("", here))
            | Q(line__community__gte=low, line__community__lt=high),
            everywhere=True,
        )
        .select_related("line", "type")
        .order_by("line__community", "order")
    )
    chosen = {step.line.code: step.line for step in known if step.line.community in ("", here)}
    lines = sorted(chosen.values(), key=lambda one: (one.code != "three_leaders", one.code))
    size = part_size(code)
    steps: list[Lacking] = []
    by_part: dict[str, int] = {}
    counted = coverage.counts_of(by=actor, lines=lines, code=code, branch=size)
    for line, counts in zip(lines, counted, strict=True):
        for step in (one for one in known if one.line_id == line.pk):
            at = [one for one in counts if one.order == step.order]
            gaps = [one for one in at if one.standing in coverage.GAPS]
            if line is lines[0]:
                for one in gaps:
                    by_part[one.branch] = by_part.get(one.branch, 0) + one.places
            if at:
                places, open_ = sum(one.places for one in at), sum(one.places for one in gaps)
                steps.append(Lacking(line, step, places, open_))
    first = lines[0].code if lines else ""
    own_way = {
        step.line.community
        for step in known
        if step.line.code == first and step.line.community not in ("", here)
    }
    return Network(steps, first, by_part, frozenset(own_way))


def tally(found: Sequence[Commitment]) -> dict[str, int]:
    """Return how many promises stand how; "late" are those whose day is over."""
    counted: dict[str, int] = {}
    for one in found:
        key = stands(one)
        counted[key] = counted.get(key, 0) + 1
    return counted
