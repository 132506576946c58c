"""The desk: calls for leaders, duties, thanks, who is responsible, what was not answered."""

from uuid import UUID

from django import forms as django_forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.access.actor import Permission
from liren.access.gate import in_codes, require
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.look.messages import done
from liren.matters import queries as matters
from liren.matters import words as matter_words
from liren.matters.kinds import kind_name
from liren.organisation import actions as organisation
from liren.organisation.actions.duties import version_of
from liren.organisation.forms import DutiesForm
from liren.organisation.models import Duty, PostType, Term
from liren.organisation.queries import duties_of
from liren.people.views.parts import beside
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, queries
from .. import unanswered as late
from ..enums import OpeningState
from ..forms import AppointForm, CallForm, CloseForm, ThanksForm
from ..models import Thanks
from ..responsible import answer, found_places

SHOWN = 50


def _scope(request: HttpRequest, permission: str) -> Place:
    """Return the place a page is about: ``?at=`` or the highest the actor looks after."""
    actor = actor_of(request)
    codes = actor.codes(permission)
    code = request.GET.get("at") or (codes[0] if codes else "")
    if not (code.isascii() and code.isdigit()) or len(code) not in LENGTHS.values():
        raise NotFound
    require(actor, permission, code)
    return territory.at_code(code)


# -- calls -------------------------------------------------------------------------------------


