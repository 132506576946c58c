"""Root causes: what keeps coming back at one place is proposed, a person opens it (G11)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.look.messages import done
from liren.territory.models import Place

from ... import actions, desk, queries
from ...forms.office import RootForm
from ...forms.portal import put
from ...kinds import kind_name
from ...models import Category
from . import shown

DAYS = 90


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place and a category that keep coming back, with the reason it is proposed."""

    place: Place
    kind: str
    count: int
    url: str
    reason: str


def proposals(actor: Actor, *, limit: int = 50) -> list[Proposal]:
    """Return the proposals with their reasons, the most frequent first. Three statements."""
    found = queries.recurring(actor, days=DAYS)[:limit]
    places = {p.code: p for p in Place.objects.filter(code__in=[one["building"] for one in found])}
    kinds = _kinds({str(one["category__key"]) for one in found})
    listed = []
    for one in found:
        place, kind = places.get(str(one["building"])), kinds.get(str(one["category__key"]))
        if place is None or kind is None:
            continue
        query = urlencode({"place": place.code, "kind": kind.key})
        listed.append(
            Proposal(
                place=place,
                kind=kind_name(kind),
                count=int(str(one["n"])),
                url=f"{reverse('matters_office:root')}?{query}",
                reason=_("%(n)d times in %(days)d days at the same place")
                % {"n": one["n"], "days": DAYS},
            )
        )
    return listed


def _kinds(keys: set[str]) -> dict[str, Category]:
    rows = Category.objects.filter(key__in=keys, current=True).order_by("community")
    return {kind.key: kind for kind in rows}


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """List what is proposed, and the root causes being worked on."""
    actor = actor_of(request)
    running = (
        desk.mine(actor)
        .filter(origin="root")
        .exclude(status="closed")
        .select_related("place", "category", "holder")
        .order_by("due")[:50]
    )
    return render(
        request,
        "matters/office/roots.html",
        {
            "here": "root",
            "proposals": proposals(actor),
            "lines": shown.lines(
                shown.rows(running), holder_url=f"{reverse('matters_office:list')}?holder="
            ),
        },
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_DISPATCH)
def root(request: HttpRequest) -> HttpResponse:
    """Look at the matters behind a proposal, choose, and open one root-cause matter."""
    actor = actor_of(request)
    code = request.GET.get("place", "")
    place = Place.objects.filter(code=code).first() if code.isdigit() else None
    if place is None or not actor.may(Permission.MATTER_DISPATCH, place.code):
        raise NotFound
    kind = queries.categories(place.community).filter(key=request.GET.get("kind", "")).first()
    if kind is None:
        raise NotFound
    since = clock.now() - timedelta(days=DAYS)
    matters = list(
        desk.mine(actor)
        .filter(in_codes("place_code", [place.code]), category__key=kind.key)
        .filter(reported_at__gte=since, shielded=False)
        .exclude(origin="root")
        .exclude(ending__in=["withdrawn", "merged"])
        .select_related("place", "category", "holder")
        .order_by("-reported_at")[:100]
    )
    words = {"kind": kind_name(kind), "place": place, "n": len(matters), "days": DAYS}
    start = {
        "text": _("%(place)s: %(kind)s, %(n)d times in %(days)d days. Find out why and end it.")
        % words
    }
    form = RootForm(request.POST or None, initial=start)
    chosen = _chosen(request, [m.pk for m in matters])
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                receipt = actions.open_root(
                    by=actor,
                    place_code=place.code,
                    category=kind.pk,
                    text=form.cleaned_data["text"],
                    matters=chosen,
                )
            except Invalid as refused:
                put(form, refused)
            else:
                done(request, _("Opened, with its matters behind it."))
                return HttpResponseRedirect(
                    reverse("matters_office:matter", args=[receipt.matter.pk])
                )
    context: dict[str, Any] = {
        "here": "root",
        "form": form,
        "place": place,
        "kind": kind_name(kind),
        "rows": shown.rows(matters),
        "chosen": set(chosen),
        "days": DAYS,
    }
    return render(request, "matters/office/root.html", context, status=status)


def _chosen(request: HttpRequest, all_of_them: list[UUID]) -> list[UUID]:
    """Return the matters chosen; all of them before anybody has chosen."""
    if request.method != "POST":
        return all_of_them
    wished = set(request.POST.getlist("matter"))
    return [pk for pk in all_of_them if str(pk) in wished]
