"""The desk's pages of the joint council."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.sheets import Column, Kind, write_sheet
from liren.look.messages import done, sorry
from liren.look.parts import Link
from liren.matters import queries as matters
from liren.organisation import actions as organisations
from liren.organisation.enums import PostKind
from liren.organisation.models import Organisation
from liren.organisation.queries import holding
from liren.people import queries as people
from liren.territory import queries as territory
from liren.territory.models import Place

from .. import actions, queries, words
from ..actions.claims import refuses
from ..enums import ClaimState, Listed, State
from ..forms import (
    ItemForm,
    KindForm,
    LiaisonForm,
    MemberForm,
    OpenForm,
    PromiseForm,
    WordsForm,
)
from ..models import Claim, Pledge
from . import shared

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEW = 8
PAGE = 100


def at(request: HttpRequest) -> str:
    """Return the community the page is about: ``?at=``, or the first the actor looks after."""
    found = queries.communities(actor_of(request))
    wished = request.GET.get("at", "")
    if wished and wished not in found:
        raise NotFound
    if not found:
        raise NotFound
    return wished or found[0]


def _switch(request: HttpRequest, community: str, view: str) -> list[Link]:
    """Return the communities side by side, in code order; nothing for one alone."""
    found = queries.communities(actor_of(request))
    if len(found) < 2:
        return []
    names = dict(Place.objects.filter(code__in=found).values_list("code", "name"))
    return [
        Link(key=code, label=names.get(code, code), url=f"{reverse(view)}?at={code}")
        for code in found
    ]


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """Who sits on the council, what fits together, what is promised, what waits for the office."""
    actor, community = actor_of(request), at(request)
    kinds = shared.kinds_of(community)
    editing = shared.may_edit(actor, community)
    rows = list(queries.items(actor).filter(community=community))
    open_pledges = list(
        queries.pledges(actor).filter(community=community, state__in=queries.OPEN)[: PAGE + 1]
    )
    members = list(queries.members(community))
    counted: dict[Any, dict[str, int]] = {}
    for row in rows:
        line = counted.setdefault(row.organisation_id, {})
        line[row.listed] = line.get(row.listed, 0) + 1
    for pledge in open_pledges:
        line = counted.setdefault(pledge.giver_id, {})
        line["open"] = line.get("open", 0) + 1
    fits = queries.suggestions(actor, community)
    waiting = list(
        queries.claims(actor).filter(community=community, state=ClaimState.CLAIMED)[:PAGE]
    )
    context = {
        "here": "council",
        "community": community,
        "switch": _switch(request, community, "council:overview"),
        "editing": editing,
        "hide_promise": not editing,
        "members": [
            {
                "row": one,
                "url": reverse("council:member", args=[one.pk]),
                **{key: counted.get(one.pk, {}).get(key, 0) for key in (*Listed.values, "open")},
            }
            for one in members
        ],
        "fits": [shared.fit(one, kinds, reverse("council:promise")) for one in fits[:FEW]],
        "more_fits": max(0, len(fits) - FEW),
        "pledges": [
            shared.pledge_line(one, reverse("council:pledge", args=[one.pk]))
            for one in open_pledges[:FEW]
        ],
        "all_pledges": f"{reverse('council:pledges')}?{urlencode({'at': community})}",
        "claims": [
            {
                "row": one,
                "accept": reverse("council:decide", args=[one.pk, "accept"]),
                "decline": reverse("council:decide", args=[one.pk, "decline"]),
                "matter": reverse("matters_office:matter", args=[one.opening.matter_id]),
            }
            for one in waiting
        ],
        "openings": [
            shared.opening_line(one, reverse("matters_office:matter", args=[one.matter_id]))
            for one in queries.openings(community)[:FEW]
        ],
    }
    return render(request, "council/overview.html", context)


# -- members -----------------------------------------------------------------------------------


def _member(actor: Actor, pk: UUID) -> Organisation:
    found = Organisation.objects.filter(
        pk=pk, kind__in=queries.SEATED, community__in=queries.communities(actor)
    ).first()
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_DISPATCH)
def member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One member: its three lists, what it promised and was promised, its liaison, leaving."""
    actor = actor_of(request)
    row = _member(actor, pk)
    editing = shared.may_edit(actor, row.community)
    naming = actor.may(Permission.POST_EDIT, row.community)
    post = queries.liaison_of(row)
    typed = request.GET.get("q", "").strip()[:60]
    found = people.find(actor, typed) if typed and naming else []
    doing = request.POST.get("do", "")
    leaving = WordsForm(request.POST if doing == "leave" else None)
    liaison = LiaisonForm(request.POST if doing == "liaison" else None, persons=found)
    status = 200
    if request.method == "POST":
        form = {"leave": leaving, "liaison": liaison}.get(doing)
        if form is None:
            raise NotFound
        status = 422
        if form.is_valid():
            try:
                said = _do_member(actor, row, doing, form.cleaned_data)
            except (Invalid, Changed) as refused:
                status = shared.blame(form, refused)
            else:
                done(request, said)
                there = "council:overview" if doing == "leave" else "council:member"
                return redirect(there, *([] if doing == "leave" else [row.pk]))
    kinds = shared.kinds_of(row.community)
    items = list(queries.items(actor).filter(organisation=row))
    given = queries.pledges(actor).filter(giver=row)
    received = queries.pledges(actor).filter(receiver=row)

    def promises(rows: Any) -> list[dict[str, Any]]:
        return [
            shared.pledge_line(one, reverse("council:pledge", args=[one.pk]))
            for one in rows.order_by("-since", "due")[:FEW]
        ]

    holder = post.terms.filter(holding()).select_related("person").first() if post else None
    context = {
        "here": "council",
        "row": row,
        "post": post,
        "holder": holder,
        "editing": editing and row.closed_on is None,
        "naming": naming and row.kind in queries.OUTSIDE and row.closed_on is None,
        "may_leave": editing and row.kind in queries.OUTSIDE and row.closed_on is None,
        "leaving": leaving,
        "liaison": liaison,
        "words": typed,
        "found": found,
        "lists": [
            {
                "title": title,
                "add": add,
                "add_url": f"{reverse('council:item_new', args=[row.pk])}?listed={listed}",
                "lines": [
                    shared.line_of(one, kinds, reverse("council:item", args=[one.pk]))
                    for one in items
                    if one.listed == listed
                ],
            }
            for listed, (title, add) in shared.LISTS.items()
        ],
        "given": promises(given),
        "received": promises(received),
        "given_url": f"{reverse('council:pledges')}?{urlencode({'giver': str(row.pk)})}",
        "received_url": f"{reverse('council:pledges')}?{urlencode({'receiver': str(row.pk)})}",
        "fits": [
            shared.fit(one, kinds, reverse("council:promise"))
            for one in queries.suggestions(actor, row.community, of=row.pk)[:FEW]
        ],
    }
    return render(request, "council/member.html", context, status=status)


