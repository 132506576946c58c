"""Who is responsible, and what their posts allow. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from liren.access.actor import Actor, Grant, Kind, Permission
from liren.base import clock
from liren.base.rows import prepared
from liren.territory.codes import LENGTHS, community_of, prefixes
from liren.territory.enums import Level

from .models import Absence, Duty, Line, LineStep, Post, PostType, Term


@dataclass(frozen=True, slots=True)
class Holder:
    """A post that answers for a place today, and who sits on it.

    ``post`` answers; ``asked`` is the post the line named first (another one when ``post`` covers
    for it). ``person`` is who holds ``post`` now.
    """

    post: UUID
    title: str
    place_code: str
    level: str
    type: str
    person: UUID
    term: UUID
    asked: UUID
    # Others who sit on the same post, where it has several seats.
    others: "tuple[Seat, ...]" = ()

    @property
    def seats(self) -> "tuple[Seat, ...]":
        """Everybody who sits on the post and answers."""
        return (Seat(self.post, self.person, self.term), *self.others)

    @property
    def covering(self) -> bool:
        """Tell whether this post answers for another one whose holder is away."""
        return self.post != self.asked


# One statement: the steps of the line from ``start`` upward, the posts at the prefixes of the
# code, their holders today, and the cover's holder where the first is away. Where nobody answers
# at a place, whoever was arranged to stand in there does.
_HOLDERS = """
WITH today AS (SELECT %(today)s::date AS d),
steps AS (
  SELECT s."order", s.type_id, s.level FROM organisation_linestep s
   WHERE s.line_id = (
     SELECT id FROM organisation_line
      WHERE code = coalesce(%(line_code)s, (SELECT code FROM organisation_line
                                             WHERE id = %(line)s::uuid))
        AND community IN ('', %(community)s)
      ORDER BY community DESC LIMIT 1)
     AND s.starts <= (SELECT d FROM today) AND (s.ends IS NULL OR s.ends >= (SELECT d FROM today))
),
named AS (
  SELECT s."order", p.id AS asked, p.place_code, false AS stands_in
    FROM steps s
    JOIN organisation_post p ON p.type_id = s.type_id AND p.place_code = ANY(%(codes)s)
     AND (p.closed_on IS NULL OR p.closed_on > (SELECT d FROM today))
  UNION ALL
  SELECT s."order", p.id, r.place_code, true
    FROM steps s
    JOIN organisation_arrangement r ON r.type_id = s.type_id AND r.place_code = ANY(%(codes)s)
     AND r.until >= (SELECT d FROM today)
    JOIN organisation_post p ON p.id = r.post_id AND length(p.place_code) < %(below)s
     AND (p.closed_on IS NULL OR p.closed_on > (SELECT d FROM today))
),
seat AS (
  SELECT n."order", n.asked, n.place_code, n.stands_in, t.id AS term, t.person_id,
         (SELECT a.cover_id FROM organisation_absence a, today
           WHERE a.term_id = t.id AND today.d BETWEEN a.starts AND a.ends
           ORDER BY a.cover_id IS NULL LIMIT 1) AS cover,
         EXISTS (SELECT FROM organisation_absence a, today
                  WHERE a.term_id = t.id AND today.d BETWEEN a.starts AND a.ends) AS away
    FROM named n
    JOIN organisation_term t ON t.post_id = n.asked, today
   WHERE t.starts <= today.d AND (t.ends IS NULL OR t.ends >= today.d)
),
answering AS (
  SELECT "order", place_code AS at, stands_in, asked, asked AS post, person_id, term
    FROM seat WHERE NOT away
  UNION ALL
  SELECT s."order", s.place_code, s.stands_in, s.asked, c.id, t.person_id, t.id
    FROM seat s JOIN organisation_post c ON c.id = s.cover
     AND (c.closed_on IS NULL OR c.closed_on > (SELECT d FROM today))
    JOIN organisation_term t ON t.post_id = c.id, today
   WHERE s.away AND t.starts <= today.d AND (t.ends IS NULL OR t.ends >= today.d)
     AND NOT EXISTS (SELECT FROM organisation_absence a
                      WHERE a.term_id = t.id AND today.d BETWEEN a.starts AND a.ends)
)
SELECT a.post, p.title, p.place_code, pl.level, p.type_id, a.person_id, a.term, a.asked
  FROM answering a
  JOIN organisation_post p ON p.id = a.post
  JOIN territory_place pl ON pl.id = p.place_id
 WHERE NOT a.stands_in OR NOT EXISTS (
   SELECT FROM answering b WHERE NOT b.stands_in AND b."order" = a."order" AND b.at = a.at)
 ORDER BY a."order", length(p.place_code) DESC, a.asked <> a.post, p.id, a.person_id
