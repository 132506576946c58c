"""The desk's page for what residents ask about their data, and which household they belong to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from liren.access.actor import Permission
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import mask_name, mask_phone
from liren.look.messages import done
from liren.territory.models import Place

from .. import actions, labels, queries
from ..enums import RequestKind
from ..forms import AnswerForm, ClaimAnswerForm, CorrectAnswerForm, EraseAnswerForm
from ..models import Person, ResidenceClaim, RightsRequest

# As many of each kind on the page; the rest move up as these are answered.
SHOWN = 50
FORMS: dict[str, type[AnswerForm]] = {
    RequestKind.CORRECT: CorrectAnswerForm,
    RequestKind.ERASE: EraseAnswerForm,
}
SHOWABLE = ("name", "phone")


@require_safe
@never_cache
@needs(Permission.PEOPLE_EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the requests that wait, the one due first on top, and the claims, the oldest first."""
    return _page(request)


@require_POST
@never_cache
@limited(SMALL)
@needs(Permission.PEOPLE_EDIT)
def answer(request: HttpRequest, asked: UUID) -> HttpResponse:
    """Grant or refuse a request."""
    actor = actor_of(request)
    row = queries.request(actor, asked)
    form = _form(row, request)
    grant = _decision(request, form)
    if not form.is_valid():
        return _page(request, form=form, about=row.pk, status=422)
    try:
        actions.answer_request(
            by=actor,
            request=row.pk,
            grant=grant,
            words=form.cleaned_data["words"],
            field=form.cleaned_data.get("field", ""),
            value=form.cleaned_data.get("value", ""),
        )
    except Invalid as error:
        _beside(form, error)
        return _page(request, form=form, about=row.pk, status=422)
    except Changed as error:
        return _page(request, form=form, about=row.pk, said=str(error), status=409)
    if grant and row.kind == RequestKind.ERASE:
        done(request, _("Deleted. What a law keeps stays until its day."))
    else:
        done(request, _("Answered. The person reads it on their own page."))
    return HttpResponseRedirect(reverse("people_office:requests"))


@require_POST
@never_cache
@limited(SMALL)
@needs(Permission.PEOPLE_EDIT)
def answer_claim(request: HttpRequest, claim: UUID) -> HttpResponse:
    """Confirm that somebody belongs to a household, or say why not."""
    form = ClaimAnswerForm(request.POST, auto_id=f"{claim}-%s")
    confirm = _decision(request, form)
    if not form.is_valid():
        return _page(request, form=form, about=claim, status=422)
    try:
        actions.answer_claim(
            by=actor_of(request), claim=claim, confirm=confirm, words=form.cleaned_data["words"]
        )
    except Invalid as error:
        _beside(form, error)
        return _page(request, form=form, about=claim, status=422)
    except Changed as error:
        return _page(request, form=form, about=claim, said=str(error), status=409)
    done(request, _("Answered. The person reads it on their own page."))
    return HttpResponseRedirect(reverse("people_office:requests"))


@require_POST
@never_cache
@limited(SMALL)
@needs(Permission.PEOPLE_UNMASK)
def reveal(request: HttpRequest, person: UUID, field: str) -> HttpResponse:
    """Show the name or number of somebody who waits for an answer, once, after a reason (G3)."""
    actor = actor_of(request)
    waits = (
        queries.open_requests(actor).filter(person=person).exists()
        or queries.open_claims(actor).filter(person=person).exists()
    )
    if field not in SHOWABLE or not waits:
        raise NotFound
    try:
        value = actions.unmask(
            by=actor, person=person, field=field, reason=request.POST.get("reason", "")
        )
    except Invalid as error:
        return _page(request, said=str(error), status=422)
    return _page(request, shown=(person, field, value))


def _decision(request: HttpRequest, form: AnswerForm) -> bool:
    """Return whether the person says yes; neither yes nor no is said beside the form."""
    decision = request.POST.get("decision", "")
    if decision not in ("grant", "refuse"):
        form.add_error(None, _("Please choose one."))
    return decision == "grant"


def _beside(form: AnswerForm, error: Invalid) -> None:
    """Put what an action refuses beside the entry it is about."""
    for name, said in error.fields.items():
        for one in said:
            form.add_error("words" if name == "words" else "value", str(one))
    if not error.fields:
        form.add_error(None, str(error))


def _form(row: RightsRequest, request: HttpRequest | None = None) -> AnswerForm:
    kind = FORMS.get(row.kind, AnswerForm)
    form = kind(request.POST if request is not None else None, auto_id=f"{row.pk}-%s")
    # Nothing else says what becomes of it: the answer has to.
    form.fields["words"].required = row.kind == RequestKind.OBJECT
    return form


def _page(
    request: HttpRequest,
    *,
    form: AnswerForm | None = None,
    about: UUID | None = None,
    said: str = "",
    shown: tuple[UUID, str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    asked = list(queries.open_requests(actor)[: SHOWN + 1])
    claimed = list(queries.open_claims(actor)[: SHOWN + 1])
    towns = {row.community for row in asked}
    names = (
        dict(Place.objects.filter(code__in=towns).values_list("code", "name"))
        if len(towns) > 1
        else {}
    )
    now = clock.now()
    mine = actor.has(Permission.PEOPLE_UNMASK)
    requests: list[dict[str, Any]] = [
        {
            "row": row,
            "who": _who(row, shown, unmask=mine),
            "place": names.get(row.community, ""),
            "late": row.due is not None and row.due < now,
            "today": row.due is not None
            and row.due.astimezone(clock.SHANGHAI).date() == clock.today(),
            "form": form if form is not None and about == row.pk else _form(row),
            "open": about == row.pk,
        }
        for row in asked[:SHOWN]
    ]
    claims: list[dict[str, Any]] = [
        {
            "row": row,
            "who": _who(row, shown, unmask=mine),
            "form": form
            if form is not None and about == row.pk
            else ClaimAnswerForm(auto_id=f"{row.pk}-%s"),
            "open": about == row.pk,
        }
        for row in claimed[:SHOWN]
    ]
    # An answer that came too late is not lost: its words stand beside what happened.
    gone = about is not None and all(one["row"].pk != about for one in requests + claims)
    context = {
        "here": "requests",
        "requests": requests,
        "claims": claims,
        "more": len(asked) > SHOWN or len(claimed) > SHOWN,
        "said": said,
        "typed": form.data.get("words", "").strip() if gone and form is not None else "",
        "gone": gone,
    }
    return render(request, "people/office/requests.html", context, status=status)


def _who(
    row: RightsRequest | ResidenceClaim, shown: tuple[UUID, str, str] | None, *, unmask: bool
) -> list[dict[str, str]]:
    """Return name and number, masked but for the one just shown, and where to ask to see them."""
    person: Person = row.person
    found = []
    for field in SHOWABLE:
        clear = shown is not None and shown[:2] == (person.pk, field)
        hidden = mask_name(person.name) if field == "name" else mask_phone(person.phone or "")
        there = bool(person.name) if field == "name" else bool(person.phone)
        if not there:
            continue
        found.append(
            {
                "field": field,
                "label": str(labels.FIELDS[field]),
                "value": shown[2] if clear and shown is not None else hidden,
                "url": reverse("people_office:request_reveal", args=[person.pk, field])
                if unmask and not clear
                else "",
            }
        )
    return found