def _do_member(actor: Actor, row: Organisation, doing: str, data: dict[str, Any]) -> str:
    if doing == "leave":
        actions.leave(by=actor, organisation=row.pk, words=data["words"])
        return _("%(who)s has left the council. Its lists are closed.") % {"who": row.name}
    post = organisations.open_liaison(by=actor, organisation=row.pk, type=str(PostKind.INSTITUTION))
    term = post.terms.filter(holding()).first()
    person = UUID(data["person"])
    if term is not None:
        organisations.hand_over(by=actor, term=term.pk, person=person, on=clock.today(), note="")
    else:
        organisations.begin_term(by=actor, post=post.pk, person=person, starts=clock.today())
    return _("%(post)s is held by somebody now.") % {"post": post.title}


@require_http_methods(["GET", "POST"])
@needs(Permission.PARTNER_EDIT)
def member_new(request: HttpRequest) -> HttpResponse:
    """Put an institution on record, with a post for its liaison."""
    actor, community = actor_of(request), at(request)
    form = MemberForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = organisations.register_organisation(
                    by=actor, community=community, **form.cleaned_data
                )
                organisations.open_liaison(
                    by=actor, organisation=row.pk, type=str(PostKind.INSTITUTION)
                )
            except Invalid as refused:
                status = shared.blame(form, refused)
            else:
                done(request, _("On record. Now say who speaks for it, and fill its lists."))
                return redirect("council:member", row.pk)
    context = {"here": "council", "form": form}
    return render(request, "council/member_new.html", context, status=status)


# -- lines of the lists ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(Permission.PARTNER_EDIT)
def item_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a line on one of a member's lists."""
    row = _member(actor_of(request), pk)
    back = reverse("council:member", args=[row.pk])
    return edit_line(request, row, None, back=back, face="look/office.html")


