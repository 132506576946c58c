"""Reading branches, their tasks, and who stands on both lines."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import require, visible_to
from liren.base import clock
from liren.base.errors import NotFound
from liren.organisation.models import Post
from liren.organisation.queries import line_for, steps_of
from liren.territory.codes import community_of

from . import rules
from .models import Branch, Task

CROSS_MOST = 200


def visible(actor: Actor) -> "QuerySet[Branch]":
    """Return the branches on the register where the actor keeps branches, by place."""
    rows = Branch.objects.filter(organisation__closed_on__isnull=True)
    return visible_to(actor, rows, Permission.BRANCH_EDIT).select_related("organisation", "place")


def get(actor: Actor, pk: UUID) -> Branch:
    """Return one branch; raise ``NotFound``."""
    found = visible(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def counted(rows: "QuerySet[Branch]") -> "QuerySet[Branch]":
    """Add to each branch how many of its tasks run. Never ordered by it."""
    return rows.annotate(
        running=Count("tasks", filter=Q(tasks__state__in=sorted(rules.RUNNING)))
    ).order_by("place_code", "organisation__name")


def tasks(actor: Actor) -> "QuerySet[Task]":
    """Return the tasks an actor may read: where they keep branches, and those done for them."""
    party = Q(receiver__in=list(actor.posts)) if actor.posts else None
    return visible_to(actor, Task.objects.all(), Permission.BRANCH_EDIT, party=party)


def task(actor: Actor, pk: UUID) -> Task:
    """Return one task; raise ``NotFound``."""
    found = (
        tasks(actor)
        .select_related("place", "receiver", "branch__organisation")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def acts_for(actor: Actor, branch: Branch | None) -> bool:
    """Tell whether the actor acts for a branch: sits on a post of it, or keeps its place."""
    if branch is None:
        return actor.has(Permission.BRANCH_EDIT)
    return actor.may(Permission.BRANCH_EDIT, branch.place_code)


def belongs(actor: Actor, branch: Branch | None) -> bool:
    """Tell whether the actor sits on a post of the branch itself."""
    if branch is None or not actor.posts:
        return False
    return Post.objects.filter(
        pk__in=list(actor.posts), organisation=branch.organisation_id
    ).exists()


def verbs(actor: Actor, row: Task) -> list[str]:
    """Return what the actor may do to a task now."""
    receives = row.receiver_id in actor.posts and not belongs(actor, row.branch)
    return rules.verbs(
        row.state,
        branch=acts_for(actor, row.branch),
        receiver=receives and not _said_so(actor, row),
        desk=actor.may(Permission.BRANCH_EDIT, row.place_code),
    )


def _said_so(actor: Actor, row: Task) -> bool:
    """Tell whether it was the actor who said that a task is finished, for whatever branch."""
    if row.state != rules.DONE:
        return False
    last = row.steps.filter(verb="finish").order_by("-at", "-id").first()
    return last is not None and last.by == actor.name


def branch_posts(branch: Branch) -> "QuerySet[Post]":
    """Return the open posts of a branch."""
    return Post.objects.filter(
        organisation=branch.organisation_id, closed_on__isnull=True
    ).order_by("place_code", "title")


def loose_posts(branch: Branch) -> "QuerySet[Post]":
    """Return the posts of the Party line at or below a branch's place that are in no branch."""
    low, high = code_range(branch.place_code)
    line = line_for(branch.community, "party")
    kinds = [step.type_id for step in steps_of(line)] if line else []
    return Post.objects.filter(
        place_code__gte=low,
        place_code__lt=high,
        closed_on__isnull=True,
        organisation__isnull=True,
        type__in=kinds,
    ).order_by("place_code", "title")[:100]


@dataclass(frozen=True, slots=True)
class Cross:
    """Two posts held by one and the same person: one on the Party line, one on the three leaders'.

    The posts are named, not the person.
    """

    party: str
    leader: str
    place_code: str


# The same person on a post of either line, today. Nobody is counted, nobody is named.
_CROSS = """
SELECT p.title, l.title, l.place_code
  FROM organisation_term pt
  JOIN organisation_post p ON p.id = pt.post_id AND p.type_id = ANY(%(party)s)
  JOIN organisation_term lt ON lt.person_id = pt.person_id
  JOIN organisation_post l ON l.id = lt.post_id AND l.type_id = ANY(%(leaders)s)
 WHERE pt.starts <= %(today)s AND (pt.ends IS NULL OR pt.ends >= %(today)s)
   AND lt.starts <= %(today)s AND (lt.ends IS NULL OR lt.ends >= %(today)s)
   AND (p.closed_on IS NULL OR p.closed_on > %(today)s)
   AND (l.closed_on IS NULL OR l.closed_on > %(today)s)
   AND p.place_code >= %(low)s AND p.place_code < %(high)s
 ORDER BY l.place_code, p.title, l.title
 LIMIT %(most)s
"""


def cross_appointments(actor: Actor, code: str) -> list[Cross]:
    """Return 交叉任职 below a place: posts of both lines that one person holds. Raises
    ``NotAllowed`` without ``branch.edit`` there.
    """
    require(actor, Permission.BRANCH_EDIT, code)
    community = community_of(code)
    kinds = {}
    for name in ("party", "three_leaders"):
        line = line_for(community, name)
        kinds[name] = [step.type_id for step in steps_of(line)] if line else []
    low, high = code_range(code)
    with connection.cursor() as cursor:
        cursor.execute(
            _CROSS,
            {
                "party": kinds["party"],
                "leaders": kinds["three_leaders"],
                "today": clock.today(),
                "low": low,
                "high": high,
                "most": CROSS_MOST,
            },
        )
        return [Cross(*row) for row in cursor.fetchall()]
