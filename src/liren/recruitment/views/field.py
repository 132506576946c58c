"""The leader's own pages: the first day on one page, my post, handing over, resigning."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Invalid, NotAllowed, NotFound
from liren.look.messages import done
from liren.matters import queries as matters
from liren.matters import words as matter_words
from liren.matters.actions import share as share_matter
from liren.organisation import actions as organisation
from liren.organisation.hooks import open_work, open_work_count
from liren.organisation.models import HandOver, Term
from liren.organisation.queries import duties_of, holders_up, holding, terms_of
from liren.people.views.parts import beside
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions
from ..forms import NoteForm, ResignForm, ShareForm
from ..steps import SHARING

BESIDE = 12


def _terms(actor: Actor) -> list[Term]:
    return list(terms_of(actor.person)) if actor.person else []


def _about(term: Term) -> dict[str, Any]:
    """Return what a leader should know of a post: doors, duties, who is beside and above.

    Six statements. Counts of doors, no names of those who live behind them.
    """
    post = term.post
    code = post.place_code
    counts = dict(
        Place.objects.filter(code__gte=code, code__lt=code + ":", closed_on__isnull=True)
        .order_by()
        .values_list("level")
        .annotate(n=Count("pk"))
    )
    above = [one for one in holders_up("three_leaders", code) if one.post != post.pk]
    names = dict(
        Term.objects.filter(pk__in=[one.term for one in above]).values_list("pk", "person__name")
    )
    parent = code[: _parent_length(code)]
    beside_rows = (
        Term.objects.filter(
            holding(),
            post__type=post.type_id,
            post__place_code__gte=parent,
            post__place_code__lt=parent + ":",
            post__closed_on__isnull=True,
        )
        .exclude(post=post.pk)
        .select_related("post", "person")
        .order_by("post__place_code")[:BESIDE]
    )
    return {
        "term": term,
        "post": post,
        "buildings": counts.get(Level.BUILDING, 0) if len(code) < LENGTHS[Level.BUILDING] else 0,
        "units": counts.get(Level.UNIT, 0),
        "households": counts.get(Level.HOUSEHOLD, 0),
        "duties": duties_of(post.community, post.type_id),
        "beside": [(row.post.title, row.person.name) for row in beside_rows],
        "above": [
            (one.title, names.get(one.term, ""))
            for one in above
            if len(one.place_code) >= COMMUNITY_LENGTH
        ],
    }


def _parent_length(code: str) -> int:
    shorter = [n for n in sorted(LENGTHS.values()) if n < len(code)]
    return shorter[-1] if len(code) > COMMUNITY_LENGTH else len(code)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_HANDLE)
def welcome(request: HttpRequest) -> HttpResponse:
    """The first day: my doors, my duties, who is beside and above me, how it goes. One page."""
    actor = actor_of(request)
    terms = _terms(actor)
    unread = [term for term in terms if term.welcomed_at is None]
    chosen = sorted(unread, key=lambda t: t.starts, reverse=True) or terms
    if not chosen:
        raise NotFound
    # Only the page that was shown is read: another post's waits with its own note.
    shown = request.POST.get("term", "")
    term = next((one for one in terms if str(one.pk) == shown), chosen[0])
    if request.method == "POST":
        organisation.read_first_day(by=actor, term=term.pk)
        done(request, _("Good luck, and thank you. You find this page again under “My post”."))
        return redirect("field:home")
    note = HandOver.objects.filter(incoming=term).select_related("outgoing__person").first()
    context = {
        "here": "home",
        **_about(term),
        "unread": term.welcomed_at is None,
        "hand_over": note,
        "work_count": open_work_count(actor, term.post_id),
    }
    return render(request, "recruitment/welcome.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_HANDLE)
def post(request: HttpRequest) -> HttpResponse:
    """My post: duties, what would go along, a note for the next one, resigning."""
    actor = actor_of(request)
    terms = _terms(actor)
    if not terms:
        raise NotFound
    wanted = request.POST.get("term") or request.GET.get("term", "")
    term = next((one for one in terms if str(one.pk) == wanted), terms[-1])
    doing = request.POST.get("do", "")
    sent = request.POST if request.method == "POST" else None
    written = HandOver.objects.filter(outgoing=term).first()
    note = NoteForm(
        sent if doing == "note" else None,
        initial={"term": term.pk, "note": written.note if written else ""},
    )
    resign = ResignForm(
        sent if doing == "resign" else None,
        initial={"term": term.pk, "ends": clock.today()},
        auto_id="resign_%s",
    )
    status = 200
    if sent is not None:
        form: django_forms.Form | None = {"note": note, "resign": resign}.get(doing)
        if form is None:
            raise NotFound
        status = 422
        if form.is_valid():
            try:
                said = _do(actor, form.cleaned_data["term"], doing, form)
            except Invalid as error:
                beside(form, error)
            else:
                done(request, said)
                return redirect("recruitment:post")
    context = {
        "here": "home",
        **_about(term),
        "terms": terms if len(terms) > 1 else [],
        "note": note,
        "written": written,
        "resign": resign,
        "work": open_work(actor, term.post_id, 10),
        "work_count": open_work_count(actor, term.post_id),
    }
    return render(request, "recruitment/post.html", context, status=status)


def _do(actor: Actor, term: UUID, doing: str, form: django_forms.Form) -> str:
    data = form.cleaned_data
    if doing == "note":
        organisation.write_hand_over(by=actor, term=term, note=data["note"])
        return _("Kept. Whoever follows you reads it on their first day.")
    actions.resign(by=actor, term=term, ends=data["ends"], words=data["words"])
    return _("Your last day is %(day)s. The office has been told. Thank you for all you did.") % {
        "day": data["ends"].isoformat()
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_HANDLE)
def share(request: HttpRequest, matter: UUID) -> HttpResponse:
    """Share a matter with the next in line or with a leader below, with a word of what is asked."""
    actor = actor_of(request)
    row = matters.get(actor, matter)
    if not matters.roles(actor, row) & SHARING or row.shielded:
        raise NotAllowed
    form = ShareForm(
        request.POST if request.method == "POST" else None, posts=matters.sharers(actor, row)
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                share_matter(by=actor, matter=row.pk, post=UUID(data["post"]), words=data["words"])
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("Shared. They have been told."))
                return redirect("matters_field:matter", row.pk)
    context = {
        "here": "home",
        "matter": row,
        "title": matter_words.title_of(row, own=True),
        "form": form,
    }
    return render(request, "recruitment/share.html", context, status=status)
