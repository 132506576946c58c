"""No broken layer, no broken line: which places have nobody responsible. Reads only.

Coverage is about places and places of work, never about persons (A2, A3): each place of a level
that a line's step asks for either has somebody, or is a gap with a next step. One statement reads
any scope, from a unit to a city; the database computes it, nothing is kept beside it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import require
from liren.base import clock
from liren.territory.codes import LENGTHS, prefixes
from liren.territory.enums import Level

from .enums import Standing, WorkplaceKind
from .models import Line

GAPS = (Standing.AWAY, Standing.EXPIRED, Standing.VACANT, Standing.NO_POST)
PAGE = 100

# state: each post of the communities concerned, who holds it, who is there; covered: posts whose
# holder is away and whose cover is there; per: what each place has of each type; standing: the
# verdict. A cover or stand-in may sit outside the scope, never outside the community.
_RUNS = "{0}.starts <= %(today)s AND ({0}.ends IS NULL OR {0}.ends >= %(today)s)"
_STANDING = f"""
WITH step AS MATERIALIZED (
  SELECT "order", level, type_id, everywhere FROM organisation_linestep
   WHERE line_id = %(line)s AND starts <= %(today)s AND (ends IS NULL OR ends >= %(today)s)
),
gone AS MATERIALIZED (
  SELECT a.term_id, a.cover_id FROM organisation_absence a
   WHERE a.starts <= %(today)s AND a.ends >= %(today)s
),
state AS MATERIALIZED (
  SELECT p.id AS post_id, p.place_code, p.type_id,
         coalesce(bool_or({_RUNS.format("t")}), false) AS held,
         coalesce(bool_or({_RUNS.format("t")} AND g.term_id IS NULL), false) AS present,
         max(t.ends) FILTER (WHERE t.ends < %(today)s) AS ended
    FROM organisation_post p
    LEFT JOIN organisation_term t ON t.post_id = p.id
    LEFT JOIN gone g ON g.term_id = t.id
   WHERE (p.closed_on IS NULL OR p.closed_on > %(today)s)
     AND (p.place_code >= %(near_low)s AND p.place_code < %(near_high)s
          OR p.place_code = ANY(%(above)s))
   GROUP BY p.id
),
covered AS MATERIALIZED (
  SELECT DISTINCT t.post_id FROM gone g
    JOIN organisation_term t ON t.id = g.term_id AND {_RUNS.format("t")}
    JOIN state c ON c.post_id = g.cover_id AND c.present
),
per AS MATERIALIZED (
  SELECT s.place_code, s.type_id, bool_or(s.present OR k.post_id IS NOT NULL) AS answered,
         count(*) FILTER (WHERE s.held) AS held, max(s.ended) AS ended
    FROM state s LEFT JOIN covered k ON k.post_id = s.post_id
   GROUP BY s.place_code, s.type_id
),
arranged AS MATERIALIZED (
  SELECT a.id, a.place_id, a.type_id, a.kind, a.until,
         coalesce(s.present OR k.post_id IS NOT NULL, false) AS answered
    FROM organisation_arrangement a
    LEFT JOIN state s ON s.post_id = a.post_id
    LEFT JOIN covered k ON k.post_id = a.post_id
   WHERE a.place_code >= %(low)s AND a.place_code < %(high)s
),
-- Households are many and hardly ever asked for: the index of levels leaves them out.
spot AS (
  SELECT pl.id, pl.code, s."order", s.type_id
    FROM step s JOIN territory_place pl ON pl.level = s.level
   WHERE s.everywhere AND pl.level <> 'household' AND pl.closed_on IS NULL
     AND pl.code >= %(low)s AND pl.code < %(high)s
  UNION ALL
  SELECT pl.id, pl.code, s."order", s.type_id
    FROM step s JOIN territory_place pl ON pl.level = s.level
   WHERE s.everywhere AND s.level = 'household' AND pl.closed_on IS NULL
     AND pl.code >= %(low)s AND pl.code < %(high)s
),
standing AS (
  SELECT sp.id, sp.code, sp."order", sp.type_id, per.held, per.ended, arr.until,
         arr.id AS arrangement,
         CASE WHEN per.answered THEN 'held'
              WHEN arr.kind = 'not_needed' AND (arr.until IS NULL OR arr.until >= %(today)s)
                THEN 'not_needed'
              WHEN arr.kind = 'stand_in' AND arr.until >= %(today)s AND arr.answered
                THEN 'stand_in'
              WHEN per.held > 0 THEN 'away'
              WHEN per.ended IS NOT NULL THEN 'expired'
              WHEN per.place_code IS NOT NULL THEN 'vacant'
              ELSE 'no_post' END AS standing
    FROM spot sp
    LEFT JOIN per ON per.place_code = sp.code AND per.type_id = sp.type_id
    LEFT JOIN arranged arr ON arr.place_id = sp.id AND arr.type_id = sp.type_id
)
"""  # noqa: S608 -- all parts are constants of this file
_COUNTS = (
    _STANDING  # noqa: S608 -- both parts are constants of this file
    + """
