"""Reading matters. Every public query starts from ``visible``."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone

from liren.access.actor import Actor, Kind, Permission, code_range
from liren.access.gate import in_codes, visible_to
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Gone, NotFound
from liren.base.ids import normalise_code
from liren.base.rows import first, prepared
from liren.base.text import bigrams
from liren.organisation.models import Line, LineStep, Post, Term
from liren.organisation.queries import Holder, holders_up, holding
from liren.people.models import Account
from liren.territory.codes import LENGTHS, community_of, prefixes
from liren.territory.enums import Level

from . import rules
from .enums import Status, Verb, WhistleState
from .models import Category, Follower, Link, Matter, Whistle

CODE_PURPOSE = "matter-code"
NEARBY = 200


def code_hash(number: str, code: str) -> bytes:
    """Return the keyed hash of a query code; it is bound to the matter's number."""
    return key_hash(f"{number}:{normalise_code(code)}", CODE_PURPOSE)


OPEN_WHISTLE = [
    WhistleState.SENT,
    WhistleState.ACKNOWLEDGED,
    WhistleState.ARRIVED,
    WhistleState.DISPUTED,
]


def visible(actor: Actor) -> "QuerySet[Matter]":
    """Return the matters the actor may see.

    By grant below the place of a post; as reporter (or under the reporter's mandate), follower,
    holder, called department, or by a code or link that opens exactly this matter. Never what is
    about oneself; a shielded matter opens by grant only to whoever may see shielded ones (G7).
    """
    rows = Matter.objects.all()
    if actor.is_system:
        return rows
    if actor.kind is Kind.LINK:
        # A one-tap link opens exactly one matter, whatever else the post may see.
        return rows.filter(pk__in=list(actor.matters)).exclude(
            about_persons__contains=[actor.person]
        )
    party = Q(pk__in=[])
    if actor.matters:
        party |= Q(pk__in=list(actor.matters))
    if actor.posts:
        called = Whistle.objects.filter(called__in=list(actor.posts)).values("matter")
        party |= Q(holder__in=list(actor.posts)) | Q(pk__in=called)
    if actor.party:
        party |= Q(reporter=actor.party)
    if actor.person:
        followed = Follower.objects.filter(person=actor.person).values("matter")
        party |= Q(pk__in=followed, shielded=False)
    shielded_codes = actor.codes(Permission.MATTER_VIEW_SHIELDED)
    hidden = None if shielded_codes else Q(shielded=True)
    found = visible_to(actor, rows, Permission.MATTER_VIEW, party=party, hidden=hidden)
    if actor.person:
        # Whoever a complaint is about never sees it, by no grant and as no holder.
        own = Q(reporter=actor.party) if actor.party else Q(pk__in=[])
        found = found.filter(~Q(about_persons__contains=[actor.person]) | own)
    return found


