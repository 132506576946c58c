"""Who is responsible for this place and this kind of thing: one question, one answer (E1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from liren.base.humanise import say_limit
from liren.matters.kinds import kind_name
from liren.matters.models import Category
from liren.organisation.models import Duty, Term
from liren.organisation.queries import Holder, holders_up, holding
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level
from liren.territory.models import Place

FOUND_MAX = 20


@dataclass(frozen=True, slots=True)
class Answering:
    """One post of the answer, nearest first."""

    title: str
    names: str
    covering: bool
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a place and a kind, in which order, within what time."""

    place: Place
    kind: str
    line: tuple[Answering, ...]
    accept: str
    handle: str
    authority: str


def found_places(community: str, words: str) -> list[Place]:
    """Return the places a few words may mean, without households; nothing for no words."""
    text = words.strip()
    if not text:
        return []
    levels = [Level.COMMUNITY, Level.GRID, Level.BUILDING, Level.UNIT]
    whole = list(territory.find(community, text, levels)[:FOUND_MAX])
    if whole or " " not in text:
        return whole
    # "1号楼 2单元": every word must fit.
    rows = territory.below(community).filter(level__in=levels)
    for part in text.split()[:4]:
        rows = rows.filter(full_name__icontains=part)
    return list(rows[:FOUND_MAX])


def answer(place: Place, category: Category | None) -> Answer:
    """Return who answers: the line of the kind (the three leaders' without one), from its level.

    Three statements. Names are those of posts' holders, as on the cards at the entrances; no
    private number is here, needs reach them through the platform.
    """
    holders = holders_up(
        category.line_id if category else "three_leaders",
        place.code,
        from_level=category.start_level if category else "",
    )
    names = _names(holders)
    duties = duties_by_type(place.code[:COMMUNITY_LENGTH], [h.type for h in holders])
    return Answer(
        place=place,
        kind=kind_name(category) if category else "",
        line=tuple(
            Answering(
                title=holder.title,
                names="、".join(names[s.term] for s in holder.seats if s.term in names),
                covering=holder.covering,
                duties=tuple(duties.get(holder.type, ())),
            )
            for holder in holders
        ),
        accept=say_limit(category.accept_within, category.accept_unit) if category else "",
        handle=say_limit(category.handle_within, category.handle_unit) if category else "",
        authority=category.authority if category else "",
    )


def _names(holders: Sequence[Holder]) -> dict[object, str]:
    terms = [seat.term for holder in holders for seat in holder.seats]
    return dict(Term.objects.filter(pk__in=terms).values_list("pk", "person__name"))


def duties_by_type(community: str, types: Sequence[str]) -> dict[str, list[Duty]]:
    """Return the duties in force of several kinds of post. One statement."""
    rows = Duty.objects.filter(holding(), type__in=set(types), community__in=("", community))
    found: dict[str, list[Duty]] = {}
    for row in sorted(rows, key=lambda row: row.order):
        found.setdefault(row.type_id, []).append(row)
    return {
        kind: [row for row in listed if row.community] or listed for kind, listed in found.items()
    }
