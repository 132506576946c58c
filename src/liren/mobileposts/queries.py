"""Reading mobile posts: one's own, and how many there are by trade (never who)."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from liren.access import rls
from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base.suppress import publish

from .enums import Trade
from .models import MobilePost


def mine(person: UUID | None, community: str) -> MobilePost | None:
    """Return somebody's own mobile post in a community; one statement, none for nobody."""
    if person is None:
        return None
    # A poster's address names no community: the person is named here instead.
    with rls.everywhere():
        return MobilePost.objects.filter(person=person, community=community).first()


@dataclass(frozen=True, slots=True)
class TradeCount:
    """How many of a trade there are."""

    label: str
    count: int


def by_trade(actor: Actor, community: str) -> list[TradeCount] | None:
    """Return how many mobile posts there are by trade; None while there are too few to tell (G10).

    Trades with fewer than five are told together. One statement.
    """
    require(actor, Permission.MATTER_DISPATCH, community)
    rows = dict(
        MobilePost.objects.filter(community=community)
        .order_by()
        .values_list("trade")
        .annotate(n=Count("pk"))
    )
    trades = [trade for trade in Trade if rows.get(trade)]
    told = publish([(rows[trade],) for trade in trades])
    if told is None:
        return None
    found = [
        TradeCount(str(trade.label), rows[trade])
        for trade, shown in zip(trades, told.shown, strict=True)
        if shown
    ]
    if told.rest and told.rest[0]:
        found.append(TradeCount(_("others together"), told.rest[0]))
    return found
