"""Reading demands and orders: the community's, and the subdistrict's view over all of its own."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from liren.access.actor import Actor, Permission
from liren.access.gate import visible_to
from liren.base import clock
from liren.base.errors import NotFound
from liren.matters.models import Matter
from liren.matters.queries import OPEN_WHISTLE
from liren.organisation.models import Post, Term

from . import rules
from .enums import Came, DemandState
from .models import Arrival, Demand, Order


def visible(actor: Actor) -> "QuerySet[Demand]":
    """Return the demands where the actor works at the desk, or looks after the communities."""
    return visible_to(actor, Demand.objects.all(), Permission.MATTER_DISPATCH)


def get(actor: Actor, pk: UUID) -> Demand:
    """Return one demand; raise ``NotFound``."""
    found = visible(actor).select_related("place", "decided_by").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def filtered(
    rows: "QuerySet[Demand]", *, state: str = "", what: str = "", year: int = 0, owed: bool = False
) -> "QuerySet[Demand]":
    """Narrow demands: by state, by what is asked, by the year they began, by what is still owed."""
    if state:
        rows = rows.filter(state=state)
    if what:
        rows = rows.filter(what=what)
    if year:
        rows = rows.filter(since__year=year)
    if owed:
        rows = with_arrived(rows).filter(
            Q(money__gt=0) | Q(people__gt=0) | ~Q(powers=""),
            state=DemandState.ACCEPTED,
        )
        rows = rows.exclude(
            Q(money__lte=_zero("arrived_money"))
            & Q(people__lte=_zero("arrived_people"))
            & (Q(powers="") | Q(arrived_powers__gt=0))
        )
    return rows


def _zero(name: str) -> Coalesce:
    return Coalesce(F(name), Value(0))


def with_arrived(rows: "QuerySet[Demand]") -> "QuerySet[Demand]":
    """Add what has arrived of money (fen), people and powers."""
    return rows.annotate(
        arrived_money=Sum("arrivals__amount", filter=Q(arrivals__kind=Came.MONEY)),
        arrived_people=Sum("arrivals__amount", filter=Q(arrivals__kind=Came.PEOPLE)),
        arrived_powers=Count("arrivals", filter=Q(arrivals__kind=Came.POWERS)),
    )


def balances(demand: Demand) -> dict[str, rules.Balance]:
    """Return what was promised with a demand and what arrived, by kind. One statement."""
    sums = dict(
        Arrival.objects.filter(demand=demand)
        .order_by()
        .values_list("kind")
        .annotate(amount=Sum("amount"))
    )
    there = set(sums)
    return {
        Came.MONEY: rules.Balance(demand.money, sums.get(Came.MONEY, 0)),
        Came.PEOPLE: rules.Balance(demand.people, sums.get(Came.PEOPLE, 0)),
        Came.POWERS: rules.Balance(1 if demand.powers else 0, 1 if Came.POWERS in there else 0),
    }


@dataclass(frozen=True, slots=True)
class Total:
    """One community's demands: how many, how they were decided, money promised and arrived."""

    community: str
    name: str
    waiting: int
    accepted: int
    declined: int
    money: int
    arrived: int


def totals(actor: Actor) -> list[Total]:
    """Return the figures of each community the actor looks after, in the order of the codes."""
    rows = (
        visible(actor)
        .order_by("community")
        .values("community", "place__name")
        .annotate(
            waiting=Count("pk", filter=Q(state__in=[DemandState.WAITING, DemandState.ASKED])),
            accepted=Count("pk", filter=Q(state=DemandState.ACCEPTED)),
            declined=Count("pk", filter=Q(state=DemandState.DECLINED)),
            money=Sum("money", filter=Q(state__in=[DemandState.ACCEPTED, DemandState.ENDED])),
        )
    )
    came = dict(
        Arrival.objects.filter(kind=Came.MONEY, demand__in=visible(actor))
        .order_by()
        .values_list("community")
        .annotate(amount=Sum("amount"))
    )
    return [
        Total(
            community=row["community"],
            name=row["place__name"],
            waiting=row["waiting"],
            accepted=row["accepted"],
            declined=row["declined"],
            money=row["money"] or 0,
            arrived=came.get(row["community"], 0),
        )
        for row in rows
    ]


