"""Reading the joint council: who sits on it, the lists, what fits, promises, matters to take on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes, visible_to
from liren.base import clock
from liren.base.commitments import Commitment
from liren.base.commitments import State as Told
from liren.base.errors import NotFound
from liren.matters.enums import Status
from liren.matters.queries import OPEN_WHISTLE, desk_at
from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Organisation, Post
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level

from . import rules
from .enums import ClaimState, Listed, State
from .models import Claim, Item, Kind, Opening, Pledge

SEATED = (
    OrganisationKind.INSTITUTION,
    OrganisationKind.PARTNER,
    OrganisationKind.SOCIAL,
    OrganisationKind.PROPERTY,
    OrganisationKind.COMMITTEE,
)
"""Who sits on the council: the committee calls it, the others live and work here."""
OUTSIDE = (OrganisationKind.INSTITUTION, OrganisationKind.PARTNER, OrganisationKind.SOCIAL)
OPEN = [State.PROMISED, State.UNDER_WAY, State.DELIVERED]
RUNNING = [State.PROMISED, State.UNDER_WAY]
TAKEN = [ClaimState.CLAIMED, ClaimState.CONFIRMED]
MOST = 300
BUILDING = LENGTHS[Level.BUILDING]


# -- who ---------------------------------------------------------------------------------------


def own(actor: Actor) -> "QuerySet[Organisation]":
    """Return the organisations beside the offices the actor speaks for today."""
    posts = Post.objects.filter(
        pk__in=list(actor.posts), type__in=[PostKind.INSTITUTION, PostKind.PARTNER]
    )
    return Organisation.objects.filter(
        pk__in=posts.values("organisation"), kind__in=OUTSIDE, closed_on__isnull=True
    ).order_by("name")


def own_one(actor: Actor, wished: str = "") -> Organisation:
    """Return the organisation the actor speaks for, the wished one of several; ``NotFound``."""
    found = list(own(actor))
    for one in found:
        if str(one.pk) == wished:
            return one
    if not found or wished:
        raise NotFound
    return found[0]


def members(community: str) -> "QuerySet[Organisation]":
    """Return who sits on a community's council, the committee first, then by name."""
    return Organisation.objects.filter(
        community=community, kind__in=SEATED, closed_on__isnull=True
    ).order_by("kind", "name")


def communities(actor: Actor) -> list[str]:
    """Return the communities whose council the actor may look at as an office."""
    codes = actor.codes(Permission.MATTER_DISPATCH)
    rows = Organisation.objects.filter(kind=OrganisationKind.COMMITTEE, closed_on__isnull=True)
    found = rows.filter(in_codes("community", [c[:12] for c in codes]))
    return sorted(set(found.values_list("community", flat=True)))


def liaison_of(organisation: Organisation) -> Post | None:
    """Return the post that answers for an organisation: its liaison, or a committee's own."""
    rows = list(
        Post.objects.filter(organisation=organisation, closed_on__isnull=True).order_by("pk")
    )
    best = [p for p in rows if p.type_id in (PostKind.INSTITUTION, PostKind.PARTNER)]
    return next(iter(best or rows), None)


def posts_of(organisation: Organisation) -> list[UUID]:
    """Return the posts that hear of what concerns an organisation; a committee's are its desk."""
    if organisation.kind == OrganisationKind.COMMITTEE:
        return desk_at(organisation.community)
    return list(
        Post.objects.filter(organisation=organisation, closed_on__isnull=True).values_list(
            "pk", flat=True
        )
    )


def sides(actor: Actor, pledge: Pledge) -> frozenset[rules.Side]:
    """Return what the actor is to a promise: giver, receiver, office, or several of them."""
    found: set[rules.Side] = set()
    office = actor.may(Permission.PARTNER_EDIT, pledge.community)
    if office:
        found.add(rules.Side.OFFICE)
    bodies = set(
        Post.objects.filter(
            pk__in=list(actor.posts), organisation__in=[pledge.giver_id, pledge.receiver_id]
        ).values_list("organisation", flat=True)
    )
    for side, body in ((rules.Side.GIVER, pledge.giver), (rules.Side.RECEIVER, pledge.receiver)):
        committee = body.kind == OrganisationKind.COMMITTEE
        # The office speaks for the committee; for nobody else.
        if (committee and office) or (not committee and body.pk in bodies):
            found.add(side)
    return frozenset(found)


# -- kinds and lists ---------------------------------------------------------------------------


def kinds(community: str, *, also_retired: bool = False) -> list[Kind]:
    """Return the kinds of a community: its own where it has them, else the shipped."""
    found: dict[str, Kind] = {}
    for row in Kind.objects.filter(community__in=("", community)).order_by("community", "order"):
        found[row.code] = row
    listed = sorted(found.values(), key=lambda kind: (kind.order, kind.code))
    return [kind for kind in listed if kind.active or also_retired]


