"""Whoever is asked: one page, one tap. Signed in, or by the link of a message."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.access.actor import Permission
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of
from liren.base.errors import Gone
from liren.look.messages import done
from liren.people import consents
from liren.people.actions.core import own
from liren.people.models import Account
from liren.people.views.parts import signed_in

from .. import actions, links, queries
from ..audiences import CONSENT
from ..enums import State
from ..models import Call
from . import shown


def context_for(call: Call, person: UUID) -> dict[str, Any]:
    """Return what the page of somebody who is asked shows."""
    running = call.running
    mine = queries.answer_of(person, call.pk) if running else None
    return {
        "call": call,
        "line": shown.line(call),
        "running": running,
        "over": "" if running else actions.over(call),
        "taps": shown.taps(call, mine) if running else [],
        "mine": shown.said_by_me(call, mine),
        "meet": shown.when_said(call),
        "turnout": queries.turnout(call, apart=False),
        "off": call.state == State.WITHDRAWN,
    }


def answered(request: HttpRequest, call: UUID) -> None:
    """Write down what was tapped; "none" takes the answer back."""
    actor = actor_of(request)
    said, _colon, role = request.POST.get("tap", "").partition(":")
    if said == "none":
        actions.take_back(by=actor, call=call)
        done(request, _("Taken back. Nothing is kept of it."))
        return
    number = int(role) if role.isascii() and role.isdigit() and len(role) < 4 else -1
    # The page says what was answered; hundreds answer within a minute, and a toast costs as much
    # as the answer.
    actions.answer(by=actor, call=call, said=said, role=number)


@require_safe
@never_cache
def open_call(request: HttpRequest, call: UUID) -> HttpResponse:
    """Lead to the page of a call where this person is at home."""
    actor = actor_of(request)
    if actor.person is None:
        return redirect(f"{reverse('people:sign_in')}?next={request.path}")
    if actor.has(Permission.MATTER_DISPATCH) and actor.has(Permission.CALL_MAKE):
        return redirect("calls_office:call", call)
    if actor.has(Permission.CALL_MAKE):
        return redirect("calls_field:call", call)
    account = request.user
    assert isinstance(account, Account)
    return redirect(
        "calls:call", account.community or queries.asked(actor.person, call).community, call
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def portal(request: HttpRequest, community: str, call: UUID) -> HttpResponse:
    """A call as a resident sees it who said that they want to be called."""
    person = own(actor_of(request))
    if request.method == "POST":
        answered(request, call)
        return redirect("calls:call", community, call)
    found = queries.asked(person, call)
    return render(
        request,
        "calls/asked.html",
        {**context_for(found, person), "shell": "look/portal.html", "here": "home"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@never_cache
def tap(request: HttpRequest, token: str) -> HttpResponse:
    """A call by the link of a message: looking answers nothing, tapping does."""
    call, person = links.read(token)
    if request.method == "POST":
        answered(request, call)
        return redirect("calls:tap", token)
    found = queries.asked(person, call)
    page = {**context_for(found, person), "shell": "look/plain.html", "one_tap": True}
    return render(
        request, "calls/asked.html", page, status=200 if page["running"] else Gone().status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def opt(request: HttpRequest, community: str) -> HttpResponse:
    """Join those who are called, or leave; at any time, without a reason."""
    actor = actor_of(request)
    person = own(actor)
    if request.method == "POST":
        if request.POST.get("on") == "yes":
            actions.opt_in(by=actor)
            done(request, _("You will be called when neighbours are needed."))
        else:
            actions.opt_out(by=actor)
            done(request, _("No more calls come to you."))
        return redirect("calls:opt", community)
    return render(
        request,
        "calls/opt.html",
        {
            "given": queries.opted_in(person),
            "purpose": consents.get(CONSENT),
            "running": queries.asking(person),
            "here": "me",
        },
    )