def decider(demand: Demand) -> str:
    """Return who decided by name: the post, and who held it on the day."""
    if demand.decided_by is None or demand.decided_on is None:
        return ""
    day = demand.decided_on
    names = (
        Term.objects.filter(post=demand.decided_by, starts__lte=day)
        .filter(Q(ends__isnull=True) | Q(ends__gte=day))
        .order_by("seat")
        .values_list("person__name", flat=True)
    )
    name = names.first()
    return f"{demand.decided_by.title} · {name}" if name else demand.decided_by.title


def deciding_post(actor: Actor, community: str) -> UUID | None:
    """Return the actor's own post that decides on demands there; None when they have none."""
    own = [g.post for g in actor.grants if g.holds(Permission.DEMAND_DECIDE, community) and g.post]
    return own[0] if own else None


# -- orders ------------------------------------------------------------------------------------


def orders(actor: Actor) -> "QuerySet[Order]":
    """Return the orders an actor may read: where they supervise, and those to or from their posts.

    Those an order's matter complains of do not see it, whatever their post (G7).
    """
    party = None
    if actor.posts:
        own = list(actor.posts)
        party = Q(to_post__in=own) | Q(from_post__in=own)
    rows = visible_to(actor, Order.objects.all(), Permission.MATTER_SUPERVISE, party=party)
    if actor.person is not None:
        rows = rows.exclude(matter__about_persons__contains=[actor.person])
    return rows


def order(actor: Actor, pk: UUID) -> Order:
    """Return one order; raise ``NotFound``."""
    found = (
        orders(actor)
        .select_related("place", "from_post", "to_post", "matter")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def late(rows: "QuerySet[Order]", today: date | None = None) -> "QuerySet[Order]":
    """Return those orders whose day has passed without an answer."""
    return rows.filter(state=rules.OPEN, due__lt=today or clock.today())


def order_verbs(actor: Actor, row: Order) -> list[str]:
    """Return what an actor may do to an order: answer it, or, above, close it."""
    may = {
        "answer": row.to_post_id in actor.posts,
        "close": _above(actor, row),
        "send_back": _above(actor, row),
        "withdraw": _above(actor, row),
    }
    return [v for v, (start, _) in rules.ORDER_MOVES.items() if row.state in start and may[v]]


def _above(actor: Actor, row: Order) -> bool:
    return actor.may(Permission.MATTER_SUPERVISE, row.place_code) and (
        row.to_post_id not in actor.posts
    )


def giving_post(actor: Actor, code: str) -> UUID | None:
    """Return the actor's own post that supervises at a place; None when they have none."""
    own = [g.post for g in actor.grants if g.holds(Permission.MATTER_SUPERVISE, code) and g.post]
    return own[0] if own else None


def receivers(matter: Matter) -> "QuerySet[Post]":
    """Return the posts an order about a matter can go to: who has it, and who was called in."""
    wanted = {matter.holder_id} - {None}
    wanted |= set(matter.whistles.filter(state__in=OPEN_WHISTLE).values_list("called", flat=True))
    return (
        Post.objects.filter(pk__in=[pk for pk in wanted if pk], closed_on__isnull=True)
        .exclude(pk__in=list(matter.about_posts))
        .exclude(terms__person__in=list(matter.about_persons))
        .order_by("place_code", "title")
    )


def posts_to_order(actor: Actor, community: str) -> "QuerySet[Post]":
    """Return the posts of a community an order without a matter can go to: not one's own."""
    return (
        Post.objects.filter(
            community=community,
            closed_on__isnull=True,
            type__permissions__contains=[str(Permission.MATTER_HANDLE)],
        )
        .exclude(pk__in=list(actor.posts))
        .order_by("place_code", "title")[:300]
    )