SELECT c.*, coalesce((SELECT coalesce(nullif(b.full_name, ''), b.name) FROM territory_place b
                       WHERE b.code = c.branch AND b.closed_on IS NULL LIMIT 1), '')
  FROM (SELECT left(code, %(branch)s) AS branch, "order", standing, count(*)
          FROM standing GROUP BY 1, 2, 3) c
"""
)
# The nearest post of the line above that somebody answers for: where needs of the gap go now.
_LIST = (
    _STANDING  # noqa: S608 -- both parts are constants of this file
    + f"""
, page AS MATERIALIZED (
  SELECT * FROM standing WHERE standing = ANY(%(standings)s)
     AND (%(order)s::int IS NULL OR "order" = %(order)s)
     AND (code, "order") > (%(after)s, %(after_order)s)
   ORDER BY code, "order" LIMIT %(limit)s
)
SELECT page.id, page.code, coalesce(nullif(pl.full_name, ''), pl.name), pl.level, page."order",
       page.type_id, page.standing, page.ended, page.until, page.arrangement, up.id, up.title
  FROM page
  JOIN territory_place pl ON pl.id = page.id
  LEFT JOIN LATERAL (
    SELECT p.id, p.title FROM organisation_post p
      JOIN step s ON s.type_id = p.type_id
     WHERE p.place_code = ANY(ARRAY(SELECT left(page.code, n) FROM unnest(%(lengths)s::int[]) AS n
                                 WHERE n <= length(page.code)))
       AND s."order" >= page."order"
       AND (p.closed_on IS NULL OR p.closed_on > %(today)s)
       AND EXISTS (
         SELECT FROM organisation_term t
           LEFT JOIN gone g ON g.term_id = t.id
          WHERE t.post_id = p.id AND {_RUNS.format("t")}
            AND (g.term_id IS NULL OR EXISTS (SELECT FROM covered k WHERE k.post_id = p.id)))
     ORDER BY s."order", p.id LIMIT 1
  ) up ON true
 ORDER BY page.code, page."order"
"""
)
# What is doubled, and (only for who may give posts) who carries too much: one statement for both.
_STRAINS = (
    _STANDING  # noqa: S608 -- both parts are constants of this file
    + f"""
, overlap AS (
  SELECT s.code, s.id, s.type_id, array_agg(p.title ORDER BY p.id) AS titles
    FROM standing s
    JOIN state q ON q.place_code = s.code AND q.type_id = s.type_id AND q.held
    JOIN organisation_post p ON p.id = q.post_id
   WHERE s.held > 1
   GROUP BY 1, 2, 3 ORDER BY 1 LIMIT %(limit)s
),
burden AS (
  SELECT t.person_id, array_agg(p.title ORDER BY p.place_code) AS titles
    FROM organisation_term t
    JOIN organisation_post p ON p.id = t.post_id
   WHERE %(burdened)s AND {_RUNS.format("t")} AND p.type_id IN (SELECT type_id FROM step)
     AND (p.closed_on IS NULL OR p.closed_on > %(today)s)
     AND p.place_code >= %(low)s AND p.place_code < %(high)s
   GROUP BY 1 HAVING count(*) > %(most)s ORDER BY 2 LIMIT %(limit)s
)
SELECT o.code, coalesce(nullif(pl.full_name, ''), pl.name), o.type_id, o.titles, NULL::uuid
  FROM overlap o JOIN territory_place pl ON pl.id = o.id
UNION ALL
SELECT '', e.name, '', b.titles, b.person_id
  FROM burden b JOIN people_person e ON e.id = b.person_id
"""
)
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
        # The posts above the scope: a need that finds nobody below climbs to them.
        "above": prefixes(code),
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
    return [Count(row[0], row[1], Standing(row[2]), row[3], row[4]) for row in rows]


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
    named = _named(
        line,
        code,
        today,
        standings=[str(s) for s in standings],
        order=order,
        after=after[0],
        after_order=after[1],
        limit=limit,
    )
    return [
        Gap(
            *(place, at, name, level, step, kind),
            standing=Standing(standing),
            ended=ended,
            until=until,
            arrangement=arrangement,
            up=up,
            up_title=title or "",
        )
        for place, at, name, level, step, kind, standing, ended, until, arrangement, up, title in (
            _rows(_LIST, named)
        )
    ]


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