@require_http_methods(["GET", "POST"])
@needs(Permission.PARTNER_EDIT)
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a line, or take it off its list."""
    row = queries.item(actor_of(request), pk)
    back = reverse("council:member", args=[row.organisation_id])
    return edit_line(request, row.organisation, row, back=back, face="look/office.html")


def edit_line(
    request: HttpRequest,
    body: Organisation,
    row: Any,
    *,
    back: str,
    face: str,
) -> HttpResponse:
    """Show and take the form of a line; the desk's and the liaison's."""
    actor = actor_of(request)
    if not queries.may_edit(actor, body):
        raise NotFound
    listed = row.listed if row is not None else request.GET.get("listed", Listed.NEED.value)
    if listed not in Listed.values:
        raise NotFound
    if row is not None and request.POST.get("do") == "close":
        actions.close_item(by=actor, item=row.pk)
        done(request, _("Taken off the list."))
        return redirect(back)
    form = ItemForm(
        request.POST or None,
        kinds=queries.kinds(body.community),
        places=shared.places(body.community),
        initial=ItemForm.of(row) if row is not None else {"starts": clock.today()},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if row is None:
                    actions.add_item(
                        by=actor, organisation=body.pk, listed=listed, line=form.line()
                    )
                else:
                    actions.change_item(by=actor, item=row.pk, line=form.line())
            except Invalid as refused:
                status = shared.blame(form, refused)
            else:
                done(request, _("It stands on the list."))
                return redirect(back)
    context = {
        "shell": face,
        "here": "council",
        "body": body,
        "row": row,
        "form": form,
        "title": Listed(listed).label,
        "back": back,
    }
    return render(request, "council/item.html", context, status=status)


# -- promises ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(Permission.PARTNER_EDIT)
def promise(request: HttpRequest) -> HttpResponse:
    """Make a promise between members, as both have agreed."""
    actor = actor_of(request)
    start = shared.promise_start(actor, request)
    community = at(request)
    members = list(queries.members(community))
    return make_promise(
        request,
        start,
        givers=members,
        receivers=members,
        community=community,
        there="council:pledge",
        back=reverse("council:overview"),
        face="look/office.html",
    )


def make_promise(
    request: HttpRequest,
    start: dict[str, Any],
    *,
    givers: list[Organisation],
    receivers: list[Organisation],
    community: str,
    there: str,
    back: str,
    face: str,
) -> HttpResponse:
    """Show and take the form of a promise; the desk's and the liaison's."""
    actor = actor_of(request)
    kinds = shared.kinds_of(community)
    form = PromiseForm(
        request.POST or None,
        givers=givers,
        receivers=receivers,
        projects=queries.items(actor).filter(community=community, listed=Listed.PROJECT),
        places=shared.places(community),
        initial=start,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = actions.promise(by=actor, **form.values())
            except Invalid as refused:
                status = shared.blame(form, refused)
            else:
                done(request, _("Promised. Both sides have been told."))
                return redirect(there, row.pk)
    fits = [
        one
        for one in queries.suggestions(actor, community, need=start.get("need"))
        if start.get("need") and one.resource.pk == start.get("resource")
    ]
    context = {
        "shell": face,
        "here": "council",
        "form": form,
        "back": back,
        "fit": shared.fit(fits[0], kinds, "") if fits else None,
    }
    return render(request, "council/promise.html", context, status=status)


@require_safe
@needs(Permission.MATTER_DISPATCH)
def pledges(request: HttpRequest) -> HttpResponse:
    """List promises: all of a council, or those behind a figure."""
    actor = actor_of(request)
    rows, said = _behind(request, queries.pledges(actor))
    listed = list(rows[: PAGE + 1])
    context = {
        "here": "council",
        "count": rows.count(),
        "said": said,
        "pledges": [
            shared.pledge_line(one, reverse("council:pledge", args=[one.pk]))
            for one in listed[:PAGE]
        ],
        "more": len(listed) > PAGE,
        "states": [*State.choices, ("late", _("overdue"))],
    }
    return render(request, "council/pledges.html", context)


def _behind(request: HttpRequest, rows: Any) -> tuple[Any, list[str]]:
    """Narrow promises to what an address asks for; say it in words."""
    said: list[str] = []
    asked = request.GET
    if asked.get("at", "").isdigit():
        rows = rows.filter(community=asked["at"][:12])
    if wanted := _number(asked.get("year", ""), 2200):
        rows = queries.in_year(rows, wanted)
        said.append(str(wanted))
    for name, label in (("giver", _("given by %(who)s")), ("receiver", _("received by %(who)s"))):
        try:
            wished = UUID(asked.get(name, ""))
        except ValueError:
            continue
        body = Organisation.objects.filter(pk=wished).first()
        if body is not None:
            rows = rows.filter(**{name: body})
            said.append(label % {"who": body.name})
    state = asked.get("state", "")
    if state == "late":
        rows = rows.filter(queries.late())
    elif state in State.values:
        rows = rows.filter(state=state)
    return rows, said


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_DISPATCH)
def pledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One promise: who owes what to whom, what happened, what can be done now."""
    row = queries.pledge(actor_of(request), pk)
    return show_pledge(
        request,
        row,
        there="council:pledge",
        back=reverse("council:overview"),
        face="look/office.html",
    )