def get(actor: Actor, matter: UUID) -> Matter:
    """Return one matter; raise ``NotFound`` when there is none or it is not the actor's to see."""
    found = (
        visible(actor)
        .select_related("place", "category", "holder__type", "reporter", "holder__organisation")
        .filter(pk=matter)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def by_code(community: str, number: str, code: str) -> Matter:
    """Return the matter a receipt opens.

    Raises ``NotFound`` when number and code do not fit (which of them is not said) and ``Gone``
    when the code has expired.
    """
    clean = number.strip().upper()
    found = (
        Matter.objects.filter(community=community, number=clean)
        .select_related("place", "category", "holder")
        .first()
    )
    if found is None or found.code_hash is None:
        raise NotFound
    if bytes(found.code_hash) != code_hash(clean, code):
        raise NotFound
    if found.code_expires is not None and found.code_expires < clock.now():
        raise Gone
    return found


def roles(actor: Actor, matter: Matter) -> frozenset[str]:
    """Return what the actor is to the matter: the roles the table of moves asks about."""
    if actor.is_system:
        return frozenset({rules.R.SYSTEM})
    if actor.kind is Kind.LINK and matter.pk not in actor.matters:
        return frozenset()
    found: set[str] = set()
    if (actor.party and matter.reporter_id == actor.party) or (
        matter.pk in actor.matters and not actor.posts
    ):
        found.add(rules.R.REPORTER)
    if actor.person and actor.person in matter.about_persons:
        return frozenset(found)
    if matter.holder_id in actor.posts and actor.may_post(
        Permission.MATTER_HANDLE, matter.holder_id
    ):
        found.add(rules.R.HOLDER)
    code = matter.place_code
    if actor.may(Permission.MATTER_DISPATCH, code):
        found.add(rules.R.OFFICE)
    if actor.may(Permission.MATTER_SUPERVISE, code):
        found.add(rules.R.CHIEF)
    if actor.may(Permission.MATTER_DECIDE, code):
        found.add(rules.R.ABOVE)
    may_look = not matter.shielded or actor.may(Permission.MATTER_VIEW_SHIELDED, code)
    if may_look and actor.may(Permission.MATTER_VIEW, code):
        found.add(rules.R.LEADER)
    if (
        actor.posts
        and matter.whistles.filter(called__in=list(actor.posts), state__in=OPEN_WHISTLE).exists()
    ):
        found.add(rules.R.CALLED)
    return frozenset(found)


def categories(community: str) -> "QuerySet[Category]":
    """Return the categories in force: the community's own where it has them, else the shipped."""
    own = Category.objects.filter(community=community, current=True).values("key")
    return (
        Category.objects.filter(current=True)
        .filter(Q(community=community) | (Q(community="") & ~Q(key__in=own)))
        .select_related("line")
        .order_by("order", "key")
    )


_URGENT = """
SELECT c.key, c.keywords FROM matters_category c
 WHERE c.current AND c.urgent_advice <> '' AND (c.community = %s OR (
   c.community = '' AND NOT EXISTS (
     SELECT FROM matters_category o WHERE o.community = %s AND o.key = c.key AND o.current)))
 ORDER BY c."order", c.key
"""


def urgent_words(community: str) -> list[tuple[str, list[str]]]:
    """Return the kinds that cannot wait, by key, with the words they are noticed by.

    Every report without a kind asks this: one short, prepared statement.
    """
    with prepared() as cursor:
        cursor.execute(_URGENT, [community, community])
        return list(cursor.fetchall())


def desk_at(community: str) -> list[UUID]:
    """Return the posts of a community's desk: those that dispatch there."""
    return list(
        Post.objects.filter(
            place_code=community,
            type__permissions__contains=[str(Permission.MATTER_DISPATCH)],
            closed_on__isnull=True,
        ).values_list("pk", flat=True)
    )


def category(community: str, pk: UUID) -> Category | None:
    """Return one category a community may use, None when there is none.

    A shipped one is good also after the community has made its own of it: it stood in the form.
    """
    return first(Category, "id = %s AND current AND community IN ('', %s)", [pk, community])


def route(
    *,
    line: UUID | str,
    start_level: str,
    place_code: str,
    about_posts: Iterable[UUID] = (),
    about_persons: Iterable[UUID] = (),
    about_codes: Iterable[str] = (),
) -> list[Holder]:
    """Return who answers for a need, nearest first, around whoever it is about (G7).

    A complaint goes to posts strictly above the highest complained-of place: whoever sits below
    them could tell. Never empty where the line has a holder above; the caller falls back to the
    subdistrict's or community's office, so that nothing goes into a void.
    """
    codes = list(about_codes)
    return holders_up(
        line,
        place_code,
        skip_persons=about_persons,
        skip_posts=about_posts,
        above=min(codes, key=len) if codes else "",
        from_level=start_level if start_level in Level.values else "",
    )


def similar(
    actor: Actor, place_code: str, tokens: Iterable[str], *, limit: int = 3
) -> list[Matter]:
    """Return open, unshielded matters nearby that share words, most shared first.

    Nearby is the same building, or everything below for what lies above a building (there the
    newest ``NEARBY`` are looked at). Meant for anybody who is about to report: only the caller's
    template decides what of it is shown (place down to the building and category, never the
    reporter).
    """
    near = (
        place_code[: LENGTHS[Level.BUILDING]]
        if len(place_code) >= LENGTHS[Level.BUILDING]
        else place_code
    )
    wanted = set(tokens)
    rows = (
        Matter.objects.filter(
            in_codes("place_code", [near]), community=community_of(near), shielded=False
        )
        .exclude(status=Status.CLOSED)
        .select_related("category", "place")
        .order_by("-reported_at")[:NEARBY]
    )
    least = max(2, min(len(wanted), 40) // 5)
    shared = [(len(wanted & bigrams(matter.text)), matter) for matter in rows]
    best = sorted((one for one in shared if one[0] >= least), key=lambda one: -one[0])
    return [matter for _count, matter in best[:limit]]


def recurring(actor: Actor, *, days: int = 90, least: int = 3) -> "list[dict[str, Any]]":
    """Return places and categories with ``least`` or more matters within ``days`` days.

    Each is a proposal for one root-cause matter; a person decides (G11). Counted at the building,
    without what somebody has put behind a root cause already.
    """
    since = clock.now() - timedelta(days=days)
    rows = (
        visible(actor)
        .filter(reported_at__gte=since, shielded=False, category__isnull=False)
        .exclude(ending__in=["withdrawn", "merged"])
        .exclude(origin="root")
        .filter(
            ~Exists(Link.objects.filter(target=OuterRef("pk"), kind="follows_from", active=True))
        )
        .annotate(building=Left("place_code", LENGTHS[Level.BUILDING]))
        .values("building", "category__key", "category__name")
        .annotate(n=Count("pk", distinct=True))
        .filter(n__gte=least)
        .order_by("-n")[:50]
    )
    return [dict(cast("dict[str, Any]", row)) for row in rows]


def superior(line: Line, place_code: str, level: str) -> Holder | None:
    """Return the nearest holder strictly above a level of the line, if any."""
    for holder in holders_up(line.pk, place_code):
        if LENGTHS[Level(holder.level)] < LENGTHS[Level(level)]:
            return holder
    return None


def deciders(matter: Matter, permission: str = Permission.MATTER_DECIDE) -> list[UUID]:
    """Return the posts nearest above the place that decide: disputes, or time (supervise)."""
    rows = list(
        Post.objects.filter(
            place_code__in=prefixes(matter.place_code),
            type__permissions__contains=[str(permission)],
            closed_on__isnull=True,
        ).order_by("-place_code")
    )
    if not rows:
        return []
    nearest = len(rows[0].place_code)
    return [post.pk for post in rows if len(post.place_code) == nearest]


def answers_alone(matter: Matter) -> bool:
    """Tell whether the reporter has an account and so says for themselves whether it is solved."""
    return (
        matter.reporter_id is not None
        and Account.objects.filter(person=matter.reporter_id, is_active=True).exists()
    )


def tried_on(matter: Matter) -> list[date]:
    """Return the days on which somebody tried to reach the reporter since the last handling."""
    tries = matter.entries.filter(verb=Verb.TRY_REACH)
    if matter.handled_at:
        tries = tries.filter(at__gte=matter.handled_at)
    return [timezone.localtime(at).date() for at in tries.values_list("at", flat=True)]


def sharers(actor: Actor, matter: Matter) -> list[Post]:
    """Return the posts of a matter's line it can be shared with: above its place, and below it.

    Held posts only, never the actor's own, never what it is about. Three statements.
    """
    line = matter.category.line.code if matter.category else "three_leaders"
    above = [
        holder.post
        for holder in holders_up(
            line,
            matter.place_code,
            skip_persons=matter.about_persons,
            skip_posts=matter.about_posts,
        )
    ]
    steps = LineStep.objects.filter(
        holding(), line__code=line, line__community__in=("", matter.community)
    )
    low, high = code_range(matter.place_code)
    below = Q(
        place_code__gt=low,
        place_code__lt=high,
        type__in=steps.values("type"),
        pk__in=Term.objects.filter(holding())
        .exclude(person__in=matter.about_persons)
        .values("post"),
    )
    return list(
        Post.objects.filter(Q(pk__in=above) | below, closed_on__isnull=True)
        .exclude(pk__in=[*actor.posts, *matter.about_posts])
        .order_by("place_code", "pk")[:40]
    )
