"""Whoever calls: making a call, watching who comes, widening, closing. On the stairs and at the
desk the pages are the same, in another shell.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liren.access.actor import Actor, Permission, code_range
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.base.next_steps import next_steps
from liren.look.messages import done, sorry
from liren.look.parts import Link
from liren.people.views.parts import beside
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, audiences, queries, rules
from ..enums import State
from ..forms import CallForm
from ..kinds import KINDS
from ..models import Call
from . import shown
from .receiving import answered, context_for

FEW = 20
PAGE = 50
PLACES = 200
STOP_POLLING = 286


@dataclass(frozen=True, slots=True)
class Face:
    """Where the page is opened: its shell and its addresses."""

    shell: str
    urls: str
    here: str

    def url(self, name: str, *args: object) -> str:
        """Return an address of this face."""
        return reverse(f"{self.urls}:{name}", args=args)


FIELD = Face("look/field.html", "calls_field", "home")
OFFICE = Face("look/office.html", "calls_office", "calls")


def _kinds(face: Face) -> list[Link]:
    return [
        Link(label=str(k.label), url=f"{face.url('new')}?kind={k.key}", icon=k.icon, key=k.key)
        for k in KINDS.values()
    ]


# -- lists -----------------------------------------------------------------------------------------


@require_GET
@needs(Permission.CALL_MAKE)
def field_list(request: HttpRequest) -> HttpResponse:
    """One call, a hundred answer: what asks me, what I called, and calling."""
    actor = actor_of(request)
    mine = list(queries.visible(actor)[:FEW])
    return render(
        request,
        "calls/field_list.html",
        {
            "here": "home",
            "asking": [shown.line(call) for call in queries.asking(actor.person)],
            "running": [shown.line(call) for call in mine if call.state == State.RUNNING],
            "past": [shown.line(call) for call in mine if call.state != State.RUNNING],
            "kinds": _kinds(FIELD),
        },
    )


@require_GET
@needs(Permission.CALL_MAKE)
def office_list(request: HttpRequest) -> HttpResponse:
    """Calls of the place, by state."""
    actor = actor_of(request)
    state = request.GET.get("state", "")
    rows = queries.visible(actor)
    if state in State.values:
        rows = rows.filter(state=state)
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 5 else 1
    page = max(page, 1)
    listed = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    here = OFFICE.url("list")

    def at(number: int) -> str:
        return f"{here}?state={state}&page={number}"

    return render(
        request,
        "calls/office_list.html",
        {
            "here": "calls",
            "lines": [shown.line(call) for call in listed[:PAGE]],
            "states": State.choices,
            "state": state,
            "kinds": _kinds(OFFICE),
            "next": at(page + 1) if len(listed) > PAGE else "",
            "previous": at(page - 1) if page > 1 else "",
        },
    )


# -- making ----------------------------------------------------------------------------------------


def _places(actor: Actor) -> list[tuple[str, str]]:
    """Return where the actor may call: the places of their posts, and those below to choose from.

    Grids and buildings for a community; for whoever looks after more, the communities.
    """
    found: dict[str, str] = {}
    for code in actor.codes(Permission.CALL_MAKE):
        low, high = code_range(code)
        deepest = LENGTHS[Level.BUILDING if len(code) >= 12 else Level.COMMUNITY]
        deepest = max(deepest, len(code))
        rows = Place.objects.filter(code__gte=low, code__lt=high, closed_on__isnull=True)
        rows = rows.filter(
            level__in=[level for level, n in LENGTHS.items() if len(code) <= n <= deepest]
        )
        found |= {one.code: str(one) for one in rows.order_by("code")[:PLACES]}
    return list(found.items())


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@needs(Permission.CALL_MAKE)
def field_new(request: HttpRequest) -> HttpResponse:
    """Call, on the phone: what stands in the form is enough; the third tap sends."""
    return _new(request, FIELD)


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@needs(Permission.CALL_MAKE)
def office_new(request: HttpRequest) -> HttpResponse:
    """Call, from the desk."""
    return _new(request, OFFICE)


def _new(request: HttpRequest, face: Face) -> HttpResponse:
    actor = actor_of(request)
    wished = request.POST.get("kind") or request.GET.get("kind") or "other"
    if wished not in KINDS:
        raise NotFound
    kind = KINDS[wished]
    places = _places(actor)
    if not places:
        raise NotFound
    codes = dict(places)
    asked = request.POST.get("place") or request.GET.get("place") or ""
    place = asked if asked in codes else places[0][0]
    widest = next(code for code in codes if place.startswith(code))
    choices = audiences.offered(widest)
    form = CallForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        places=places,
        choices=choices,
        initial=CallForm.first(kind, choices, place),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                call = actions.make(by=actor, draft=form.draft())
            except Invalid as error:
                beside(form, error)
            except actions.Running as error:
                sorry(request, _("This very call is running already. Here it is."))
                return redirect(face.url("call", error.call))
            else:
                reached = call.rings.values_list("reached", flat=True)[0]
                said = ngettext("%(n)d person is called", "%(n)d people are called", reached)
                done(
                    request,
                    said % {"n": reached},
                    undo_url=face.url("act", call.pk, "withdraw"),
                )
                return redirect(face.url("call", call.pk))
    keys = (
        request.POST.getlist("audiences")
        if request.method == "POST"
        else [one.key for one in choices if one.chosen]
    )
    return render(
        request,
        "calls/new.html",
        {
            "shell": face.shell,
            "here": face.here,
            "kind": kind,
            "form": form,
            "reach": actions.would_reach(by=actor, place=place, keys=keys),
            "reach_url": face.url("reach"),
            "back": face.url("list"),
        },
        status=status,
    )


@require_GET
@limited(SMALL)
@needs(Permission.CALL_MAKE)
def reach(request: HttpRequest) -> HttpResponse:
    """Say who would be reached, before anything is sent."""
    place = request.GET.get("place", "")
    if not (place.isascii() and place.isdigit()) or len(place) not in LENGTHS.values():
        raise NotFound
    count = actions.would_reach(
        by=actor_of(request), place=place, keys=request.GET.getlist("audiences")
    )
    return render(request, "calls/_reach.html", {"reach": count})


# -- one call --------------------------------------------------------------------------------------


@require_GET
@needs(Permission.CALL_MAKE)
@never_cache
def field_call(request: HttpRequest, call: UUID) -> HttpResponse:
    """One call, on the phone: who comes, for whoever called; the answers, for whom it asks."""
    return _call(request, call, FIELD)


@require_GET
@needs(Permission.CALL_MAKE)
@never_cache
def office_call(request: HttpRequest, call: UUID) -> HttpResponse:
    """One call, at the desk."""
    return _call(request, call, OFFICE)


def _call(request: HttpRequest, call: UUID, face: Face) -> HttpResponse:
    actor = actor_of(request)
    mine = queries.visible(actor).filter(pk=call).first()
    asked_me = _asks(actor, call)
    if mine is None and asked_me is None:
        raise NotFound
    context: dict[str, Any] = {"shell": face.shell, "here": face.here, "back": face.url("list")}
    if asked_me is not None and actor.person is not None:
        context |= context_for(asked_me, actor.person)
        context["answer_url"] = face.url("act", call, "answer")
    if mine is None:
        return render(request, "calls/asked.html", context)
    context |= _watched(actor, mine, face)
    return render(request, "calls/call.html", context)


def _asks(actor: Actor, call: UUID) -> Call | None:
    try:
        return queries.asked(actor.person, call)
    except NotFound:
        return None


def _watched(actor: Actor, call: Call, face: Face) -> dict[str, Any]:
    """Return what whoever looks after a call sees."""
    rings = queries.rings_of(call)
    codes = {call.place_code[: ring.reach] for ring in rings}
    wider = rules.wider(call.reach)
    next_code = call.place_code[:wider] if wider else ""
    names = queries.names_of({*codes, next_code} if next_code else codes)
    running = call.state == State.RUNNING
    return {
        **_live(actor, call, face),
        "call": call,
        "line": shown.line(call),
        "meet": shown.when_said(call),
        "may": running,
        "over": "" if call.running else actions.over(call),
        "rings": [
            {
                "place": names.get(call.place_code[: ring.reach], ""),
                "ring": ring,
                "slow": not ring.done,
            }
            for ring in rings
            if not ring.off
        ],
        "next": names.get(next_code, "") if running else "",
        "may_widen": bool(next_code) and actor.may(Permission.CALL_MAKE, next_code),
        "steps": next_steps(actor, call),
        "urls": {
            verb.replace("-", "_"): face.url("act", call.pk, verb)
            for verb in ("widen", "pass-up", "close", "withdraw")
        },
    }


def _live(actor: Actor, call: Call, face: Face) -> dict[str, Any]:
    caller = queries.is_caller(actor, call)
    turnout = queries.turnout(call, apart=caller)
    rings = [ring for ring in queries.rings_of(call) if not ring.off]
    return {
        "call": call,
        "turnout": turnout,
        "caller": caller,
        "coming": queries.coming(actor, call) if call.state == State.RUNNING else [],
        "reached": (call.report or {}).get("reached", sum(ring.reached for ring in rings)),
        "few": call.state == State.RUNNING and rules.too_few(turnout.coming, call.needed),
        "live_url": face.url("live", call.pk) if call.state == State.RUNNING else "",
    }


@require_GET
@needs(Permission.CALL_MAKE)
@never_cache
def field_live(request: HttpRequest, call: UUID) -> HttpResponse:
    """Who comes, as of now."""
    return _live_part(request, call, FIELD)


@require_GET
@needs(Permission.CALL_MAKE)
@never_cache
def office_live(request: HttpRequest, call: UUID) -> HttpResponse:
    """Who comes, as of now."""
    return _live_part(request, call, OFFICE)


def _live_part(request: HttpRequest, call: UUID, face: Face) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get(actor, call)
    running = found.state == State.RUNNING
    response = render(
        request,
        "calls/live.html",
        _live(actor, found, face),
        status=200 if running else STOP_POLLING,
    )
    if not running:
        # It has ended: the page around says so too.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@limited(SMALL)
@needs(Permission.CALL_MAKE)
def field_act(request: HttpRequest, call: UUID, verb: str) -> HttpResponse:
    """One step, on the phone."""
    return _act(request, call, verb, FIELD)


@require_POST
@limited(SMALL)
@needs(Permission.CALL_MAKE)
def office_act(request: HttpRequest, call: UUID, verb: str) -> HttpResponse:
    """One step, at the desk."""
    return _act(request, call, verb, OFFICE)


def _act(request: HttpRequest, call: UUID, verb: str, face: Face) -> HttpResponse:
    actor = actor_of(request)
    if verb == "answer":
        answered(request, call)
    elif verb == "widen":
        seen = request.POST.get("seen", "")
        known = seen.isascii() and seen.isdigit() and len(seen) < 10
        ring = actions.widen(by=actor, call=call, seen=int(seen) if known else -1)
        said = ngettext("%(n)d more person is called", "%(n)d more people are called", ring.reached)
        done(request, said % {"n": ring.reached})
    elif verb == "pass-up":
        title = actions.pass_up(by=actor, call=call)
        done(request, _("%(who)s is told and may call the next ring.") % {"who": title})
    elif verb == "close":
        actions.close(by=actor, call=call)
        done(request, _("Closed. The numbers stay; all personal answers are deleted."))
    elif verb == "withdraw":
        actions.withdraw(by=actor, call=call)
        done(request, _("Called off. Whoever was called hears of it."))
    else:
        raise NotFound
    return redirect(face.url("call", call))


@require_GET
@needs(Permission.CALL_MAKE)
def poster(request: HttpRequest, call: UUID) -> HttpResponse:
    """The call on paper, for the entrance."""
    found = queries.get(actor_of(request), call)
    return render(
        request,
        "calls/poster.html",
        {"call": found, "meet": shown.when_said(found), "roles": queries.roles_of(found)},
    )
