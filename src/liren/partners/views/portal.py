"""Everybody's pages: open calls, applying, one's application, partners, seconded staff."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.access import receipts
from liren.access.limits import LOOKUP, REPORT, SMALL, limited
from liren.access.web import actor_of
from liren.base import clock
from liren.base.errors import NotFound
from liren.base.humanise import say_day
from liren.look.messages import done
from liren.people import queries as people
from liren.territory.web import community_at

from .. import actions, queries
from ..enums import AgreementState, Applicant, ApplicationState, Half, LetterState
from ..forms import AnswerForm, ApplyForm, CodeForm, HalvesForm, LetterForm, ReportInForm
from ..models import Letter, Taken
from ..rules import Door
from ..words import DOORS, STANDINGS, TONES
from .shared import (
    Line,
    call_line,
    days_said,
    identity,
    letter_pdf,
    pdf,
    project_parts,
    tried,
)

AHEAD = 14


@require_safe
def overview(request: HttpRequest, community: str) -> HttpResponse:
    """Open calls, who is a partner here, my applications."""
    community_at(request, community)
    actor = actor_of(request)
    calls = [
        call_line(call, reverse("partners:call", args=[community, call.pk]))
        for call in queries.calls_now(community)[:50]
    ]
    listed = list(queries.partners(community)[:200])
    mine = [
        Line(
            one.call.title,
            reverse("partners:application", args=[community, one.pk]),
            TONES.get(one.state, "off"),
            one.get_state_display(),
        )
        for one in queries.my_applications(actor, community)[:20]
    ]
    return render(
        request,
        "partners/portal/overview.html",
        {
            "here": "home",
            "calls": calls,
            "partners": listed,
            "mine": mine,
            "scheme": queries.scheme(community),
        },
    )


@require_safe
def call(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """One call: what is wanted, where, until when, and who may apply."""
    community_at(request, community)
    row = queries.public_call(community, pk)
    door = queries.door(row)
    tone, state = DOORS[door]
    return render(
        request,
        "partners/portal/call.html",
        {
            "here": "home",
            "call": row,
            "tone": tone,
            "state": state,
            "open": door == Door.OPEN,
            "shut": actions.shut_words(door),
            "who": [Applicant(one).label for one in row.who],
            "days": days_said(row.opens, row.closes),
        },
    )


@limited(REPORT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """Apply to a call; what was typed stays when the call closed meanwhile."""
    community_at(request, community)
    row = queries.public_call(community, pk)
    actor = actor_of(request)
    if request.method != "POST":
        if queries.door(row) != Door.OPEN:
            return redirect("partners:call", community, pk)
        start = {}
        if actor.party:
            start = {"contact_name": people.person(actor.party).name}
        return _apply(request, row, ApplyForm(call=row, initial=start))
    form = ApplyForm(request.POST, call=row)
    made: list[actions.Receipt] = []

    def send(data: dict[str, Any]) -> None:
        made.append(actions.apply(by=actor, call=row.pk, offer=offer_of(data)))

    if not tried(form, send):
        return _apply(request, row, form, 422)
    receipt = made[0]
    response = render(
        request,
        "partners/portal/applied.html",
        {
            "here": "home",
            "call": row,
            "code": receipt.code,
            "url": reverse("partners:application", args=[community, receipt.application.pk]),
        },
    )
    if actor.party is None:
        receipts.remember(request, response, receipt.application.pk)
    return response


def offer_of(data: dict[str, Any]) -> actions.Offer:
    """Return what a valid form of an application says."""
    return actions.Offer(**{name: data[name] for name in actions.Offer.__slots__})


def _apply(request: HttpRequest, row: Any, form: ApplyForm, status: int = 200) -> HttpResponse:
    return render(
        request,
        "partners/portal/apply.html",
        {"here": "home", "call": row, "form": form},
        status=status,
    )


@limited(LOOKUP)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest, community: str) -> HttpResponse:
    """Open one's application with its query code."""
    community_at(request, community)
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found = queries.application_by_code(community, form.cleaned_data["code"])
            except NotFound:
                status = 404
                form.add_error("code", _("This code opens no application here."))
            else:
                response = redirect("partners:application", community, found.pk)
                receipts.remember(request, response, found.pk)
                return response
    return render(
        request, "partners/portal/lookup.html", {"here": "home", "form": form}, status=status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """One's own application: how far it is, what was answered; taken back while it waits."""
    community_at(request, community)
    actor = actor_of(request)
    row = queries.own_application(actor, community, pk)
    if request.method == "POST":
        actions.withdraw(by=actor, application=row.pk)
        done(request, _("Taken back."))
        return redirect("partners:application", community, pk)
    return render(
        request,
        "partners/portal/application.html",
        {
            "here": "home",
            "application": row,
            "tone": TONES.get(row.state, "off"),
            "waiting": row.state == ApplicationState.WAITING,
        },
    )


@require_safe
def partner(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """One partner: agreements and projects with their state; no tally, no comparison."""
    community_at(request, community)
    row = queries.public_partner(community, pk)
    agreements = []
    signed = row.agreements.filter(state__in=[AgreementState.SIGNED, AgreementState.ENDED])
    for one in signed.select_related("scheme").order_by("-starts"):
        tone, state = STANDINGS[queries.standing(one)]
        agreements.append({"agreement": one, "tone": tone, "state": state})
    projects = [
        {
            "project": one,
            "tone": TONES.get(one.state, "off"),
            "gifts": [
                f"{gift.what} {queries.amount_said(gift)}"
                for gift in one.contributions.all()
                if gift.state != "withdrawn"
            ],
        }
        for one in queries.projects_of(row)[:100]
    ]
    return render(
        request,
        "partners/portal/partner.html",
        {"here": "home", "partner": row, "agreements": agreements, "projects": projects},
    )


@limited(SMALL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def received(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """A resident says whether what a partner promised has arrived."""
    community_at(request, community)
    actor = actor_of(request)
    if actor.person is None:
        return redirect_to_login(request.get_full_path())
    row = queries.project_for(actor, pk, community)
    form = AnswerForm(request.POST or None, initial={"seen": row.version})
    status = 200
    if request.method == "POST":
        if request.POST.get("decision") not in ("yes", "no"):
            raise NotFound
        yes = request.POST["decision"] == "yes"
        gift = request.POST.get("gift", "")

        def say(data: dict[str, Any]) -> None:
            if gift:
                actions.answer_gift(
                    by=actor, gift=identity(gift), received=yes, words=data["words"]
                )
            else:
                actions.answer(
                    by=actor, project=row.pk, received=yes, words=data["words"], seen=data["seen"]
                )

        if tried(form, say):
            done(request, _("Thank you. The partner reads it."))
            return redirect("partners:received", community, pk)
        status = 422
    return render(
        request,
        "partners/portal/received.html",
        {"here": "home", "form": form, **project_parts(row, actor)},
        status=status,
    )


# -- seconded staff ----------------------------------------------------------------------------


@limited(SMALL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seconded(request: HttpRequest, community: str) -> HttpResponse:
    """Report in, offer half days, take tasks, ask for a letter. All of it voluntary."""
    community_at(request, community)
    actor = actor_of(request)
    if actor.person is None:
        return redirect_to_login(request.get_full_path())
    me = queries.my_secondment(actor, community)
    doing = request.POST.get("do", "")
    listed = _halves()
    report_in = ReportInForm(request.POST if doing == "report_in" else None)
    taken = list(me.free.values_list("day", "half")) if me else []
    halves = HalvesForm(
        request.POST if doing == "halves" else None,
        listed=listed,
        initial={"halves": [f"{day.isoformat()}.{half}" for day, half in taken]},
    )
    letter = LetterForm(request.POST if doing == "letter" else None)
    status = 200
    if request.method == "POST":
        forms = {"report_in": report_in, "halves": halves, "letter": letter}
        chosen = forms.get(doing)
        if chosen is None:
            said = _simple(actor, community, doing, request.POST.get("task", ""))
            if said:
                done(request, said)
            return redirect("partners:seconded", community)

        def act(data: dict[str, Any]) -> None:
            if doing == "report_in":
                actions.report_in(
                    by=actor, community=community, home=data["home"], skills=data["skills"]
                )
            elif doing == "halves":
                picked = [one.partition(".") for one in data["halves"]]
                actions.offer_halves(
                    by=actor,
                    community=community,
                    halves=[(date.fromisoformat(day), half) for day, _dot, half in picked],
                )
            else:
                actions.ask_letter(by=actor, community=community, words=data["words"])

        if tried(chosen, act):
            done(request, _("Noted. Thank you."))
            return redirect("partners:seconded", community)
        status = 422
    my_tasks = set(me.taken.values_list("task", flat=True)) if me else set()
    tasks = list(queries.tasks_ahead(community)[:60])
    counts = queries.taking(tasks)
    return render(
        request,
        "partners/portal/seconded.html",
        {
            "here": "home",
            "me": me,
            "report_in": report_in,
            "halves": halves,
            "letter": letter,
            "tasks": [
                {
                    "task": one,
                    "mine": one.pk in my_tasks,
                    "left": max(0, one.needed - counts.get(one.pk, 0)),
                }
                for one in tasks
            ],
            "past": Taken.objects.filter(secondment=me, day__lt=clock.today())
            .select_related("task__place")
            .order_by("-day")[:40]
            if me
            else [],
            "letters": [
                {
                    "letter": one,
                    "tone": TONES.get(one.state, "off"),
                    "ready": one.state == LetterState.ISSUED,
                }
                for one in me.letters.order_by("-asked_on", "-pk")[:20]
            ]
            if me
            else [],
        },
        status=status,
    )


def _simple(actor: Any, community: str, doing: str, task: str) -> str:
    """Do what needs no words; a refusal is said on the page it leads back to."""
    if doing == "stop":
        actions.stop(by=actor, community=community)
        return _("Thank you for your help. You can come back at any time.")
    if doing == "take":
        actions.take(by=actor, task=identity(task))
        return _("Yours. Thank you.")
    if doing == "give_back":
        actions.give_back(by=actor, task=identity(task))
        return _("Given back.")
    raise NotFound


def _halves() -> list[tuple[str, str]]:
    now = clock.now()
    found = []
    for n in range(1, AHEAD + 1):
        at = now + timedelta(days=n)
        day = at.astimezone(clock.SHANGHAI).date()
        found += [
            (f"{day.isoformat()}.{half.value}", f"{say_day(at)} {half.label}") for half in Half
        ]
    return found


@never_cache
@require_safe
def letter(request: HttpRequest, community: str, pk: UUID) -> HttpResponse:
    """The letter somebody asked for, for themselves to hand on."""
    here = community_at(request, community)
    actor = actor_of(request)
    if actor.person is None:
        return redirect_to_login(request.get_full_path())
    row = (
        Letter.objects.filter(
            community=community,
            pk=pk,
            state=LetterState.ISSUED,
            secondment__person=actor.person,
        )
        .select_related("secondment")
        .first()
    )
    if row is None:
        raise NotFound
    return pdf(letter_pdf(row, here, people.person(actor.person).name), "letter")
