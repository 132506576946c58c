"""No broken layer, no broken line: which places have nobody responsible. Reads only.

Coverage is about places and places of work, never about persons (A2, A3): each place of a level
that a line's step asks for either has somebody, or is a gap with a next step. One statement reads
any scope, from a unit to a city; the database computes it, nothing is kept beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import require
from liren.base import clock
from liren.territory.codes import LENGTHS, community_of, prefixes
from liren.territory.enums import Level

from .enums import Standing, WorkplaceKind
from .models import Line

GAPS = (Standing.AWAY, Standing.EXPIRED, Standing.VACANT, Standing.NO_POST)
PAGE = 100

# lost: terms whose holder is away while nobody covers; per: what each place has at each step;
# spot: the places a step asks for; standing: the verdict. A cover or stand-in may sit outside the
# scope, never outside the community.
_RUNS = "{0}.starts <= %(today)s AND ({0}.ends IS NULL OR {0}.ends >= %(today)s)"
_OPEN = "({0}.closed_on IS NULL OR {0}.closed_on > %(today)s)"
_RUN, _POST = _RUNS.format("t"), _OPEN.format("p")
_ANSWERED = f"EXISTS (SELECT FROM organisation_term t WHERE t.post_id = p.id AND {_RUN}"
_ANSWERED += " AND t.id NOT IN (SELECT term_id FROM lost))"
_LINE = f"""
WITH step AS MATERIALIZED (
  SELECT s."order", s.level, s.type_id, s.everywhere FROM organisation_linestep s
   WHERE s.line_id = %(line)s AND {_RUNS.format("s")}
),
lost AS MATERIALIZED (
  SELECT a.term_id FROM organisation_absence a
   WHERE a.starts <= %(today)s AND a.ends >= %(today)s
     AND (a.community >= %(near_low)s AND a.community < %(near_high)s
          OR a.community = ANY(%(offices)s))
     AND NOT EXISTS (
       SELECT FROM organisation_post p JOIN organisation_term t ON t.post_id = p.id AND {_RUN}
        WHERE p.id = a.cover_id AND {_POST}
          AND NOT EXISTS (SELECT FROM organisation_absence x WHERE x.term_id = t.id
                             AND x.starts <= %(today)s AND x.ends >= %(today)s))
),
-- No household must have a holder (a home is nobody's post): the index of levels leaves them out.
spot AS (
  SELECT pl.id, pl.code, s."order", s.type_id
    FROM step s JOIN territory_place pl ON pl.level = s.level
   WHERE s.everywhere AND pl.level <> 'household' AND pl.closed_on IS NULL
     AND pl.code >= %(low)s AND pl.code < %(high)s
)
"""  # noqa: S608 -- all parts are constants of this file
_STANDING = f"""{_LINE}
, per AS (
  SELECT p.place_code, s."order", bool_or({_RUN}) AS held, max(t.ends) AS ended,
         bool_or({_RUN} AND t.id NOT IN (SELECT term_id FROM lost)) AS answered
    FROM organisation_post p
    JOIN step s ON s.type_id = p.type_id
    LEFT JOIN organisation_term t ON t.post_id = p.id AND t.starts <= %(today)s
   WHERE p.place_code >= %(low)s AND p.place_code < %(high)s AND {_POST}
   GROUP BY p.place_code, s."order"
),
arranged AS (
  SELECT a.id, a.place_id, a.type_id, a.kind, a.until,
         EXISTS (SELECT FROM organisation_post p WHERE p.id = a.post_id AND {_POST}
                    AND {_ANSWERED}) AS answered
    FROM organisation_arrangement a
   WHERE a.place_code >= %(low)s AND a.place_code < %(high)s
),
standing AS (
  SELECT sp.id, sp.code, sp."order", sp.type_id, arr.until, arr.id AS arrangement,
         CASE WHEN per.ended < %(today)s THEN per.ended END AS ended,
         CASE WHEN per.answered THEN 'held'
              WHEN arr.kind = 'not_needed' AND (arr.until IS NULL OR arr.until >= %(today)s)
                THEN 'not_needed'
              WHEN arr.kind = 'stand_in' AND arr.until >= %(today)s AND arr.answered
                THEN 'stand_in'
              WHEN per.held THEN 'away'
              WHEN per.ended IS NOT NULL THEN 'expired'
              WHEN per.place_code IS NOT NULL THEN 'vacant'
              ELSE 'no_post' END AS standing
    FROM spot sp
    LEFT JOIN per ON per.place_code = sp.code AND per."order" = sp."order"
    LEFT JOIN arranged arr ON arr.place_id = sp.id AND arr.type_id = sp.type_id
)
"""  # noqa: S608 -- all parts are constants of this file
_COUNTED = """
SELECT NULL::uuid, c.branch,
       coalesce((SELECT coalesce(nullif(b.full_name, ''), b.name) FROM territory_place b
                  WHERE b.code = c.branch AND b.closed_on IS NULL LIMIT 1), ''),
       '', c."order", '', c.standing, NULL::date, NULL::date, NULL::uuid, NULL::uuid,
       c.places::text
  FROM (SELECT left(code, %(branch)s) AS branch, "order", standing, count(*) AS places
          FROM standing GROUP BY 1, 2, 3) c
"""
# The nearest post of the line above that somebody answers for: where needs of the gap go now.
_LISTED = f"""
SELECT page.id, page.code, coalesce(nullif(pl.full_name, ''), pl.name), pl.level, page."order",
       page.type_id, page.standing, page.ended, page.until, page.arrangement, up.id, up.title
  FROM (
    SELECT * FROM standing WHERE standing = ANY(%(standings)s)
       AND (%(order)s::int IS NULL OR "order" = %(order)s)
       AND (code, "order") > (%(after)s, %(after_order)s)
     ORDER BY code, "order" LIMIT %(limit)s
  ) page
  JOIN territory_place pl ON pl.id = page.id
  LEFT JOIN LATERAL (
    SELECT p.id, p.title FROM organisation_post p
      JOIN step s ON s.type_id = p.type_id
     WHERE p.place_code = ANY(ARRAY(SELECT left(page.code, n) FROM unnest(%(lengths)s::int[]) AS n
                                 WHERE n <= length(page.code)))
       AND s."order" >= page."order" AND {_POST} AND {_ANSWERED}
     ORDER BY s."order", p.id LIMIT 1
  ) up ON true
"""  # noqa: S608 -- all parts are constants of this file
_COUNTS = _STANDING + _COUNTED
_LIST = f"{_STANDING} {_LISTED} ORDER BY 2, 5"
_SURVEY = f"{_STANDING} {_COUNTED} UNION ALL {_LISTED} ORDER BY 2, 5"
# What is doubled, and (only for who may give posts) who carries too much: one statement for both.
_STRAINS = f"""{_LINE}
, held AS MATERIALIZED (
  SELECT p.id, p.place_code, p.title, s."order", t.person_id
    FROM organisation_term t
    JOIN organisation_post p ON p.id = t.post_id
    JOIN step s ON s.type_id = p.type_id
   WHERE {_RUN} AND {_POST} AND p.place_code >= %(low)s AND p.place_code < %(high)s
),
doubled AS (
  SELECT place_code, "order", array_agg(DISTINCT title) AS titles FROM held
   GROUP BY 1, 2 HAVING count(DISTINCT id) > 1 ORDER BY 1 LIMIT %(limit)s
),
burden AS (
  SELECT person_id, array_agg(title ORDER BY place_code) AS titles FROM held
   WHERE %(burdened)s GROUP BY 1 HAVING count(*) > %(most)s ORDER BY 2 LIMIT %(limit)s
)
SELECT sp.code, coalesce(nullif(pl.full_name, ''), pl.name), sp.type_id, d.titles, NULL::uuid
  FROM doubled d
  -- A community has several workers and offices: only below it do two of a kind collide.
  JOIN spot sp ON sp.code = d.place_code AND sp."order" = d."order" AND length(sp.code) > 12
  JOIN territory_place pl ON pl.id = sp.id
UNION ALL
SELECT '', e.name, '', b.titles, b.person_id
  FROM burden b JOIN people_person e ON e.id = b.person_id
"""  # noqa: S608 -- all parts are constants of this file
_WORKPLACES = """
WITH found AS (
  SELECT w.id, w.place_code, w.name, w.kind, pl.full_name, w.address_note, w.contact, p.title,
         p.id IS NOT NULL AND EXISTS (
           SELECT FROM organisation_term t WHERE t.post_id = p.id AND t.starts <= %(today)s
              AND (t.ends IS NULL OR t.ends >= %(today)s)) AS answered
    FROM organisation_workplace w
    JOIN territory_place pl ON pl.id = w.place_id
    LEFT JOIN organisation_post p ON p.id = w.post_id
     AND (p.closed_on IS NULL OR p.closed_on > %(today)s)
   WHERE w.place_code >= %(low)s AND w.place_code < %(high)s AND w.closed_on IS NULL
)
"""
_WORKPLACES_LISTED = (
    _WORKPLACES
    + """
SELECT id, place_code, name, kind, full_name, address_note, contact, title, answered FROM found
 WHERE (NOT %(gaps)s OR NOT answered) AND (%(kind)s = '' OR kind = %(kind)s)
   AND (place_code, id) > (%(after)s, %(after_id)s::uuid)
 ORDER BY place_code, id LIMIT %(limit)s
"""
)
_WORKPLACES_COUNTED = (
    _WORKPLACES  # noqa: S608 -- both parts are constants of this file
    + "SELECT count(*), count(*) FILTER (WHERE NOT answered) FROM found"
)
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Count:
    """How the places of one step stand, below one branch of the tree."""

    branch: str
    order: int
    standing: Standing
    places: int
    name: str  # the branch's


@dataclass(frozen=True, slots=True)
class Gap:
    """A place without somebody of its own, and where its needs go meanwhile.

    ``up`` is the nearest post of the line that somebody answers for; None only where nobody
    answers on the whole line.
    """

    place: UUID
    code: str
    name: str
    level: str
    order: int
    type: str
    standing: Standing
    ended: date | None
    until: date | None
    arrangement: UUID | None
    up: UUID | None
    up_title: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two or more posts of one type, all held, that claim the same place."""

    code: str
    name: str
    type: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Burden:
    """Somebody who holds more posts of a line than it finds bearable: help is due, not blame."""

    person: UUID
    name: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workplace:
    """A place of work on the register, and the post responsible for it.

    Without one that somebody holds (``answered``) it falls to whoever answers for its place.
    """

    id: UUID
    code: str
    name: str
    kind: WorkplaceKind
    place: str
    address_note: str
    contact: str
    title: str
    answered: bool


def _named(line: Line, code: str, today: date | None, **more: Any) -> dict[str, Any]:
    low, high = code_range(code)
    near_low, near_high = code_range(code[: LENGTHS[Level.COMMUNITY]])
    return {
        "line": line.pk,
        "today": today or clock.today(),
        "near_low": near_low,
        "near_high": near_high,
        "low": low,
        "high": high,
        # Where the posts above the scope are kept: a need that finds nobody below climbs to them.
        "offices": [community_of(one) for one in prefixes(code)],
        "lengths": list(LENGTHS.values()),
        "limit": PAGE,
        **more,
    }


def _rows(statement: str, named: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, named)
        return list(cursor.fetchall())


def counts(
    *, by: Actor, line: Line, code: str, branch: int = 0, today: date | None = None
) -> list[Count]:
    """Return how many places stand how, by step, for each branch of ``branch`` digits (0: one).

    Raises ``NotAllowed`` for a scope the actor does not look after. One statement.
    """
    require(by, Permission.MATTER_VIEW, code)
    rows = _rows(_COUNTS, _named(line, code, today, branch=branch or len(code)))
    return [_count(row) for row in rows]


def counts_of(
    *, by: Actor, lines: Sequence[Line], code: str, branch: int = 0, today: date | None = None
) -> list[list[Count]]:
    """Return what ``counts`` does for several lines at once. One statement for all of them."""
    require(by, Permission.MATTER_VIEW, code)
    if not lines:
        return []
    named = _named(lines[0], code, today, branch=branch or len(code))
    parts = []
    for number, line in enumerate(lines):
        named[f"line{number}"] = line.pk
        one = _COUNTS.replace("%(line)s", f"%(line{number})s")
        parts.append(f"SELECT {number}, one.* FROM ({one}) one")  # noqa: S608 -- constants of this file and a number
    found: list[list[Count]] = [[] for _line in lines]
    for number, *row in _rows(" UNION ALL ".join(parts), named):
        found[number].append(_count(tuple(row)))
    return found


def gaps(
    *,
    by: Actor,
    line: Line,
    code: str,
    order: int | None = None,
    standings: tuple[Standing, ...] = GAPS,
    after: tuple[str, int] = ("", -1),
    limit: int = PAGE,
    today: date | None = None,
) -> list[Gap]:
    """Return the places that stand so, by code, from ``after`` on: the work list.

    Raises ``NotAllowed`` for a scope the actor does not look after. One statement.
    """
    require(by, Permission.MATTER_VIEW, code)
    wanted = _wanted(order, standings, after, limit)
    return [_gap(row) for row in _rows(_LIST, _named(line, code, today, **wanted))]


def survey(
    *,
    by: Actor,
    line: Line,
    code: str,
    branch: int = 0,
    order: int | None = None,
    after: tuple[str, int] = ("", -1),
    limit: int = PAGE,
    today: date | None = None,
) -> tuple[list[Count], list[Gap]]:
    """Return ``counts`` and ``gaps`` of a scope, read once. One statement."""
    require(by, Permission.MATTER_VIEW, code)
    wanted = _wanted(order, GAPS, after, limit)
    rows = _rows(_SURVEY, _named(line, code, today, branch=branch or len(code), **wanted))
    return [_count(r) for r in rows if r[0] is None], [_gap(r) for r in rows if r[0] is not None]


def _wanted(
    order: int | None, standings: tuple[Standing, ...], after: tuple[str, int], limit: int
) -> dict[str, Any]:
    return {
        "standings": [str(one) for one in standings],
        "order": order,
        "after": after[0],
        "after_order": after[1],
        "limit": limit,
    }


def _count(row: tuple[Any, ...]) -> Count:
    return Count(row[1], row[4], Standing(row[6]), int(row[11]), row[2])


def _gap(row: tuple[Any, ...]) -> Gap:
    place, at, name, level, order, kind, standing, ended, until, arrangement, up, title = row
    return Gap(
        *(place, at, name, level, order, kind),
        standing=Standing(standing),
        ended=ended,
        until=until,
        arrangement=arrangement,
        up=up,
        up_title=title or "",
    )


def strains(
    *, by: Actor, line: Line, code: str, today: date | None = None
) -> tuple[list[Overlap], list[Burden]]:
    """Return the places two held posts of one type claim, and who holds too many posts.

    Who holds more than ``line.most_posts`` is told only to who may give posts there, in the order
    of their places. Raises ``NotAllowed`` for a scope the actor does not look after. One statement.
    """
    require(by, Permission.MATTER_VIEW, code)
    named = _named(
        line, code, today, most=line.most_posts, burdened=by.may(Permission.POST_EDIT, code)
    )
    overlaps, burdened = [], []
    for at, name, kind, titles, person in _rows(_STRAINS, named):
        if person is None:
            overlaps.append(Overlap(at, name, kind, tuple(titles)))
        else:
            burdened.append(Burden(person, name, tuple(titles)))
    return overlaps, burdened


def workplaces(
    *,
    by: Actor,
    code: str,
    only_gaps: bool = False,
    kind: str = "",
    after: tuple[str, UUID] = ("", NOBODY),
    limit: int = PAGE,
    today: date | None = None,
) -> list[Workplace]:
    """Return the places of work at and below a code, by code, from ``after`` on (两企三新).

    Raises ``NotAllowed`` for a scope the actor does not look after. One statement.
    """
    require(by, Permission.MATTER_VIEW, code)
    low, high = code_range(code)
    named = {
        "low": low,
        "high": high,
        "today": today or clock.today(),
        "gaps": only_gaps,
        "kind": kind,
        "after": after[0],
        "after_id": str(after[1]),
        "limit": limit,
    }
    return [
        Workplace(
            *(pk, at, name),
            kind=WorkplaceKind(what),
            place=place,
            address_note=note,
            contact=contact,
            title=title or "",
            answered=answered,
        )
        for pk, at, name, what, place, note, contact, title, answered in _rows(
            _WORKPLACES_LISTED, named
        )
    ]


def workplaces_counted(*, by: Actor, code: str, today: date | None = None) -> tuple[int, int]:
    """Return how many places of work there are, and how many with nobody responsible."""
    require(by, Permission.MATTER_VIEW, code)
    low, high = code_range(code)
    row = _rows(_WORKPLACES_COUNTED, {"low": low, "high": high, "today": today or clock.today()})[0]
    return row[0], row[1]