"""


def holders_up(
    line: UUID | str,
    place_code: str,
    *,
    skip_persons: Iterable[UUID] = (),
    skip_posts: Iterable[UUID] = (),
    above: str = "",
    from_level: str = "",
    today: date | None = None,
) -> list[Holder]:
    """Return who answers for a place on a line, nearest first, one a post.

    Vacant posts and absent holders are passed over (their cover stands in when there is one, and
    whoever was arranged to stand in where nobody is), so the first of the list is where a need
    goes and the second is where it is passed up to.
    ``line`` is a line's identity, or its code: then the community's own line of that code, or the
    shipped one.
    ``skip_persons`` and ``skip_posts`` never appear, also not as cover (G7). ``above`` keeps only
    posts at places strictly above that code; ``from_level`` starts the line at a level.
    """
    codes = prefixes(place_code)
    if above:
        codes = [c for c in codes if len(c) < len(above)]
    if from_level:
        codes = [c for c in codes if len(c) <= LENGTHS[Level(from_level)]]
    named = {
        "today": today or clock.today(),
        "line": None if isinstance(line, str) else line,
        "line_code": line if isinstance(line, str) else None,
        "community": community_of(place_code),
        "codes": codes,
        # Nor does a stand-in sit at or below the place (G7).
        "below": len(above) or LENGTHS[Level.HOUSEHOLD] + 1,
    }
    with prepared() as cursor:
        cursor.execute(_HOLDERS, named)
        rows = [Holder(*row) for row in cursor.fetchall()]
    gone_persons, gone_posts = set(skip_persons), set(skip_posts)
    found: dict[UUID, Holder] = {}
    for holder in rows:
        if holder.person in gone_persons:
            continue
        if holder.post in gone_posts or holder.asked in gone_posts:
            continue
        first = found.get(holder.post)
        if first is None:
            found[holder.post] = holder
        elif all(holder.person != seat.person for seat in first.seats):
            found[holder.post] = replace(first, others=(*first.others, *holder.seats))
    return list(found.values())


def holding(today: date | None = None) -> Q:
    """Return the condition "this term, or this step of a line, runs today"."""
    day = today or clock.today()
    return Q(starts__lte=day) & (Q(ends__isnull=True) | Q(ends__gte=day))


def terms_of(person: UUID) -> "QuerySet[Term]":
    """Return the running terms of a person with post and type."""
    return (
        Term.objects.filter(holding(), person=person, post__closed_on__isnull=True)
        .select_related("post__type", "post__organisation")
        .order_by("post__place_code")
    )


def persons_of(posts: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return who holds each of the posts today."""
    found: dict[UUID, list[UUID]] = {}
    listed = list(posts)
    if not listed:
        return found
    rows = Term.objects.filter(holding(), post__in=listed).values_list("post", "person")
    for post, person in rows:
        found.setdefault(post, []).append(person)
    return found


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits on a post today, by which term."""

    post: UUID
    person: UUID
    term: UUID


def seats_of(posts: Iterable[UUID]) -> list[Seat]:
    """Return the taken seats of the posts today, in the order of the terms."""
    rows = Term.objects.filter(holding(), post__in=list(posts)).order_by("pk")
    return [Seat(*row) for row in rows.values_list("post", "person", "pk")]


def unanswered(posts: Iterable[UUID]) -> set[UUID]:
    """Return those of the posts nobody answers for today: vacant or closed, or the holder away
    without a cover who is there. Three statements, however many posts.
    """
    day = clock.today()
    asked = set(posts)
    terms = Term.objects.filter(holding(day), post__closed_on__isnull=True)
    away = Absence.objects.filter(starts__lte=day, ends__gte=day)
    there = set(
        terms.filter(post__in=asked)
        .exclude(pk__in=away.values("term"))
        .values_list("post", flat=True)
    )
    covers = dict(
        away.filter(term__in=terms.filter(post__in=asked - there), cover__isnull=False).values_list(
            "term__post", "cover"
        )
    )
    standing_in = set(
        terms.filter(post__in=covers.values())
        .exclude(pk__in=away.values("term"))
        .values_list("post", flat=True)
    )
    there |= {post for post, cover in covers.items() if cover in standing_in}
    return asked - there


def can_stand_in(kind: PostType, other: PostType) -> bool:
    """Tell whether a post of one kind can answer for another.

    A need that went to a post which may not handle it would wait for nobody.
    """
    handle = str(Permission.MATTER_HANDLE)
    return handle not in kind.permissions or handle in other.permissions


def standing_in(kind: PostType) -> Q:
    """Return the condition "this post can stand in for one of the kind"."""
    handle = str(Permission.MATTER_HANDLE)
    return Q(type__permissions__contains=[handle] if handle in kind.permissions else [])


def cover_choices(term: Term) -> "QuerySet[Post]":
    """Return the held posts that could cover: siblings and the posts above, in the community."""
    code = term.post.place_code
    above = [c for c in prefixes(code) if len(c) >= LENGTHS[Level.COMMUNITY]]
    parent = above[1] if len(above) > 1 else code
    return (
        Post.objects.filter(
            standing_in(term.post.type),
            Q(place_code__in=above) | Q(place_code__gte=parent, place_code__lt=parent + ":"),
            community=term.community,
            closed_on__isnull=True,
            type__in=LineStep.objects.filter(holding()).values("type"),
            pk__in=Term.objects.filter(holding(), community=term.community).values("post"),
        )
        .exclude(pk=term.post_id)
        .order_by("-place_code")[:40]
    )


def grants_of(terms: Sequence[Term], covered: Iterable[Post] = ()) -> tuple[Grant, ...]:
    """Return what running terms allow, and what posts covered for absent holders add."""
    found = [
        Grant(permission, term.post.place_code, term.post_id, term.ends)
        for term in terms
        for permission in term.post.type.permissions
    ]
    found += [
        Grant(permission, post.place_code, post.pk)
        for post in covered
        for permission in post.type.permissions
    ]
    return tuple(found)


def actor_for(person: UUID, *, name: str = "", home: str = "") -> Actor:
    """Return the actor a person is today: posts held now and posts covered now.

    Computed for each request, so whoever's term ended yesterday has lost their grants today,
    in an open session too. Costs two statements.
    """
    terms = list(terms_of(person))
    held = [term.post_id for term in terms]
    day = clock.today()
    covered: list[Post] = []
    if held:
        covered = list(
            Post.objects.filter(
                pk__in=Absence.objects.filter(
                    cover__in=held,
                    starts__lte=day,
                    ends__gte=day,
                    term__in=Term.objects.filter(holding(day)),
                ).values("term__post")
            ).select_related("type")
        )
    return Actor(
        kind=Kind.PERSON,
        name=f"person:{person}",
        person=person,
        home=home,
        posts=frozenset(held) | {post.pk for post in covered},
        grants=grants_of(terms, covered),
        label=name,
    )


def line_for(community: str, code: str) -> Line | None:
    """Return the community's own line of that code, or the shipped one."""
    return (
        Line.objects.filter(code=code, community__in=("", community)).order_by("-community").first()
    )


