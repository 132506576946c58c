"""The gaps of a line on our own map, and the same as a tree beside it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.look.parts import Link
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS, community_of
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import coverage, queries
from ..models import Line, LineStep
from .network import crumbs, here, line_of, scope_of

DRAWN = 3000
LISTED = 400


def _address(line: Line, code: str) -> str:
    return reverse("network:map") + "?" + urlencode({"line": line.code, "at": code})


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """Show where a line has gaps: communities above a community, its buildings inside one.

    A building of the map opens its own gaps, each with its next step. Works without any geometry,
    as the tree. Statements do not grow with the places.
    """
    actor, at = actor_of(request), scope_of(request)
    lines = queries.lines_in(community_of(at.code))
    line, steps = line_of(request, lines)
    inside = len(at.code) >= COMMUNITY_LENGTH
    level = Level.BUILDING if inside else Level.COMMUNITY
    found: dict[str, int] = {}
    listed: list[coverage.Gap] = []
    if inside:
        # The list has an end, the counts have none: no building with a gap is drawn without one.
        counted, listed = coverage.survey(
            by=actor, line=line, code=at.code, branch=LENGTHS[level], limit=LISTED + 1
        )
    else:
        counted = coverage.counts(by=actor, line=line, code=at.code, branch=LENGTHS[level])
    for one in counted:
        if one.standing in coverage.GAPS:
            found[one.branch] = found.get(one.branch, 0) + one.places
    drawn = territory.below(at.code, level).exclude(outline__isnull=True, longitude__isnull=True)
    context = {
        "here": "network",
        "at": at,
        "line": line,
        "tabs": [
            Link(key=one.code, label=one.name, url=_address(one, at.code)) for one, _steps in lines
        ],
        "above": [
            {"label": one.label, "url": one.url} for one in crumbs(actor, at, line, _address)
        ],
        "table": here(line=line.code, at=at.code),
        "places": [_shape(place, found.get(place.code, 0), line) for place in drawn[:DRAWN]],
        "branches": _inside(actor, at, steps, listed[:LISTED]) if inside else _outside(found, line),
        "more": len(listed) > LISTED,
        "total": sum(found.values()),
    }
    return render(request, "organisation/map.html", context)


def _shape(place: Place, gaps: int, line: Line) -> dict[str, Any]:
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = [float(place.latitude), float(place.longitude)]
    return {
        "name": place.name,
        "full": str(place),
        "at": point,
        "outline": place.outline,
        "count": gaps,
        "late": 0,
        "url": _address(line, place.code),
    }


def _inside(
    actor: Actor, at: Place, steps: list[LineStep], gaps: list[coverage.Gap]
) -> list[dict[str, Any]]:
    """Return the gaps under the grid they lie in; what lies higher comes first."""
    size = LENGTHS[Level.GRID]
    names = {
        row.code: row.name
        for row in Place.objects.filter(code__in={gap.code[:size] for gap in gaps})
    }
    kinds = {step.order: step.type.name for step in steps}
    may_edit = actor.may(Permission.POST_EDIT, at.code)
    branches: dict[str, dict[str, Any]] = {}
    for gap in gaps:
        head = gap.code[:size] if len(gap.code) > size else ""
        branch = branches.setdefault(head, {"name": names.get(head, ""), "rows": []})
        branch["rows"].append(
            {
                "name": gap.name,
                "missing": kinds.get(gap.order, ""),
                "said": gap.standing.label,
                "url": reverse("network:gap", args=[gap.place, gap.type]) + "?from=map"
                if may_edit
                else "",
            }
        )
    return list(branches.values())


def _outside(found: dict[str, int], line: Line) -> list[dict[str, Any]]:
    """Return the communities with gaps under their subdistrict."""
    size = LENGTHS[Level.SUBDISTRICT]
    codes = set(found) | {code[:size] for code in found}
    names = {row.code: row.name for row in Place.objects.filter(code__in=codes)}
    branches: dict[str, dict[str, Any]] = {}
    for code in sorted(found):
        branch = branches.setdefault(code[:size], {"name": names.get(code[:size], ""), "rows": []})
        branch["rows"].append(
            {"name": names.get(code, code), "count": found[code], "url": _address(line, code)}
        )
    return list(branches.values())
