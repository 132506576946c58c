"""Two taps for whoever passes by, joining and leaving; the desk's count by trade and its poster."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access import limits
from liren.access.actor import Permission
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.base.pdf import compile_pdf
from liren.base.qr import qr_svg
from liren.look.messages import done
from liren.matters import queries as matter_queries
from liren.matters import words
from liren.matters.forms.portal import new_once
from liren.matters.views.report import hand_receipt, place_for, step
from liren.people import consents
from liren.people.views.parts import beside
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level
from liren.territory.models import Place
from liren.territory.web import community_at

from . import actions, consent, queries
from .forms import JoinForm, TellForm

POSTER = Path(__file__).resolve().parent / "data" / "poster.typ"


# -- on the way --------------------------------------------------------------------------------


@limits.limited(limits.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, community: str) -> HttpResponse:
    """What did you see? One tap on it, one to send. Without an account it works as well."""
    community_at(request, community)
    actor = actor_of(request)
    if request.method != "POST":
        code = request.GET.get("place", "")
        if not code:
            # No poster was scanned: choose where, as everybody does.
            context = {**step(request, community, request.path, request.path), "here": "home"}
            return render(request, "mobileposts/where.html", context)
        place = place_for(actor, community, code)
        form = TellForm(initial={"place": place.code, "once": new_once()})
        return _two_taps(request, community, place, form)
    form = TellForm(request.POST)
    form.is_valid()
    place = place_for(actor, community, form.cleaned_data.get("place", ""))
    if form.errors:
        return _two_taps(request, community, place, form, status=422)
    data = form.cleaned_data
    try:
        receipt = actions.tell(
            by=actor, place=place, what=data["what"], words=data["words"], once=data["once"]
        )
    except Invalid as error:
        beside(form, error)
        return _two_taps(request, community, place, form, status=422)
    if actor.party is None:
        response = redirect("matters:receipt", community, receipt.matter.pk)
        hand_receipt(request, response, actor, receipt)
        return response
    return redirect("mobileposts:thanks", community, receipt.matter.pk)


def _two_taps(
    request: HttpRequest, community: str, place: Place, form: TellForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "place": place,
        "joined": queries.mine(actor_of(request).person, community),
        "here": "home",
    }
    return render(request, "mobileposts/tell.html", context, status=status)


@require_safe
def thanks(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
    """Thank whoever told it, and say who has it now and until when."""
    community_at(request, community)
    found = matter_queries.get(actor_of(request), matter)
    context = {
        "matter": found,
        "promise": words.promise_of(found, territory.working_calendar(community)),
        "joined": queries.mine(actor_of(request).person, community),
        "here": "home",
    }
    return render(request, "mobileposts/thanks.html", context)


# -- joining and leaving -----------------------------------------------------------------------


@limits.limited(limits.SMALL)
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, community: str) -> HttpResponse:
    """What a mobile post is, joining, and for whoever joined: leaving."""
    community_at(request, community)
    actor = actor_of(request)
    form = JoinForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if actor.person is None:
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}")
        status = 422
        if form.is_valid():
            try:
                actions.join(by=actor, community=community, **form.cleaned_data)
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("Welcome. From now on an entrance's code opens two taps."))
                return redirect("mobileposts:join", community)
    wording = consents.get(consent.PURPOSE)
    assert wording is not None
    context = {
        "form": form,
        "wording": wording.wording,
        "joined": queries.mine(actor.person, community),
        "signed_in": actor.person is not None,
        "sign_in": f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}",
        "here": "home",
    }
    return render(request, "mobileposts/join.html", context, status=status)


@require_POST
def leave(request: HttpRequest, community: str) -> HttpResponse:
    """Leave with one tap."""
    community_at(request, community)
    actions.leave(by=actor_of(request), community=community)
    done(request, _("You have left, and your trade is deleted. Thank you for what you told."))
    return redirect("mobileposts:join", community)


# -- the desk ----------------------------------------------------------------------------------


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """How many there are by trade, never who; the poster to put up."""
    actor = actor_of(request)
    codes = actor.codes(Permission.MATTER_DISPATCH)
    at = request.GET.get("at") or codes[0]
    if not (at.isascii() and at.isdigit()):
        raise NotFound
    if len(at) < COMMUNITY_LENGTH:
        below = territory.below(territory.at_code(at).code, Level.COMMUNITY)
        rows = [one for one in below[:200] if actor.may(Permission.MATTER_DISPATCH, one.code)]
        return render(request, "mobileposts/overview.html", {"here": "mobile", "communities": rows})
    place = territory.community(at[:COMMUNITY_LENGTH])
    context = {
        "here": "mobile",
        "place": place,
        "trades": queries.by_trade(actor, place.code),
    }
    return render(request, "mobileposts/overview.html", context)


@require_safe
@needs(Permission.MATTER_DISPATCH)
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """Print the poster that invites: for the courier station, the shop, the gate."""
    require(actor_of(request), Permission.MATTER_DISPATCH, code)
    place = territory.community(code)
    if place.closed_on is not None:
        raise NotFound
    address = request.build_absolute_uri(reverse("mobileposts:join", args=[code]))
    data = {
        "community": place.name,
        "title": _("Be a mobile post"),
        "for": _("Couriers, riders, drivers, cleaners, shopkeepers"),
        "do": _("You see it first. Two taps, and somebody takes care of it."),
        "promises": [
            _("Voluntary: join with one scan, leave with one tap"),
            _("No position, no points, nobody is counted"),
            _("You hear what came of it"),
        ],
        "svg": qr_svg(address, level="m"),
        "address": address.partition("://")[2],
    }
    response = HttpResponse(compile_pdf(POSTER, data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="mobile-{code}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