def show_pledge(
    request: HttpRequest, row: Pledge, *, there: str, back: str, face: str
) -> HttpResponse:
    """Show a promise and take what is done with it; the desk's and the liaison's."""
    actor = actor_of(request)
    status, verb = 200, request.POST.get("do", "")
    form = WordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        try:
            seen = int(request.POST.get("seen", ""))
        except ValueError:
            seen = None
        if form.is_valid():
            said = form.cleaned_data["words"]
            try:
                if verb == "hand_over":
                    actions.hand_over(
                        by=actor,
                        pledge=row.pk,
                        organisation=_uuid(request.POST.get("organisation", "")),
                        words=said,
                        seen=seen,
                    )
                elif verb in shared.ACTS:
                    shared.ACTS[verb](by=actor, pledge=row.pk, words=said, seen=seen)
                else:
                    raise NotFound
            except (Invalid, Changed, NotAllowed) as refused:
                status = shared.blame(form, refused)
                row = queries.pledge(actor, row.pk)
            else:
                done(request, _("Noted. The other side has been told."))
                return redirect(there, row.pk)
    office = shared.may_edit(actor, row.community)
    others = queries.members(row.community).exclude(pk__in=[row.giver_id, row.receiver_id])
    overdue = row.state in queries.RUNNING and row.due < clock.today()
    context = {
        "shell": face,
        "here": "council",
        "row": row,
        "tone": "bad" if overdue else shared.TONES[State(row.state)],
        "state": _("overdue") if overdue else row.get_state_display(),
        "facts": shared.facts(row),
        "history": shared.history(row),
        "offers": shared.offers(actor, row),
        "others": list(others) if office and row.state in queries.RUNNING else [],
        "form": form,
        "verb": verb,
        "back": back,
        "url": reverse(there, args=[row.pk]),
    }
    return render(request, "council/pledge.html", context, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        said = _("This organisation is not known here.")
        raise Invalid(said, fields={"organisation": said}) from error


# -- matters to take on ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_DISPATCH)
def open_matter(request: HttpRequest, matter: UUID) -> HttpResponse:
    """Open a matter to the institutions, in the office's own words; or take it back."""
    actor = actor_of(request)
    row = matters.get(actor, matter)
    require(actor, Permission.MATTER_DISPATCH, row.place_code)
    there = reverse("matters_office:matter", args=[row.pk])
    opening = getattr(row, "council_opening", None)
    if request.POST.get("do") == "close":
        try:
            actions.close_to_institutions(by=actor, matter=row.pk)
        except Changed as refused:
            sorry(request, str(refused))
        else:
            done(request, _("Institutions do not see it any more."))
        return redirect(there)
    form = OpenForm(
        request.POST or None, initial={"words": opening.words if opening is not None else ""}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.open_to_institutions(
                    by=actor, matter=row.pk, words=form.cleaned_data["words"]
                )
            except (Invalid, Changed) as refused:
                status = shared.blame(form, refused)
            else:
                done(request, _("Institutions can take it on now. You confirm before it begins."))
                return redirect(there)
    context = {
        "here": "council",
        "matter": row,
        "form": form,
        "why": refuses(row),
        "opening": opening if opening is not None and opening.open else None,
        "there": there,
    }
    return render(request, "council/open.html", context, status=status)


@require_POST
@needs(Permission.MATTER_DISPATCH)
def decide(request: HttpRequest, pk: UUID, answer: str) -> HttpResponse:
    """Confirm or decline an institution's offer."""
    if answer not in ("accept", "decline"):
        raise NotFound
    actor = actor_of(request)
    try:
        row: Claim = actions.decide_claim(
            by=actor, claim=pk, accept=answer == "accept", words=request.POST.get("words", "")
        )
    except (Invalid, Changed) as refused:
        sorry(request, str(refused))
    else:
        said = (
            _("%(who)s has it now and is told.")
            if row.state == ClaimState.CONFIRMED
            else _("Declined; %(who)s is told why. Others can take it on.")
        )
        done(request, said % {"who": row.organisation.name})
    return redirect("council:overview")


# -- the year, the kinds -----------------------------------------------------------------------


def _year(request: HttpRequest) -> int:
    now = clock.today().year
    return _number(request.GET.get("year", ""), now) or now


def _number(text: str, most: int) -> int:
    """Return a year from 2000 on as an address writes it; 0 when it is none."""
    fits = text.isascii() and text.isdigit() and len(text) == 4
    return int(text) if fits and 2000 <= int(text) <= most else 0


@require_safe
@needs(Permission.MATTER_DISPATCH)
def year(request: HttpRequest) -> HttpResponse:
    """A council's year: given, received, confirmed. By name; every figure opens its list (G2)."""
    actor, community, number = actor_of(request), at(request), _year(request)
    lines = queries.year(actor, community, number)
    base = {"at": community, "year": str(number)}

    def url(**more: object) -> str:
        wanted = {key: str(value) for key, value in {**base, **more}.items()}
        return f"{reverse('council:pledges')}?{urlencode(wanted)}"

    context = {
        "here": "council",
        "community": territory.community(community),
        "year": number,
        "years": [clock.today().year - n for n in range(4)],
        "sheet": f"{reverse('council:year_sheet')}?{urlencode(base)}",
        "lines": [
            {
                "name": one.organisation.name,
                "figures": [
                    (one.given, url(giver=one.organisation.pk)),
                    (
                        one.given_confirmed,
                        url(giver=one.organisation.pk, state=State.CONFIRMED.value),
                    ),
                    (one.withdrawn, url(giver=one.organisation.pk, state=State.WITHDRAWN.value)),
                    (one.received, url(receiver=one.organisation.pk)),
                    (
                        one.received_confirmed,
                        url(receiver=one.organisation.pk, state=State.CONFIRMED.value),
                    ),
                ],
            }
            for one in lines
        ],
    }
    return render(request, "council/year.html", context)


@require_safe
@needs(Permission.MATTER_DISPATCH)
def year_sheet(request: HttpRequest) -> HttpResponse:
    """Hand out the year as a sheet: the same figures, then the promises they count."""
    actor, community, number = actor_of(request), at(request), _year(request)
    columns = [
        Column(key="who", title=pgettext("of the council", "Member")),
        Column(key="given", title=pgettext("promises", "Given"), kind=Kind.INTEGER),
        Column(key="ok", title=pgettext("promises", "Of these confirmed"), kind=Kind.INTEGER),
        Column(key="back", title=pgettext("promises", "Withdrawn"), kind=Kind.INTEGER),
        Column(key="got", title=pgettext("promises", "Received"), kind=Kind.INTEGER),
        Column(key="got_ok", title=pgettext("promises", "Of these received"), kind=Kind.INTEGER),
    ]
    rows = [
        [
            one.organisation.name,
            one.given,
            one.given_confirmed,
            one.withdrawn,
            one.received,
            one.received_confirmed,
        ]
        for one in queries.year(actor, community, number)
    ]
    response = HttpResponse(write_sheet(rows, columns, sheet_name=str(number)), content_type=XLSX)
    name = f"{_('Joint council')} {territory.community(community).name} {number}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@require_http_methods(["GET", "POST"])
@needs(Permission.PARTNER_EDIT)
def kinds(request: HttpRequest) -> HttpResponse:
    """Add, rename or retire kinds of what is needed and offered."""
    actor, community = actor_of(request), at(request)
    form = KindForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.keep_kind(
                    by=actor,
                    community=community,
                    active=request.POST.get("do") != "retire",
                    **form.cleaned_data,
                )
            except Invalid as refused:
                status = shared.blame(form, refused)
            else:
                done(request, _("Kept."))
                return redirect("council:kinds")
    context = {
        "here": "council",
        "form": form,
        "kinds": [
            {"row": row, "name": words.kind_name(row), "unit": words.unit_name(row)}
            for row in queries.kinds(community, also_retired=True)
        ],
    }
    return render(request, "council/kinds.html", context, status=status)
