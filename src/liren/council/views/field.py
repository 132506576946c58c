"""The pages of an institution's liaison."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Permission
from liren.access.web import actor_of, needs
from liren.base.errors import Changed, Invalid, NotFound
from liren.look.messages import done, sorry

from .. import actions, queries
from ..enums import ClaimState
from ..forms import ClaimForm
from . import shared
from .office import FEW, edit_line, make_promise, show_pledge

SHELL = "look/field.html"


@require_safe
@needs(Permission.MATTER_HANDLE)
def home(request: HttpRequest) -> HttpResponse:
    """My institution: matters to take on, promises, the three lists, what would fit."""
    actor = actor_of(request)
    body = queries.own_one(actor, request.GET.get("organisation", ""))
    kinds = shared.kinds_of(body.community)
    items = list(queries.items(actor).filter(organisation=body))
    mine = queries.pledges(actor).filter(state__in=queries.OPEN)

    def promises(rows: object) -> list[object]:
        return [
            shared.pledge_line(one, reverse("council_field:pledge", args=[one.pk]))
            for one in rows  # type: ignore[attr-defined]  # a queryset
        ]

    context = {
        "here": "council",
        "body": body,
        "bodies": list(queries.own(actor)),
        "openings": [
            shared.opening_line(one, reverse("council_field:claim", args=[one.pk]))
            for one in queries.openings(body.community)[:FEW]
        ],
        "claims": [
            {
                "row": one,
                "waiting": one.state == ClaimState.CLAIMED,
                "matter": reverse("matters_field:matter", args=[one.opening.matter_id])
                if one.state == ClaimState.CONFIRMED
                else "",
            }
            for one in queries.claims(actor).filter(organisation=body)[:FEW]
        ],
        "given": promises(mine.filter(giver=body)),
        "received": promises(mine.filter(receiver=body)),
        "lists": [
            {
                "title": title,
                "add": add,
                "add_url": f"{reverse('council_field:item_new', args=[body.pk])}?listed={listed}",
                "lines": [
                    shared.line_of(one, kinds, reverse("council_field:item", args=[one.pk]))
                    for one in items
                    if one.listed == listed
                ],
            }
            for listed, (title, add) in shared.LISTS.items()
        ],
        "fits": [
            # Only what is ours to give can be promised from here.
            shared.fit(
                one,
                kinds,
                reverse("council_field:promise") if one.resource.organisation_id == body.pk else "",
            )
            for one in queries.suggestions(actor, body.community, of=body.pk)[:FEW]
        ],
    }
    return render(request, "council/field.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def item_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a line on one of my institution's lists."""
    body = queries.own_one(actor_of(request), str(pk))
    return edit_line(request, body, None, back=reverse("council_field:home"), face=SHELL)


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a line of my institution's, or take it off."""
    row = queries.item(actor_of(request), pk)
    back = reverse("council_field:home")
    return edit_line(request, row.organisation, row, back=back, face=SHELL)


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def promise(request: HttpRequest) -> HttpResponse:
    """Promise something in my institution's name."""
    actor = actor_of(request)
    start = shared.promise_start(actor, request)
    bodies = list(queries.own(actor))
    if not bodies:
        raise NotFound
    community = bodies[0].community
    return make_promise(
        request,
        start,
        givers=bodies,
        receivers=list(queries.members(community)),
        community=community,
        there="council_field:pledge",
        back=reverse("council_field:home"),
        face=SHELL,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def pledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One promise my institution gives or receives."""
    actor = actor_of(request)
    queries.own_one(actor)
    row = queries.pledge(actor, pk)
    return show_pledge(
        request,
        row,
        there="council_field:pledge",
        back=reverse("council_field:home"),
        face=SHELL,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take on a matter: what the office says about it, and how we would do it."""
    actor = actor_of(request)
    body = queries.own_one(actor, request.POST.get("organisation", ""))
    row = queries.opening_for(actor, pk)
    form = ClaimForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.claim(
                    by=actor,
                    opening=row.pk,
                    organisation=body.pk,
                    words=form.cleaned_data["words"],
                )
            except (Invalid, Changed) as refused:
                status = shared.blame(form, refused)
            else:
                done(request, _("Thank you. The office confirms, then it is yours."))
                return redirect("council_field:home")
    context = {
        "here": "council",
        "line": shared.opening_line(row, ""),
        "form": form,
        "bodies": list(queries.own(actor)),
    }
    return render(request, "council/claim.html", context, status=status)


@require_POST
@needs(Permission.MATTER_HANDLE)
def withdraw_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an offer back before the office has confirmed it."""
    try:
        actions.withdraw_claim(by=actor_of(request), claim=pk)
    except Changed as refused:
        sorry(request, str(refused))
    else:
        done(request, _("Taken back. Others can take it on."))
    return redirect("council_field:home")
