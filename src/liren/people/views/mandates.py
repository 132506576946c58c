"""Mandates: give one, accept one, act under one, end one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.limits import MANDATE, SMALL, limited
from liren.access.web import actor_of
from liren.base.errors import Gone, Invalid, NotFound
from liren.look.messages import done
from liren.territory.web import community_at

from .. import actions, queries
from ..actions.core import own
from ..forms import MandateCodeForm, MandateForm
from ..signin.policy import ACTING_FOR
from .parts import beside, signed_in, signed_in_anywhere


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def mandates(request: HttpRequest, community: str) -> HttpResponse:
    """All of one's mandates, and the form to give one."""
    actor = actor_of(request)
    person = own(actor)
    form = MandateForm(request.POST or None)
    status = 200
    clear = link = ""
    if request.method == "POST":
        if form.is_valid():
            try:
                offer = actions.offer_mandate(by=actor, **form.cleaned_data)
            except Invalid as error:
                beside(form, error)
                status = 422
            else:
                if not offer.clear:
                    done(request, _("Offered. It runs once they accept it on their own page."))
                    return redirect("people:mandates", community=community)
                # Shown once, on the answer to the form itself: it is stored nowhere in clear.
                clear, form = offer.clear, MandateForm()
                path = reverse("people:mandate_accept", args=[community])
                link = request.build_absolute_uri(f"{path}?code={clear}")
        else:
            status = 422
    return render(
        request,
        "people/mandates.html",
        {
            "form": form,
            "clear": clear,
            "link": link,
            "short": link.partition("://")[2].partition("?")[0],
            "given": queries.mandates_given(person),
            "waiting": queries.offers_by(person),
            "held": queries.mandates_held(person),
            "offers": queries.offers_to(person),
            "here": "me",
        },
        status=status,
    )


@require_POST
@signed_in
def take_back(request: HttpRequest, community: str, offer: UUID) -> HttpResponse:
    """Take back an offer nobody has accepted yet."""
    actions.take_back_offer(by=actor_of(request), offer=offer)
    done(request, _("Taken back. Its code opens nothing any more."))
    return redirect("people:mandates", community=community)


@require_safe
@signed_in
@never_cache
def done_for_me(request: HttpRequest, community: str) -> HttpResponse:
    """What others did under one's mandates, ended ones included."""
    rows = queries.done_for(own(actor_of(request)))
    return render(request, "people/mandates_done.html", {"rows": rows, "here": "me"})


@require_POST
@signed_in
def revoke(request: HttpRequest, community: str, mandate: UUID) -> HttpResponse:
    """End a mandate with one tap."""
    actions.revoke_mandate(by=actor_of(request), mandate=mandate)
    done(request, _("Ended. It no longer opens anything."))
    return redirect("people:mandates", community=community)


@require_http_methods(["GET", "HEAD", "POST"])
@limited(MANDATE)
@signed_in_anywhere
@never_cache
def accept(request: HttpRequest, community: str) -> HttpResponse:
    """Accept with the code one was handed, on the page of the community of who gave it.

    Nothing is accepted before the page has said who asks, for what and until when.
    """
    community_at(request, community)
    own(actor_of(request))
    code = request.GET.get("code", "")[:24]
    form = MandateCodeForm(request.POST or None, initial={"code": code})
    status = 200
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
    offer = queries.offer_by_code(community, code) if code else None
    unseen = offer is not None and request.POST.get("shown") != str(offer.pk)
    if request.method == "POST" and not unseen:
        if form.is_valid():
            try:
                actions.accept_mandate(
                    by=actor_of(request), community=community, code=form.cleaned_data["code"]
                )
            except Invalid as error:
                beside(form, error)
            except (NotFound, Gone) as error:
                form.add_error("code", str(error))
            else:
                done(request, _("Accepted. You may act for them from now on."))
                return redirect("people:mandates", community=community)
        status = 422
    return render(
        request,
        "people/mandate_accept.html",
        {"form": form, "offer": offer, "here": "me"},
        status=status,
    )


@require_POST
@limited(SMALL)
@signed_in
def accept_offer(request: HttpRequest, community: str, offer: UUID) -> HttpResponse:
    """Accept a mandate offered to one's own number."""
    actions.accept_mandate(by=actor_of(request), offer=offer)
    done(request, _("Accepted. You may act for them from now on."))
    return redirect("people:mandates", community=community)


@require_POST
@signed_in
def act_for(request: HttpRequest, community: str, mandate: UUID) -> HttpResponse:
    """Act for somebody from now on, on their community's pages."""
    actor = actor_of(request)
    person = actor.person
    assert person is not None
    found = next((m for m in queries.mandates_held(person) if m.pk == mandate), None)
    if found is None or not found.may_matters:
        raise NotFound
    request.session[ACTING_FOR] = str(found.other_person)
    done(request, _("You act for %(who)s now, until you stop.") % {"who": found.other})
    return redirect("portal:home", community=found.community)


@require_POST
def stop_acting(request: HttpRequest, community: str) -> HttpResponse:
    """Act in one's own name again."""
    request.session.pop(ACTING_FOR, None)
    done(request, _("You are here in your own name again."))
    return redirect("people:mandates", community=community)