def _party(actor: Actor, field: str = "community") -> Q:
    """Members of a council see its lists, whoever's they are."""
    if not actor.posts:
        return Q(pk__in=[])
    return Q(**{f"{field}__in": list(own(actor).values_list("community", flat=True))})


def items(actor: Actor) -> "QuerySet[Item]":
    """Return the open lines of the three lists the actor may read."""
    return (
        visible_to(
            actor,
            Item.objects.filter(closed_on__isnull=True),
            Permission.MATTER_DISPATCH,
            code_field="community",
            party=_party(actor),
        )
        .select_related("organisation", "place", "post")
        .order_by("listed", "organisation__name", "starts", "pk")
    )


def item(actor: Actor, pk: UUID) -> Item:
    """Return one open line; raise ``NotFound``."""
    found = items(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_edit(actor: Actor, organisation: Organisation) -> bool:
    """Tell whether the actor keeps this organisation's lists: its liaison, or the office."""
    if actor.may(Permission.PARTNER_EDIT, organisation.community):
        return True
    return own(actor).filter(pk=organisation.pk).exists()


# -- what fits ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A need, a resource that could answer it, and why. ``metres`` is None where unknown."""

    need: Item
    resource: Item
    match: rules.Match
    metres: int | None


def offered(row: Item) -> rules.Offered:
    """Return a line as the rules know it."""
    return rules.Offered(
        organisation=str(row.organisation_id),
        kind=row.kind,
        code=row.place_code,
        starts=row.starts,
        ends=row.ends,
        capacity=row.capacity,
        weekdays=tuple(row.weekdays),
        opens=row.opens,
        closes=row.closes,
    )


def suggestions(
    actor: Actor, community: str, *, of: UUID | None = None, need: UUID | None = None
) -> list[Suggestion]:
    """Return what could answer what, the nearest and largest enough first; a person decides (G11).

    ``of`` keeps what concerns one organisation, ``need`` one need. Pairs somebody has promised
    already are left out. Two statements.
    """
    today = clock.today()
    rows = list(
        items(actor)
        .filter(community=community, listed__in=[Listed.NEED, Listed.RESOURCE])
        .filter(Q(ends__isnull=True) | Q(ends__gte=today))[: 2 * MOST]
    )
    needs = [row for row in rows if row.listed == Listed.NEED and need in (None, row.pk)]
    resources = [row for row in rows if row.listed == Listed.RESOURCE]
    promised = set(
        Pledge.objects.filter(community=community, need__isnull=False, resource__isnull=False)
        .exclude(state=State.WITHDRAWN)
        .values_list("need", "resource")
    )
    found: list[Suggestion] = []
    for one in needs:
        for other in resources:
            if of is not None and of not in (one.organisation_id, other.organisation_id):
                continue
            if (one.pk, other.pk) in promised:
                continue
            fits = rules.match(offered(one), offered(other), today)
            if fits is not None:
                found.append(Suggestion(one, other, fits, _metres(one, other)))
    found.sort(
        key=lambda s: (
            s.need.starts,
            str(s.need.pk),
            not s.match.enough,
            s.match.near,
            s.metres or 0,
        )
    )
    return found


def _metres(one: Item, other: Item) -> int | None:
    points = [
        (float(p.longitude), float(p.latitude))
        for p in (one.place, other.place)
        if p.longitude is not None and p.latitude is not None
    ]
    return rules.metres(*points) if len(points) == 2 and one.place_id != other.place_id else None


# -- promises ----------------------------------------------------------------------------------


def pledges(actor: Actor) -> "QuerySet[Pledge]":
    """Return the promises the actor may read in full: as office, or as a member of the council."""
    return (
        visible_to(
            actor,
            Pledge.objects.all(),
            Permission.MATTER_DISPATCH,
            code_field="community",
            party=_party(actor),
        )
        .select_related("giver", "receiver", "place", "post", "need", "resource", "project")
        .order_by("due", "pk")
    )


def pledge(actor: Actor, pk: UUID) -> Pledge:
    """Return one promise; raise ``NotFound``."""
    found = pledges(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def late(today: date | None = None) -> Q:
    """Return the condition "promised for a day that is over, and not delivered"."""
    return Q(state__in=RUNNING, due__lt=today or clock.today())


def delivered_by(row: Pledge) -> str:
    """Return who wrote down the last delivery, as the audit names them; "" for none."""
    step = row.steps.filter(verb="deliver").order_by("-pk").first()
    return step.by if step else ""


def commitments(actor: Actor, code: str, most: int) -> Iterable[Commitment]:
    """Tell what the council's members promised at a place and below it (D1).

    Open to everybody: promises of organisations, with no person in them. One statement. What was
    withdrawn or confirmed more than a year ago is left out.
    """
    year_ago = clock.today().replace(day=1)
    year_ago = year_ago.replace(year=year_ago.year - 1)
    rows = (
        Pledge.objects.filter(in_codes("place_code", [code]))
        .exclude(state=State.WITHDRAWN, since__lt=year_ago)
        .exclude(state=State.CONFIRMED, confirmed_on__lt=year_ago)
        .select_related("giver", "receiver", "project")
        .order_by("due", "pk")[:most]
    )
    office = actor.has(Permission.MATTER_DISPATCH)
    for row in rows:
        yield Commitment(
            who=row.giver.name,
            what=row.what,
            state=Told(row.state),
            place_code=row.place_code,
            due=row.due,
            since=row.since,
            url=f"/office/council/promises/{row.pk}/" if office else "",
            project=str(row.project_id or ""),
            project_name=row.project.title if row.project else "",
        )


# -- the year ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Year:
    """What one organisation gave and received in a year; every figure has its list."""

    organisation: Organisation
    given: int = 0
    given_confirmed: int = 0
    withdrawn: int = 0
    received: int = 0
    received_confirmed: int = 0


def in_year(rows: "QuerySet[Pledge]", year: int) -> "QuerySet[Pledge]":
    """Keep the promises made in a year."""
    return rows.filter(since__gte=date(year, 1, 1), since__lte=date(year, 12, 31))


def year(actor: Actor, community: str, number: int) -> list[Year]:
    """Return a council's year by organisation, in the order of names, never of figures (G2)."""
    rows = in_year(pledges(actor).filter(community=community), number).order_by()
    found = {one.pk: Year(one) for one in members(community)}
    confirmed = Count("pk", filter=Q(state=State.CONFIRMED))
    given = rows.values("giver").annotate(
        n=Count("pk"), ok=confirmed, back=Count("pk", filter=Q(state=State.WITHDRAWN))
    )
    received = rows.values("receiver").annotate(n=Count("pk"), ok=confirmed)
    gave = {row["giver"]: row for row in given}
    got = {row["receiver"]: row for row in received}
    gone = (set(gave) | set(got)) - set(found)
    for left in Organisation.objects.filter(pk__in=gone):
        found[left.pk] = Year(left)
    for key, line in found.items():
        one, other = gave.get(key), got.get(key)
        if one:
            line = replace(line, given=one["n"], given_confirmed=one["ok"], withdrawn=one["back"])
        if other:
            line = replace(line, received=other["n"], received_confirmed=other["ok"])
        found[key] = line
    return sorted(
        found.values(),
        key=lambda one: (
            one.organisation.kind != OrganisationKind.COMMITTEE,
            one.organisation.name,
        ),
    )


# -- matters to take on --------------------------------------------------------------------------

CLAIMABLE = (Status.SUBMITTED, Status.HANDLING)
_TELLABLE: dict[str, Any] = {
    "matter__shielded": False,
    "matter__about_posts": [],
    "matter__about_persons": [],
}
"""What a matter must be to be told of, also when that changed after it was opened (G7)."""


def general(code: str) -> str:
    """Return the place institutions are told: the building, or what lies above it."""
    return code[:BUILDING]


def openings(community: str) -> "QuerySet[Opening]":
    """Return the matters of a community institutions may take on now, the oldest first."""
    return (
        Opening.objects.filter(
            community=community,
            open=True,
            matter__status__in=CLAIMABLE,
            **_TELLABLE,
        )
        .exclude(claims__state__in=TAKEN)
        .select_related("matter__category", "matter__place__parent__parent")
        .order_by("pk")
    )


def opening_for(actor: Actor, pk: UUID) -> Opening:
    """Return one opening for a member of its council; raise ``NotFound``."""
    found = (
        Opening.objects.filter(_party(actor), pk=pk, open=True, **_TELLABLE)
        .select_related("matter__category")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def claims(actor: Actor) -> "QuerySet[Claim]":
    """Return the claims of the actor's organisations, and those the office decides."""
    rows = visible_to(
        actor,
        Claim.objects.all(),
        Permission.MATTER_DISPATCH,
        code_field="community",
        party=Q(organisation__in=own(actor)) if actor.posts else None,
    )
    return rows.select_related("opening__matter", "organisation", "post").order_by("-pk")


def in_the_way(organisation: Organisation) -> list[str]:
    """Return in words what is open with an organisation and keeps it from leaving."""
    rows = (
        Pledge.objects.filter(Q(giver=organisation) | Q(receiver=organisation), state__in=OPEN)
        .select_related("giver", "receiver")
        .order_by("due")
    )
    found = [f"{p.giver.name} → {p.receiver.name}：{p.what}（{p.due.isoformat()}）" for p in rows]
    waiting = Claim.objects.filter(organisation=organisation, state=ClaimState.CLAIMED)
    found += list(waiting.values_list("opening__words", flat=True))
    posts = Post.objects.filter(organisation=organisation)
    held = posts.filter(matters_held__closed_at__isnull=True).values_list(
        "matters_held__number", flat=True
    )
    heard = posts.filter(whistles_heard__state__in=OPEN_WHISTLE).values_list(
        "whistles_heard__matter__number", flat=True
    )
    return found + sorted({number for number in (*held, *heard) if number})