def steps_of(line: Line, today: date | None = None) -> "QuerySet[LineStep]":
    """Return the steps of a line in force on a day, nearest to the resident first."""
    return (
        LineStep.objects.filter(holding(today), line=line).select_related("type").order_by("order")
    )


def lines_in(community: str, today: date | None = None) -> list[tuple[Line, list[LineStep]]]:
    """Return the lines of a community with their steps in force, the three leaders first.

    Its own version where it has one, else the shipped one. One statement.
    """
    rows = (
        LineStep.objects.filter(holding(today), line__community__in=("", community))
        .select_related("line", "type")
        .order_by("line__community", "line", "order")
    )
    found: dict[str, tuple[Line, list[LineStep]]] = {}
    for row in rows:
        line = row.line
        if line.code not in found or found[line.code][0].pk != line.pk:
            found[line.code] = (line, [])  # the community's own comes after the shipped one
        found[line.code][1].append(row)
    return [found[code] for code in sorted(found, key=lambda c: (c != "three_leaders", c))]


def leaders_at(community: str, place_code: str, line: str = "three_leaders") -> list[Holder]:
    """Return the leaders of a place, nearest first: who a resident could turn to."""
    return holders_up(line, place_code)


def duties_of(community: str, type: str, today: date | None = None) -> list[Duty]:
    """Return the duties of a kind of post in force on a day: the community's own, or the shipped.

    One statement.
    """
    rows = list(Duty.objects.filter(holding(today), type=type, community__in=("", community)))
    own = [row for row in rows if row.community]
    return sorted(own or rows, key=lambda row: row.order)


def last_term(person: UUID) -> Term | None:
    """Return the term of a person that ended last, if one has."""
    return (
        Term.objects.filter(person=person, ends__lt=clock.today())
        .select_related("post")
        .order_by("-ends")
        .first()
    )


FIRST_DAYS = 60


def first_day(person: UUID | None) -> Term | None:
    """Return the newest term of a person whose first page is unread, within its first two months.

    Whoever has held a post for long is not greeted as new. One statement, none for nobody.
    """
    if person is None:
        return None
    since = clock.today() - timedelta(days=FIRST_DAYS)
    return terms_of(person).filter(welcomed_at=None, starts__gte=since).order_by("-starts").first()
