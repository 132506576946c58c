"""Open matters on our own map: buildings as shapes or points, the same as a list beside them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS, prefixes
from liren.territory.enums import Level
from liren.territory.models import Place

from ... import desk
from .list import range_of

DRAWN = 3000
VIEWS = ("", "today", "overdue")


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """Show where matters are open. Above a community: the communities; inside one: its buildings.

    Works without any geometry, as the tree it is drawn over.
    """
    actor = actor_of(request)
    top = range_of(actor)
    code = within(actor, request.GET.get("at", ""), top)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    spots = desk.spots(actor, code, view)
    drawn = _drawn(code)
    counts = {spot.code: spot for spot in spots}
    context: dict[str, Any] = {
        "here": "map",
        "branches": _tree(spots, code),
        "places": [_shape(place, counts.get(place.code), code) for place in drawn],
        "path": [p for p in territory.path(code) if len(p.code) >= len(top)],
        "wide": len(top) < COMMUNITY_LENGTH,
        "total": sum(spot.count for spot in spots),
        "views": [("today", _("Due today")), ("overdue", _("Overdue"))],
    }
    return render(request, "matters/office/map.html", context)


def within(actor: Actor, wished: str, top: str) -> str:
    """Return the code asked for when it is a community or grid of the actor's, else the whole."""
    sizes = (LENGTHS[Level.COMMUNITY], LENGTHS[Level.GRID])
    if wished.isascii() and wished.isdigit() and len(wished) in sizes and wished.startswith(top):
        return wished
    return top


def address(code: str, spot_code: str) -> str:
    """Return where a place leads: into the community, or to its open matters."""
    if len(code) < COMMUNITY_LENGTH and len(spot_code) == COMMUNITY_LENGTH:
        return f"{reverse('matters_office:map')}?at={spot_code}"
    return f"{reverse('matters_office:list')}?status=open&place={spot_code}"


def _drawn(code: str) -> list[Place]:
    level = Level.BUILDING if len(code) >= COMMUNITY_LENGTH else Level.COMMUNITY
    rows = territory.below(code, level).exclude(outline__isnull=True, longitude__isnull=True)
    return list(rows[:DRAWN])


def _shape(place: Place, spot: desk.Spot | None, code: str) -> dict[str, Any]:
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = [float(place.latitude), float(place.longitude)]
    return {
        "name": place.name,
        "full": str(place),
        "at": point,
        "outline": place.outline,
        "count": spot.count if spot else 0,
        "late": spot.late if spot else 0,
        "url": address(code, place.code),
    }


def _tree(spots: list[desk.Spot], code: str) -> list[dict[str, Any]]:
    """Return the spots under the grid (or subdistrict) they lie in, in code order."""
    size = LENGTHS[Level.GRID if len(code) >= COMMUNITY_LENGTH else Level.SUBDISTRICT]
    heads = {spot.code[:size] for spot in spots if len(spot.code) >= size}
    names = {p.code: p.name for p in Place.objects.filter(code__in=heads)}
    branches: dict[str, dict[str, Any]] = {}
    for spot in spots:
        head = spot.code[:size] if len(spot.code) > size else ""
        branch = branches.setdefault(head, {"name": names.get(head, ""), "spots": []})
        branch["spots"].append(
            {
                "name": str(spot.place) if spot.place else prefixes(spot.code)[0],
                "count": spot.count,
                "late": spot.late,
                "url": address(code, spot.code),
            }
        )
    return list(branches.values())