@require_safe
@needs(Permission.POST_EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """All calls, the running ones first."""
    rows = (
        queries.visible(actor_of(request))
        .select_related("place", "type")
        .order_by(F("closed_at").desc(nulls_first=True), "-opened_at")
    )
    listed = sorted(rows[:SHOWN], key=lambda row: (row.state != OpeningState.OPEN, row.until))
    context = {
        "here": "recruitment",
        "openings": listed,
        "today": clock.today(),
        "types": PostType.objects.filter(code__in=Duty.objects.values("type").distinct()).order_by(
            "code"
        ),
    }
    return render(request, "recruitment/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.POST_EDIT)
def new(request: HttpRequest, place: UUID, kind: str) -> HttpResponse:
    """Call publicly for somebody to take a post at a place."""
    where = Place.objects.filter(pk=place, closed_on__isnull=True).first()
    if where is None:
        raise NotFound
    require(actor_of(request), Permission.POST_EDIT, where.code)
    wanted = PostType.objects.filter(
        pk=kind, level=where.level, community__in=("", where.community)
    ).first()
    if wanted is None:
        raise NotFound
    form = CallForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = actions.open_call(
                    by=actor_of(request), place=where.pk, type=wanted.pk, **form.cleaned_data
                )
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("Called. The neighbours there see it now."))
                return redirect("recruitment:one", row.pk)
    context = {
        "here": "recruitment",
        "place": where,
        "kind": wanted,
        "form": form,
        "duties": duties_of(where.community, wanted.pk),
    }
    return render(request, "recruitment/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.POST_EDIT)
def one(request: HttpRequest, opening: UUID) -> HttpResponse:
    """One call: who stands, in the order of entry; appoint one, or end it."""
    actor = actor_of(request)
    row = queries.get(actor, opening)
    standing = queries.nominees(row)
    doing = request.POST.get("do", "")
    sent = request.POST if request.method == "POST" else None
    appoint = AppointForm(
        sent if doing == "appoint" else None,
        nominees=standing,
        initial={"starts": clock.today()},
    )
    close = CloseForm(sent if doing == "close" else None, auto_id="close_%s")
    status = 200
    if sent is not None:
        form: django_forms.Form | None = {"appoint": appoint, "close": close}.get(doing)
        if form is None:
            raise NotFound
        status = 422
        if row.state != OpeningState.OPEN:
            raise Changed(_("This call has ended already."))
        if form.is_valid():
            data = form.cleaned_data
            try:
                if doing == "close":
                    actions.close_call(by=actor, opening=row.pk, words=data["words"])
                    done(request, _("Ended. Who stood is thanked, and nothing of it is kept."))
                    return redirect("recruitment:overview")
                term = actions.appoint(
                    by=actor,
                    nomination=UUID(data["nomination"]),
                    starts=data["starts"],
                    ends=data["ends"],
                    words=data["words"],
                )
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("%(who)s is appointed.") % {"who": term.person.name})
                return redirect("network:post", term.post_id)
    context = {
        "here": "recruitment",
        "opening": row,
        "nominees": standing,
        "appoint": appoint,
        "close": close,
        "running": row.state == OpeningState.OPEN,
        "over": row.until < clock.today(),
    }
    return render(request, "recruitment/one.html", context, status=status)


# -- duties and thanks -------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.POST_EDIT)
def duties(request: HttpRequest, kind: str) -> HttpResponse:
    """The duties of a kind of post, as this community words them."""
    actor = actor_of(request)
    community = _scope(request, Permission.POST_EDIT).code[:COMMUNITY_LENGTH]
    if len(community) < COMMUNITY_LENGTH:
        raise NotFound
    found = PostType.objects.filter(pk=kind, community__in=("", community)).first()
    if found is None:
        raise NotFound
    rows = duties_of(community, kind)
    form = DutiesForm(
        request.POST if request.method == "POST" else None,
        initial={
            "texts": "\n".join(row.text for row in rows),
            "source": rows[0].source if rows else "",
            "seen": version_of(rows) if rows else 0,
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                organisation.edit_duties(
                    by=actor,
                    community=community,
                    type=kind,
                    texts=data["texts"].splitlines(),
                    source=data["source"],
                    seen=data["seen"] or 0,
                )
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("In force from today on. What was before stays on record."))
                return redirect("recruitment:overview")
    before = Duty.objects.filter(community=community, type=kind, ends__isnull=False)
    versions: dict[tuple[object, object], list[str]] = {}
    for row in before.order_by("-starts", "order"):
        versions.setdefault((row.starts, row.ends), []).append(row.text)
    context = {
        "here": "recruitment",
        "kind": found,
        "form": form,
        "versions": [
            {"starts": starts, "ends": ends, "texts": texts}
            for (starts, ends), texts in versions.items()
        ],
    }
    return render(request, "recruitment/duties.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.POST_EDIT)
def thank(request: HttpRequest, term: UUID) -> HttpResponse:
    """Thank somebody for their time in a post; printed or read on their phone."""
    row = Term.objects.select_related("post", "person").filter(pk=term).first()
    if row is None:
        raise NotFound
    require(actor_of(request), Permission.POST_EDIT, row.post.place_code)
    before = Thanks.objects.filter(term=row).first()
    form = ThanksForm(
        request.POST if request.method == "POST" else None,
        initial={"words": before.words if before else ""},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.thank(by=actor_of(request), term=row.pk, words=form.cleaned_data["words"])
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("Sent. You can print it as a letter as well."))
                return redirect("recruitment:thank", row.pk)
    context = {"here": "network", "term": row, "form": form, "thanks": before}
    return render(request, "recruitment/thank.html", context, status=status)


# -- who is responsible, what was not answered ----------------------------------------------------


@require_safe
@needs(Permission.MATTER_DISPATCH)
def responsible(request: HttpRequest) -> HttpResponse:
    """Who answers for this place and this kind of thing."""
    at = _scope(request, Permission.MATTER_DISPATCH)
    community = at.code[:COMMUNITY_LENGTH]
    if len(community) < COMMUNITY_LENGTH:
        rows = territory.below(at.code, Level.COMMUNITY)[:200]
        return render(
            request,
            "recruitment/responsible.html",
            {"here": "responsible", "communities": rows},
        )
    kinds = list(matters.categories(community))
    wanted = request.GET.get("kind", "")
    category = next((one for one in kinds if one.key == wanted), None)
    # Without what the database refuses to look for.
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    code = request.GET.get("place", "").replace("\x00", "")
    places = found_places(community, words)
    place = None
    if code:
        place = Place.objects.filter(
            in_codes("code", [community]), code=code, closed_on__isnull=True
        ).first()
        if place is None:
            raise NotFound
    elif len(places) == 1:
        place = places[0]
    context = {
        "here": "responsible",
        "words": words,
        "wanted": wanted,
        "kinds": [(one.key, kind_name(one)) for one in kinds],
        "places": places,
        "answer": answer(place, category) if place else None,
    }
    return render(request, "recruitment/responsible.html", context)


@require_safe
@needs(Permission.MATTER_DISPATCH)
def unanswered(request: HttpRequest) -> HttpResponse:
    """What was asked and not answered in time: by place and line, and each matter."""
    actor, at = actor_of(request), _scope(request, Permission.MATTER_DISPATCH)
    rows = list(late.late(actor, at.code)[: late.PAGE + 1])
    shown = rows[: late.PAGE]
    known = late.told(shown)
    context = {
        "here": "unanswered",
        "at": at,
        "places": late.by_place(actor, at.code),
        "rows": [
            {
                "matter": matter,
                "title": matter_words.title_of(matter, own=not matter.shielded),
                "told": known.get(matter.pk),
                "soon": late.soon(matter),
            }
            for matter in shown
        ],
        "more": len(rows) > late.PAGE,
    }
    return render(request, "recruitment/unanswered.html", context)
