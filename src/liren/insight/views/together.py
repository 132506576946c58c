"""One needle: a page per place and per project with everybody's promise and its state (D1)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from liren.access.actor import Permission
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base.commitments import Commitment, State
from liren.base.errors import NotFound
from liren.matters.enums import WhistleState
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS, prefixes
from liren.territory.enums import Level
from liren.territory.models import Place
from liren.territory.web import community_at

from .. import queries

STATES: dict[str, tuple[str, Any]] = {
    "late": ("bad", gettext_lazy("overdue")),
    State.PROMISED: ("wait", pgettext_lazy("promise", "promised")),
    State.UNDER_WAY: ("now", pgettext_lazy("promise", "under way")),
    State.DELIVERED: ("info", pgettext_lazy("promise", "delivered, says the giver")),
    State.CONFIRMED: ("ok", pgettext_lazy("promise", "confirmed by the receiver")),
    State.WITHDRAWN: ("off", pgettext_lazy("promise", "withdrawn")),
}
SHOWN = 200


def place_at(community: str, code: str) -> Place:
    """Return a place of a community, down to the entrance; raise ``NotFound``."""
    fits = code.isascii() and code.isdigit() and code.startswith(community)
    if not fits or len(code) not in LENGTHS.values() or len(code) > LENGTHS[Level.UNIT]:
        raise NotFound
    return territory.at_code(code)


def promise_rows(
    found: list[Commitment], names: dict[str, str], project_url: Any
) -> list[dict[str, Any]]:
    """Return promises as the page shows them."""
    return [
        {
            "who": one.who,
            "what": one.what,
            "due": one.due,
            "tone": STATES[queries.stands(one)][0],
            "state": STATES[queries.stands(one)][1],
            "place": names.get(one.place_code, ""),
            "url": one.url,
            "project": one.project_name,
            "project_url": project_url(one.project) if one.project else "",
        }
        for one in found
    ]


def page(request: HttpRequest, place: Place, *, office: bool) -> HttpResponse:
    """Show one place; the residents' page and the desk's."""
    actor = actor_of(request)
    community = place.code[:COMMUNITY_LENGTH]
    found = queries.together(actor, place)
    state = request.GET.get("state", "")
    listed = [one for one in found.promises if state in ("", queries.stands(one))]
    children = list(
        Place.objects.filter(parent=place, closed_on__isnull=True)
        .exclude(level=Level.HOUSEHOLD)
        .order_by("code")
    )
    above = [code for code in prefixes(place.code)[1:] if len(code) >= COMMUNITY_LENGTH]
    names = queries.names(
        {one.place_code for one in listed}
        | {one.place_code for one in found.called}
        | {*above, community}
    )

    def url(code: str) -> str:
        if office:
            return reverse("insight:place", args=[code])
        if code == community:
            return reverse("together:community", args=[community])
        return reverse("together:place", args=[community, code])

    def project_url(key: str) -> str:
        if office:
            return reverse("insight:project", args=[community, key])
        return reverse("together:project", args=[community, key])

    context = {
        "shell": "look/office.html" if office else "look/portal.html",
        "here": "together" if office else "home",
        "place": place,
        "above": [(names.get(code, code), url(code)) for code in reversed(above)],
        "children": [
            {
                "name": child.name,
                "url": url(child.code),
                "count": sum(
                    one.place_code.startswith(child.code)
                    for one in found.promises
                    if one.state in queries.OPEN
                ),
            }
            for child in children
        ],
        "leaders": found.leaders,
        "called": [
            {
                "row": one,
                "place": names.get(one.place_code, ""),
                "state": WhistleState(one.state).label,
            }
            for one in found.called
        ],
        "promises": promise_rows(listed[:SHOWN], names, project_url),
        "count": len(listed),
        "more": max(0, len(listed) - SHOWN),
        "states": [(key, label) for key, (_tone, label) in STATES.items()],
        "state": state,
    }
    return render(request, "insight/together.html", context)


def project_page(request: HttpRequest, community: str, key: str, *, office: bool) -> HttpResponse:
    """Show one project: everybody's part of it."""
    found = queries.of_project(actor_of(request), community, key)
    if not found:
        raise NotFound
    names = queries.names({one.place_code for one in found} | {community})
    back = (
        reverse("insight:place", args=[community])
        if office
        else reverse("together:community", args=[community])
    )
    context = {
        "shell": "look/office.html" if office else "look/portal.html",
        "here": "together" if office else "home",
        "name": found[0].project_name,
        "back": back,
        "back_name": names.get(community, ""),
        "promises": promise_rows(found, names, lambda _key: ""),
        "open": sum(one.state in queries.OPEN for one in found),
        "confirmed": sum(one.state == State.CONFIRMED for one in found),
    }
    return render(request, "insight/project.html", context)


# -- residents ---------------------------------------------------------------------------------


@require_safe
def community(request: HttpRequest, community: str) -> HttpResponse:
    """Everybody's part in a community."""
    return page(request, community_at(request, community), office=False)


@require_safe
def place(request: HttpRequest, community: str, code: str) -> HttpResponse:
    """Everybody's part at one place."""
    community_at(request, community)
    return page(request, place_at(community, code), office=False)


@require_safe
def project(request: HttpRequest, community: str, key: str) -> HttpResponse:
    """Everybody's part of one project."""
    community_at(request, community)
    return project_page(request, community, key, office=False)


# -- the desk ----------------------------------------------------------------------------------


@require_safe
@needs(Permission.MATTER_DISPATCH)
def office(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the same at the desk, with ways to the promises; above a community, choose one."""
    actor = actor_of(request)
    codes = actor.codes(Permission.MATTER_DISPATCH)
    wished = code or codes[0]
    if not (wished.isascii() and wished.isdigit()) or len(wished) not in LENGTHS.values():
        raise NotFound
    require(actor, Permission.MATTER_DISPATCH, wished)
    if len(wished) >= COMMUNITY_LENGTH:
        return page(request, place_at(wished[:COMMUNITY_LENGTH], wished), office=True)
    rows = territory.below(wished, Level.COMMUNITY)
    state = request.GET.get("state", "")
    tail = f"?{urlencode({'state': state})}" if state else ""
    found = queries.promises(actor, wished)
    listed = [one for one in found if state in ("", queries.stands(one))]
    names = queries.names({one.place_code for one in listed})
    context = {
        "here": "together",
        "title": _("Everybody's part"),
        "communities": [
            {
                "name": row.name,
                "url": reverse("insight:place", args=[row.code]) + tail,
                "count": sum(one.place_code.startswith(row.code) for one in listed),
            }
            for row in rows
        ],
        "promises": promise_rows(listed[:SHOWN], names, lambda _key: ""),
        "count": len(listed),
        "more": max(0, len(listed) - SHOWN),
        "states": [(key, label) for key, (_tone, label) in STATES.items()],
    }
    return render(request, "insight/communities.html", context)


@require_safe
@needs(Permission.MATTER_DISPATCH)
def office_project(request: HttpRequest, community: str, key: str) -> HttpResponse:
    """Everybody's part of one project, at the desk."""
    require(actor_of(request), Permission.MATTER_DISPATCH, community)
    return project_page(request, community, key, office=True)
